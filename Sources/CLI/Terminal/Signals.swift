import Dispatch
import Foundation

/// Turns signals into calls, off the main thread, for as long as the value lives.
final class Signals {
  private let sources: [any DispatchSourceSignal]

  /// Calls `handler` with the name of each of these signals that arrives; they no longer end the process by themselves.
  init(_ signals: [Int32], handler: @escaping @Sendable (Int32) -> Void) {
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { handler(number) }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
