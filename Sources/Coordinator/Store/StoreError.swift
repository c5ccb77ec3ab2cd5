import Catalog
import Foundation
import GRDB

/// Why a run's results can't be kept or read.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What a caller may want to tell apart.
  public enum Code: Hashable, Sendable {
    /// There is no store.
    case missing
    /// Written by a newer version.
    case newer
    /// The disk is full or can't be written for now.
    case noRoom
    /// The system refused something else.
    case system
    /// A payload is not what was written.
    case damaged
    /// Its trials have the numbers of another experiment than the run's: an extension is half done.
    case extended
    /// Another coordinator has taken the run over.
    case fenced
  }

  /// What is wrong.
  public let code: Code
  /// One sentence for people.
  public let description: String
  /// The same without advice.
  let problem: String

  init(_ code: Code, _ problem: String, advice: String = "") {
    self.code = code
    self.problem = problem
    description = problem + advice
  }

  /// Whether the same may work in a while, when somebody has made room.
  var mayPass: Bool { code == .noRoom }

  /// The system refused to do something with a file.
  static func system(_ action: String, _ path: String, _ number: Int32) -> StoreError {
    let isNoRoom = [ENOSPC, EDQUOT, EROFS, EIO].contains(number)
    return StoreError(
      isNoRoom ? .noRoom : .system, "\(path) can't be \(action): \(String(cString: strerror(number)))",
      advice: advice(number))
  }

  /// SQLite refused to do something.
  static func database(_ action: String, _ path: String, _ error: any Error) -> StoreError {
    if let error = error as? StoreError { return error }
    guard let error = error as? DatabaseError else {
      return StoreError(.system, "\(path) can't be \(action): \(error)")
    }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_FULL: return system(action, path, ENOSPC)
    case .SQLITE_READONLY: return system(action, path, EROFS)
    case .SQLITE_IOERR: return system(action, path, EIO)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      return StoreError(.damaged, "\(path) is damaged (\(reason)); restore it from a copy, or start the run anew")
    default: return StoreError(.system, "\(path) can't be \(action): \(reason)")
    }
  }

  private static func advice(_ number: Int32) -> String {
    switch number {
    case ENOSPC, EDQUOT: "; make room, then run the same command again: nothing that was acknowledged is lost"
    case EROFS, EACCES, EPERM: "; make it writable, then run the same command again"
    default: ""
    }
  }
}

extension AtomicFileError {
  /// The same as an error of the store, with its advice.
  var storeError: StoreError { .system("written", path, code) }
}
