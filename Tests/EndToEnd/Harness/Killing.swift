import Catalog
import Foundation
import Protocol

/// Kills a worker of a run with SIGKILL at a moment when it certainly holds trials of `stage` and has had `committed` trials
/// committed: it is stopped first, then looked at again. The process that was killed.
func killHolder(
  of run: String, _ program: RunningProgram, in stage: Stage, committed: Int
) async throws -> UInt32 {
  func holder(_ status: StatusSnapshot?, _ pid: UInt32?) -> UInt32? {
    guard let status, status.source == .live, let progress = status.progress(stage), progress.leased > 0 else {
      return nil
    }
    return status.workers.first {
      $0.leased > 0 && $0.committed >= committed && (pid == nil || $0.pid == pid)
    }?.pid
  }
  return try await eventually("a worker that holds trials of \(stage)") {
    guard program.isRunning else { throw TimeLimitExceeded(description: "the run ended before a worker was killed") }
    guard let pid = holder(try await status(of: run), nil) else { return nil }
    kill(Int32(pid), SIGSTOP)
    if try await holder(status(of: run), pid) != nil {
      kill(Int32(pid), SIGKILL)
      return pid
    }
    kill(Int32(pid), SIGCONT)
    return nil
  }
}
