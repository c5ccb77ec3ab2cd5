import Protocol

/// The workers that were admitted, with those at hand that can take work: thousands of workers are asked for at every event.
struct MemberTable: Sendable {
  private var members: [WorkerID: Member] = [:]
  /// Those that can be given a lease now.
  private(set) var hungry: Set<WorkerID> = []

  /// An admitted worker; nil for a stranger.
  subscript(worker: WorkerID) -> Member? {
    get { members[worker] }
    _modify {
      yield &members[worker]
      if let member = members[worker], member.free > 0 { hungry.insert(worker) } else { hungry.remove(worker) }
    }
  }

  var isEmpty: Bool { members.isEmpty }
  var count: Int { members.count }
  var keys: Dictionary<WorkerID, Member>.Keys { members.keys }
  var values: Dictionary<WorkerID, Member>.Values { members.values }
}

extension MemberTable: Sequence {
  /// All workers, in any order.
  func makeIterator() -> Dictionary<WorkerID, Member>.Iterator { members.makeIterator() }
}
