import Foundation

/// A small file of ours that is closed to everybody else: access files and keyrings.
enum PrivateFile {
  /// Larger files are none of ours.
  private static let largest = 8 << 20

  /// Writes the file with mode 0600, replacing an older one in one step: a reader sees the old or the new one, whole, and so does
  /// one after a crash. `what` names it in errors, such as `access file`.
  static func write(_ data: Data, to path: String, as what: String) throws(TransportError) {
    let temporary = "\(path).\(getpid()).new"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .file(path, "cannot write", what, errno) }
    let written = data.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
    let isWritten = written == data.count && fchmod(file, 0o600) == 0 && fsync(file) == 0
    let failure = errno
    close(file)
    guard isWritten else {
      unlink(temporary)
      throw .file(path, "cannot write", what, written >= 0 && written < data.count ? ENOSPC : failure)
    }
    guard rename(temporary, path) == 0 else {
      let failure = errno
      unlink(temporary)
      throw .file(path, "cannot write", what, failure)
    }
    let directory = open(
      URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Reads the file; throws unless it is ours and closed to everybody else.
  static func read(_ path: String, as what: String) throws(TransportError) -> Data {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .file(path, "cannot read", what, errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .file(path, "cannot read", what, errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest else {
      throw TransportError(.accessFile, "\(path) is no \(what)")
    }
    guard status.st_uid == geteuid() else {
      throw TransportError(.insecure, "the \(what) \(path) belongs to another user, so it can't be trusted")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw TransportError(.insecure, "the \(what) \(path) can be read or written by others; run chmod 600 \(path)")
    }
    return FileHandle(fileDescriptor: file, closeOnDealloc: false).readData(ofLength: largest)
  }

  /// Reads JSON; throws what is wrong with it.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from path: String, as what: String
  ) throws(TransportError) -> Value {
    let json = try read(path, as: what)
    do { return try JSONDecoder().decode(Value.self, from: json) } catch let error as DecodingError {
      throw TransportError(.accessFile, "\(path) is no \(what) of this version: \(error.reason)")
    } catch {
      throw TransportError(.accessFile, "\(path) is no \(what) of this version: \(error)")
    }
  }

  /// Writes JSON for people and programs.
  static func encode(_ value: some Encodable, to path: String, as what: String) throws(TransportError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json: Data
    do { json = try encoder.encode(value) } catch {
      throw TransportError(.accessFile, "cannot write the \(what) \(path): \(error)")
    }
    try write(json, to: path, as: what)
  }
}

extension TransportError {
  fileprivate static func file(_ path: String, _ action: String, _ what: String, _ code: Int32) -> TransportError {
    TransportError(.system(code), "\(action) the \(what) \(path): \(String(cString: strerror(code)))")
  }
}

extension DecodingError {
  fileprivate var reason: String {
    switch self {
    case .keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
      (context.codingPath.last.map { "the key '\($0.stringValue)': " } ?? "") + context.debugDescription
    @unknown default: "\(self)"
    }
  }
}
