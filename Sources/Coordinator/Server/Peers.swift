import Protocol

/// Connections and the workers behind them.
struct Peers {
  /// A peer that sent so many bad messages is not heard any more.
  static let mostStrikes = 16

  private var workers: [PeerID: WorkerID] = [:]
  private var peers: [WorkerID: PeerID] = [:]
  private var names: [WorkerID: String] = [:]
  private var strikes: [PeerID: Int] = [:]
  private var last: UInt64 = 0

  /// The worker at a connection; a number of its own for a new one.
  mutating func worker(at peer: PeerID) -> WorkerID {
    if let worker = workers[peer] { return worker }
    last += 1
    let worker = WorkerID(last)
    workers[peer] = worker
    peers[worker] = peer
    return worker
  }

  /// A process says hello: it gets a new number, so that what belongs to an earlier session is told apart. The number of
  /// that session, if there was one.
  mutating func beginSession(at peer: PeerID, _ hello: ToCoordinator.Hello) -> (worker: WorkerID, former: WorkerID?) {
    let former = workers.removeValue(forKey: peer)
    let worker = worker(at: peer)
    names[worker] = "\(hello.host)/\(hello.pid)"
    return (worker, former)
  }

  /// Where a worker is.
  func peer(of worker: WorkerID) -> PeerID? { peers[worker] }

  /// Host and process, for the record.
  func name(of worker: WorkerID) -> String { names[worker] ?? "unknown" }

  /// Forgets all workers but those that `isKnown`.
  mutating func keep(where isKnown: (WorkerID) -> Bool) {
    for (worker, peer) in peers where !isKnown(worker) {
      peers[worker] = nil
      names[worker] = nil
      if workers[peer] == worker { workers[peer] = nil }
    }
  }

  /// Whether a peer is heard.
  func isHeard(_ peer: PeerID) -> Bool { strikes[peer, default: 0] < Self.mostStrikes }

  /// A peer sent something bad; true if that was once too often.
  mutating func strike(_ peer: PeerID) -> Bool {
    // Many names with a few strikes each: memory matters more than they do.
    if strikes.count > 10_000 { strikes.removeAll() }
    strikes[peer, default: 0] += 1
    return strikes[peer] == Self.mostStrikes
  }
}
