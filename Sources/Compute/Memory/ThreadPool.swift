import Foundation
import Synchronization

/// Threads of our own for numeric work: BLAS and kernels never run on Swift's cooperative threads.
///
/// One thread at a time calls ``run(_:_:)`` and takes part in the work.
public final class ThreadPool: Sendable {
  /// How many threads work, the caller included.
  public let threads: Int
  private let state: State

  /// A pool of `threads` threads in all; with 1 everything runs on the caller.
  public init(threads: Int) {
    self.threads = max(1, threads)
    state = State()
    for index in 1..<max(2, self.threads) where index < self.threads {
      let thread = Thread { [state] in state.serve(thread: index) }
      thread.name = "rebound-compute-\(index)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  deinit { state.stop() }

  /// Calls `body(item, thread)` once for each item in 0 ..< count, and returns when all have returned.
  ///
  /// Which thread gets which item is undefined; `thread` is in 0 ..< threads, for scratch memory.
  public func run(_ count: Int, _ body: (_ item: Int, _ thread: Int) -> Void) {
    guard threads > 1, count > 1 else {
      for item in 0..<count { body(item, 0) }
      return
    }
    withoutActuallyEscaping(body) { escaping in
      let job = Job(count: count, body: escaping)
      state.post(job)
      job.work(thread: 0)
      state.join(job)
    }
  }
}

/// One call of `run`. `@unchecked Sendable`: the body is called from several threads by contract, everything else is
/// atomic, and `run` outlives all calls.
private final class Job: @unchecked Sendable {
  let count: Int
  let body: (Int, Int) -> Void
  let next = Atomic<Int>(0)
  let done = Atomic<Int>(0)

  init(count: Int, body: @escaping (Int, Int) -> Void) {
    self.count = count
    self.body = body
  }

  func work(thread: Int) {
    while true {
      let item = next.add(1, ordering: .relaxed).oldValue
      guard item < count else { return }
      body(item, thread)
      done.add(1, ordering: .releasing)
    }
  }

  var finished: Bool { done.load(ordering: .acquiring) == count }
}

/// What the threads share; every field is guarded by `condition`.
private final class State: @unchecked Sendable {
  private let condition = NSCondition()
  private var job: Job?
  private var working = 0
  private var stopped = false

  func post(_ job: Job) {
    condition.lock()
    self.job = job
    condition.broadcast()
    condition.unlock()
  }

  /// Waits until every item is done and no thread holds the job any more.
  func join(_ job: Job) {
    condition.lock()
    self.job = nil
    while !job.finished || working > 0 { condition.wait() }
    condition.unlock()
  }

  func serve(thread: Int) {
    condition.lock()
    while !stopped {
      guard let job else {
        condition.wait()
        continue
      }
      working += 1
      condition.unlock()
      job.work(thread: thread)
      condition.lock()
      working -= 1
      if self.job === job { self.job = nil }
      condition.broadcast()
    }
    condition.unlock()
  }

  func stop() {
    condition.lock()
    stopped = true
    condition.broadcast()
    condition.unlock()
  }
}
