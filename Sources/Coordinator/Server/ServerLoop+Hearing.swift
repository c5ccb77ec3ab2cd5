import Catalog
import Logging
import Protocol

extension ServerLoop {
  /// Turns a frame into an event, or answers it.
  func hear(_ arrival: RouterSocket.Arrival) throws {
    guard peers.hears(arrival, at: now) else { return }
    let message: ToCoordinator
    do {
      message = try ToCoordinator(frame: arrival.frame)
    } catch {
      return try reject(arrival.peer, error)
    }
    guard arrival.role.permits(message) else {
      return try reject(arrival.peer, nil)
    }
    switch message {
    case .statusRequest:
      try answer(arrival.peer, .status(snapshot.json()))
    case .control(let command):
      logger.notice("the run is steered", metadata: ["command": "\(command)"])
      try feed(.control(command))
      try answer(arrival.peer, .status(snapshot.json()))
    case .hello where peers.isFull(for: arrival.peer):
      try answer(arrival.peer, .refused("the coordinator has \(Peers.most) workers, and takes no more"))
    case .hello(let hello):
      let (worker, former) = peers.beginSession(at: arrival.peer, hello)
      if let former { try feed(.goodbye(from: former)) }
      try feed(.hello(hello, from: worker))
    case .fetch(let digest, let offset):
      try serve(digest, from: offset, to: arrival.peer)
    case .outcomes where state.storageObstacle != nil:
      // They could not be kept; the worker keeps them, and sends them again.
      return
    default:
      if peers.isFull(for: arrival.peer) { return }
      if let event = try event(message, from: peers.worker(at: arrival.peer), at: arrival.peer) { try feed(event) }
    }
  }

  private func event(_ message: ToCoordinator, from worker: WorkerID, at peer: PeerID) throws -> SweepState.Event? {
    switch message {
    case .ready(let ready): .ready(ready, from: worker)
    case .credits(let credits): .credits(credits, from: worker)
    case .heartbeat: .heartbeat(from: worker)
    case .progress(let lease): .progress(lease, from: worker)
    case .failed(let failure): .failed(failure, from: worker)
    case .handBack(let lease, let trials): .handBack(lease, trials, from: worker)
    case .goodbye: .goodbye(from: worker)
    case .outcomes(let outcomes):
      .outcomes(try outcomes.map { outcome throws(WireError) in try EncodedOutcome(outcome) }, from: worker)
    case .hello, .fetch, .statusRequest, .control: nil
    }
  }

  /// A bad frame, or one that its sender may not send. Who sends many is not heard any more.
  private func reject(_ peer: PeerID, _ error: WireError?) throws {
    try feed(.invalidMessage)
    let reason = error?.description ?? "its key doesn't permit the message"
    logger.warning("a frame was dropped", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
    if case .version = error?.code { try answer(peer, .refused(reason)) }
    guard peers.strike(peer) else { return }
    logger.error("a peer is cut off", metadata: ["peer": "\(peer)", "bad frames": "\(Peers.mostStrikes)"])
    try answer(peer, .refused("\(Peers.mostStrikes) damaged messages came from here, the last one because \(reason)"))
  }

  private func serve(_ digest: Digest, from offset: UInt64, to peer: PeerID) throws {
    do {
      guard let piece = try files.shelf.piece(of: digest, from: offset) else { return try feed(.invalidMessage) }
      try answer(peer, .artifact(piece))
    } catch let error as StoreError {
      // The worker asks again.
      logger.error("an artifact can't be served", metadata: ["reason": "\(error)"])
    }
  }

  /// Sends to somebody who may not be a worker. Who takes no messages gets none.
  func answer(_ peer: PeerID, _ message: ToWorker) throws {
    _ = try router.send(message.encoded(), to: peer)
  }
}
