import Foundation

/// Wakes a thread that waits in ``waitForInput(_:atMost:)``, from any thread: a pipe to itself.
public final class WakeUp: Sendable {
  /// Readable while signalled.
  let descriptor: Int32
  private let writer: Int32

  /// A new one, not signalled.
  public init() throws(TransportError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw TransportError(.system(errno), "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (descriptor, writer) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(writer)
  }

  /// Ends the current or the next wait. Where the pipe is full, it is signalled already.
  public func signal() {
    var byte: UInt8 = 1
    _ = write(writer, &byte, 1)
  }

  /// Takes all signals back, to wait anew.
  public func clear() {
    var bytes = [UInt8](repeating: 0, count: 512)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
  }
}
