import Foundation

extension AccessFile {
  /// Larger files are not access files.
  private static let largest = 64 << 10

  /// Writes the file at `path` with mode 0600, replacing an older one in one step: a reader sees the old or the new one,
  /// whole, and so does one after a crash.
  public func write(to path: String) throws(TransportError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json: Data
    do { json = try encoder.encode(self) } catch {
      throw TransportError(.accessFile, "cannot write the access file \(path): \(error)")
    }
    let temporary = "\(path).\(getpid()).new"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .accessFile(path, "cannot write", errno) }
    let written = json.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
    let isWritten = written == json.count && fchmod(file, 0o600) == 0 && fsync(file) == 0
    let failure = errno
    close(file)
    guard isWritten else {
      unlink(temporary)
      throw .accessFile(path, "cannot write", written >= 0 && written < json.count ? ENOSPC : failure)
    }
    guard rename(temporary, path) == 0 else {
      let failure = errno
      unlink(temporary)
      throw .accessFile(path, "cannot write", failure)
    }
    let directory = open(
      URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Reads the file at `path`; throws unless it is ours and closed to everybody else.
  public init(path: String) throws(TransportError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .accessFile(path, "cannot read", errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .accessFile(path, "cannot read", errno) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.largest else {
      throw TransportError(.accessFile, "\(path) is not an access file")
    }
    guard status.st_uid == geteuid() else {
      throw TransportError(.insecure, "the access file \(path) belongs to another user, so it can't be trusted")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw TransportError(
        .insecure, "the access file \(path) can be read or written by others; run chmod 600 \(path)")
    }
    let json = FileHandle(fileDescriptor: file, closeOnDealloc: false).readData(ofLength: Self.largest)
    do { self = try JSONDecoder().decode(AccessFile.self, from: json) } catch let error as DecodingError {
      throw TransportError(.accessFile, "\(path) is not an access file of this version: \(error.reason)")
    } catch {
      throw TransportError(.accessFile, "\(path) is not an access file of this version: \(error)")
    }
  }
}

extension TransportError {
  fileprivate static func accessFile(_ path: String, _ action: String, _ code: Int32) -> TransportError {
    TransportError(.system(code), "\(action) the access file \(path): \(String(cString: strerror(code)))")
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
