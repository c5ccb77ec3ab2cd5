import Protocol

/// Connections and the workers behind them.
struct Peers {
  /// A peer that sent so many bad messages is not heard any more.
  static let mostStrikes = 16
  /// More workers than these are refused.
  static let most = 20_000
  /// What is remembered of peers that are no workers is bounded.
  private static let mostStrangers = 100_000

  private var workers: [PeerID: WorkerID] = [:]
  private var peers: [WorkerID: PeerID] = [:]
  private var names: [WorkerID: String] = [:]
  private var strikes: [PeerID: Int] = [:]
  private var allowances: [PeerID: Allowance] = [:]
  /// The name of the key that each came with.
  private var keys: [PeerID: String] = [:]
  /// Frames that came too fast, and were dropped.
  private(set) var throttled = 0
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

  /// Whether a frame is listened to: its sender has not sent too many bad ones, nor too many at all.
  mutating func hears(_ arrival: RouterSocket.Arrival, at now: Instant) -> Bool {
    let peer = arrival.peer
    guard strikes[peer, default: 0] < Self.mostStrikes else { return false }
    if allowances.count > Self.mostStrangers { allowances.removeAll() }
    guard allowances[peer, default: Allowance(at: now)].take(at: now) else {
      throttled += 1
      return false
    }
    if keys.count > Self.mostStrangers { keys.removeAll() }
    keys[peer] = arrival.key
    return true
  }

  /// Whether there is no room for one more worker.
  func isFull(for peer: PeerID) -> Bool { workers[peer] == nil && workers.count >= Self.most }

  /// The worker at a connection, if there is one.
  func known(at peer: PeerID) -> WorkerID? { workers[peer] }

  /// The peers whose keys are not among these.
  func withKeys(otherThan names: Set<String>) -> [(peer: PeerID, key: String)] {
    keys.filter { !names.contains($0.value) }.map { ($0.key, $0.value) }
  }

  /// A connection whose key was revoked is done with.
  mutating func forgetKey(of peer: PeerID) { keys[peer] = nil }

  /// A peer sent something bad; true if that was once too often.
  mutating func strike(_ peer: PeerID) -> Bool {
    // Many names with a few strikes each: memory matters more than they do.
    if strikes.count > 10_000 { strikes.removeAll() }
    strikes[peer, default: 0] += 1
    return strikes[peer] == Self.mostStrikes
  }
}
