/// What a thread can wait for.
public enum InputSource {
  /// A frame for the coordinator.
  case router(RouterSocket)
  /// A frame for a worker.
  case dealer(DealerSocket)
  /// A signal from another thread.
  case wakeUp(WakeUp)
}

/// Waits until a source has input, at most `limit`; says whether one has. A signal to the process ends the wait early.
public func waitForInput(_ sources: [InputSource], atMost limit: Duration) throws(TransportError) -> Bool {
  try poll(
    sources.map { source in
      switch source {
      case .router(let router): .socket(router.socket)
      case .dealer(let dealer): .socket(dealer.socket)
      case .wakeUp(let wakeUp): .descriptor(wakeUp.descriptor)
      }
    }, atMost: limit)
}
