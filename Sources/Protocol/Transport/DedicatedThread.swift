import Foundation

/// A thread of its own for work that blocks, which must stay off Swift's cooperative pool.
public final class DedicatedThread: Sendable {
  private let finished: DispatchSemaphore

  /// Starts a thread that runs `body`.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    let finished = DispatchSemaphore(value: 0)
    self.finished = finished
    let thread = Thread {
      body()
      finished.signal()
    }
    thread.name = name
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits, at most `limit`, until the body has returned; says whether it has. May be called again.
  @discardableResult
  public func join(atMost limit: Duration = .seconds(3_600)) -> Bool {
    let milliseconds = Int(min(limit / .milliseconds(1), 1e9))
    guard finished.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else { return false }
    finished.signal()
    return true
  }
}
