import Catalog
import Protocol

extension SweepState {
  /// Whether `worker` is known; its clock starts anew. A stranger is asked to introduce itself.
  mutating func hears(_ worker: WorkerID) -> Bool {
    guard members[worker] != nil else {
      emit(.send(.unknownWorker, to: worker))
      return false
    }
    members[worker]?.lastHeard = now
    return true
  }

  /// Answers a hello. Each hello comes under a number of its own, also from a process that said one before.
  mutating func admit(_ worker: WorkerID, _ hello: ToCoordinator.Hello) {
    if case .closing(let ending, _) = phase {
      emit(.send(.drain(reason: ending.reason), to: worker))
      if members[worker] == nil { emit(.forget(worker)) }
      return
    }
    if let reason = objection(to: hello) { return refuse(worker, reason) }
    emit(.note(.joined(worker, hello)))
    counters.workers += 1
    members[worker] = Member(hello: hello, at: now)
    emit(.welcome(worker))
    leaveToHolder(hello.holds, worker)
  }

  /// What a worker is computing since an earlier session, or an earlier coordinator, is its own again, unless somebody else has
  /// it by now or it was blamed for something.
  private mutating func leaveToHolder(_ trials: [TrialID], _ worker: WorkerID) {
    guard isGivingOut else { return }
    let free = trials.filter { trial in
      guard trial.stage == stage, self[stage].contains(trial), case .waiting(let attempts) = self[stage][trial] else {
        return false
      }
      return !attempts.isBlamed
    }
    if !free.isEmpty { give(free.sorted(), to: worker) }
  }

  private func objection(to hello: ToCoordinator.Hello) -> String? {
    if hello.build != build {
      return "the worker on \(hello.host) is rebound \(hello.build), this run's coordinator is rebound \(build);"
        + " run the same version on both"
    }
    guard let own = experiment.compute.kernel(of: hello.kernel) else {
      return
        "the worker on \(hello.host) can't compute this run's bfloat16: its CPU ('\(hello.kernel)') has neither AMX nor"
        + " AVX512-BF16; use other hosts, or start a run with 'compute: {dtype: f32}'"
    }
    guard experiment.compute.kernel == .uniform, let kernel, kernel != own else { return nil }
    return
      "the worker on \(hello.host) computes with the kernel '\(own)', this run with '\(kernel)', and their"
      + " results may differ in the last bits; use hosts of one kind, set OPENBLAS_CORETYPE alike, or start a run with"
      + " 'compute: {kernel: any}', which is not bit-reproducible"
  }

  /// Says that the coordinator lives. A worker that loads its model for very long begins a new session, in case that its
  /// word that it is ready was lost.
  mutating func answerHeartbeat(of worker: WorkerID) {
    if let member = members[worker], !member.isReady, now - member.joined > policy.loading {
      emit(.send(.unknownWorker, to: worker))
      return remove(worker)
    }
    emit(.send(.heartbeat, to: worker))
  }

  private mutating func refuse(_ worker: WorkerID, _ reason: String) {
    emit(.note(.refused(worker, reason: reason)))
    emit(.send(.refused(reason), to: worker))
    remove(worker)
  }

  /// The worker has loaded a model: the right one, and on a kernel that the run has or gets.
  mutating func start(_ worker: WorkerID, _ ready: ToCoordinator.Ready) {
    guard let member = members[worker] else { return }
    guard ready.model == experiment.model.identity else {
      return refuse(
        worker,
        "the model in \(experiment.model.directory) on \(member.hello.host) is another one (\(ready.model.short)) than"
          + " this run's (\(experiment.model.identity.short)); copy the same checkpoint there")
    }
    if let reason = objection(to: member.hello) { return refuse(worker, reason) }
    if experiment.compute.kernel == .uniform, kernel == nil,
      let own = experiment.compute.kernel(of: member.hello.kernel)
    {
      kernel = own
      emit(.recordKernel(own))
    }
    members[worker]?.isReady = true
    members[worker]?.capacity = max(1, ready.credits)
    setCredits(ready.credits, of: worker)
  }

  /// A worker says how many more leases it can take; 0 says that it wants none until it says otherwise.
  mutating func setCredits(_ credits: UInt32, of worker: WorkerID) {
    members[worker]?.credits = credits
    members[worker]?.declines = credits == 0
  }

  /// The worker leaves: what it holds returns to the queue, and nobody is blamed.
  mutating func dismiss(_ worker: WorkerID) {
    guard let member = members[worker] else { return emit(.forget(worker)) }
    emit(.note(.left(worker, host: member.hello.host)))
    remove(worker)
  }

  /// Takes a worker out; the leases that it still holds return untouched.
  mutating func remove(_ worker: WorkerID) {
    for lease in members[worker]?.leases ?? [] { returnUntouched(lease) }
    members[worker] = nil
    emit(.forget(worker))
  }
}

extension SweepState.Ending {
  /// What workers are told.
  var reason: String {
    switch self {
    case .finished: "the sweep is finished"
    case .stopped(let reason): reason
    case .failed(let reason): reason
    }
  }
}
