extension Export.Summary {
  /// For people: the files, and what is not in them.
  public var text: String {
    var lines = files.map { file in
      let rows = file.rows.map { "\(Percent.grouped($0)) rows, " } ?? ""
      return "\(file.path): \(rows)\(Amount.text(Double(file.bytes), unit: "B"))"
    }
    if let images, images.complete < images.total {
      lines.append("\(images.complete) of \(images.total) images have a baseline; the others are left out.")
    }
    if withoutBaseline > 0 {
      lines.append("\(Percent.grouped(withoutBaseline)) outcomes were left out: their images have no baseline yet.")
    }
    if !bitReproducible {
      lines.append("Workers with different CPU kernels were allowed: the numbers are not bit-reproducible.")
    }
    return lines.joined(separator: "\n")
  }
}
