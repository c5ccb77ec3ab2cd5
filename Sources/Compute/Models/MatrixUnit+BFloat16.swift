import CKernels

/// Products of bfloat16: a weight's panel is read where it lies, or rounded just before it is used, once for all rows.
extension MatrixUnit {
  /// Runs the jobs in bfloat16, on `unit`: their input is rounded and packed once for all.
  func multiply(_ jobs: [Job], rows: Int, on unit: BFloat16Unit) {
    guard let first = jobs.first else { return }
    let (columns, width) = (first.layer.inputs, BFloat16.inner(first.layer.inputs))
    precondition(jobs.allSatisfy { $0.input == first.input && $0.layer.inputs == columns })
    let buffer = packed.withLock { buffer in
      let needed = BFloat16.room(rows: rows, columns: columns)
      if buffer.count < needed { buffer = FloatBuffer(count: Workspace.room(for: needed)) }
      return buffer
    }
    nonisolated(unsafe) let input = first.input
    nonisolated(unsafe) let packed = UnsafeMutableRawPointer(buffer.pointer)
      .bindMemory(to: UInt16.self, capacity: 2 * buffer.count)
    pool.run(rows / RowPacking.tile) { tile, _ in
      let range = tile * RowPacking.tile..<(tile + 1) * RowPacking.tile
      BFloat16.pack(range, of: input, columns: columns, into: packed)
    }
    nonisolated(unsafe) let work = jobs.flatMap { job in Self.panels(job.layer.outputs).map { (job, $0) } }
    pool.run(work.count) { item, thread in
      let (job, panel) = work[item]
      let weight = job.layer.weight.bfloat16Panel(panel, columns: columns, scratch: self.scratch[thread])
      rb_bf16_multiply(
        unit.rawValue, weight, Int64(width), Int64(panel.count), Int64(width), packed, Int64(rows),
        job.output + panel.lowerBound, Int64(job.outputStride))
      self.operations.add(2 * rows * panel.count * columns, ordering: .relaxed)
      Self.addBias(of: job, panel, rows: rows)
    }
    withExtendedLifetime(buffer) {}
  }

  /// Floats that the packed rows of products with these inner dimensions take; none in float32.
  func packedFloats(rows: Int, inner: [Int]) -> Int {
    guard case .bfloat16 = arithmetic else { return 0 }
    return BFloat16.room(rows: rows, columns: inner.max() ?? 0)
  }
}
