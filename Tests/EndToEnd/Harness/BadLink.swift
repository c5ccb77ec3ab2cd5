import Catalog
import Foundation
import Protocol
import Synchronization

/// A link between workers and a coordinator that a test spoils: a TCP port on the loopback interface whose connections are
/// passed on with flipped bits, cut, or not at all.
final class BadLink: Sendable {
  /// Where workers connect.
  let port: UInt16
  private let listener: Int32
  private let state: Mutex<State>

  private struct State {
    var target: UInt16 = 0
    /// Bits flipped per byte that is passed on.
    var damage = 0.0
    var isBlocked = false
    var isCut = false
    var isEnding = false
    var flipped = 0
    var generator: SeededGenerator
  }

  /// Two sockets that belong together.
  private struct Pair {
    let client: Int32
    let server: Int32
  }

  init(seed: UInt64) throws {
    state = Mutex(State(generator: SeededGenerator(seed: seed)))
    (listener, port) = try Self.listener()
    _ = DedicatedThread(name: "bad link") { [weak self] in
      var pairs: [Pair] = []
      while self?.step(&pairs) == true {}
      for pair in pairs { Self.close(pair) }
    }
  }

  private static func listener() throws -> (Int32, UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isOpen else { throw TimeLimitExceeded(description: "no port: \(String(cString: strerror(errno)))") }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  deinit { Foundation.close(listener) }

  func lead(to port: UInt16) { state.withLock { $0.target = port } }
  func damage(_ share: Double) { state.withLock { $0.damage = share } }
  func block(_ isBlocked: Bool) { state.withLock { $0.isBlocked = isBlocked } }
  func cut() { state.withLock { $0.isCut = true } }
  func end() { state.withLock { $0.isEnding = true } }
  /// Bits flipped so far.
  var flipped: Int { state.withLock { $0.flipped } }

  private func step(_ pairs: inout [Pair]) -> Bool {
    let (isEnding, isCut, isBlocked) = state.withLock { state in
      defer { state.isCut = false }
      return (state.isEnding, state.isCut, state.isBlocked)
    }
    if isEnding { return false }
    if isCut {
      for pair in pairs { Self.close(pair) }
      pairs.removeAll()
    }
    var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    if !isBlocked {
      for pair in pairs {
        polled += [pair.client, pair.server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      }
    }
    guard poll(&polled, nfds_t(polled.count), 50) > 0 else { return true }
    var broken: Set<Int> = []
    for (index, item) in polled.dropFirst().enumerated() where item.revents != 0 {
      let pair = pairs[index / 2]
      let other = index % 2 == 0 ? pair.server : pair.client
      if !pass(from: item.fd, to: other) { broken.insert(index / 2) }
    }
    for index in broken.sorted(by: >) { Self.close(pairs.remove(at: index)) }
    if polled[0].revents != 0, let pair = connect() { pairs.append(pair) }
    return true
  }

  private func connect() -> Pair? {
    let client = accept(listener, nil, nil)
    guard client >= 0 else { return nil }
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(state.withLock { $0.target })
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    let pair = Pair(client: client, server: server)
    if !isConnected { Self.close(pair) }
    return isConnected ? pair : nil
  }

  private func pass(from source: Int32, to target: Int32) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(source, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    guard count > 0 else { return count < 0 && errno == EAGAIN }
    state.withLock { state in
      guard state.damage > 0 else { return }
      // Bytes up to the next flipped bit are drawn at once.
      var next = 0
      while true {
        next += Int((log(max(1e-12, state.generator.uniform())) / log(1 - state.damage)).rounded(.up))
        guard next < count else { return }
        bytes[next] ^= 1 << UInt8(state.generator.below(8))
        state.flipped += 1
      }
    }
    var done = 0
    while done < count {
      let sent = bytes.withUnsafeBytes {
        Foundation.send(target, $0.baseAddress.map { $0 + done }, count - done, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      done += sent
    }
    return true
  }

  private static func close(_ pair: Pair) {
    Foundation.close(pair.client)
    Foundation.close(pair.server)
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
