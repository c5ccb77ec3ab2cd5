import Catalog
import Foundation
import Testing

@testable import Protocol

/// What arrives is not always what was sent, and not every sender is friendly.
@Suite struct `Damaged frames` {
  private func frames(seed: UInt64) throws -> [(frame: Data, decode: (Data) throws -> Void)] {
    var random = RandomMessages(seed: seed)
    let toCoordinator = try (0..<RandomMessages.toCoordinatorKinds).map { try random.toCoordinator(kind: $0).encoded() }
    let toWorker = try (0..<RandomMessages.toWorkerKinds).map { try random.toWorker(kind: $0).encoded() }
    return toCoordinator.map { ($0, { _ = try ToCoordinator(frame: $0) }) }
      + toWorker.map { ($0, { _ = try ToWorker(frame: $0) }) }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `a frame cut anywhere is refused`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for (frame, decode) in try frames(seed: seed) {
      let lengths = frame.count < 300 ? Array(0..<frame.count) : (0..<200).map { _ in generator.below(frame.count) }
      for length in lengths { #expect(throws: WireError.self) { try decode(frame.prefix(length)) } }
      #expect(throws: WireError.self) { try decode(frame + [0]) }
    }
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `a frame with any bit flipped is refused`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for (frame, decode) in try frames(seed: seed) {
      let bits =
        frame.count < 100 ? Array(0..<frame.count * 8) : (0..<400).map { _ in generator.below(frame.count * 8) }
      for bit in bits {
        var damaged = frame
        damaged[bit / 8] ^= 1 << (bit % 8)
        #expect(throws: WireError.self) { try decode(damaged) }
      }
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `behind a valid checksum, damage is refused or gives another valid message`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed, 1)
    var refused = 0
    for (frame, _) in try frames(seed: seed) {
      for _ in 0..<40 {
        var payload = Data(frame.dropFirst(Envelope.length))
        for _ in 0...generator.below(3) { Self.damage(&payload, &generator) }
        let sealed = try Envelope.seal(payload)
        // What is accepted obeys every rule: it can be sent again, and comes back the same.
        do {
          let message = try ToCoordinator(frame: sealed)
          #expect(try ToCoordinator(frame: message.encoded()) == message)
        } catch { refused += 1 }
        do {
          let message = try ToWorker(frame: sealed)
          #expect(try ToWorker(frame: message.encoded()) == message)
        } catch { refused += 1 }
      }
    }
    #expect(refused > 100)
  }

  private static func damage(_ payload: inout Data, _ generator: inout SeededGenerator) {
    let place = payload.isEmpty ? 0 : generator.below(payload.count)
    switch generator.below(5) {
    case 0: payload.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
    case 1: payload = Data(payload.prefix(place))
    case 2 where !payload.isEmpty: payload.remove(at: place)
    case 3 where !payload.isEmpty: payload.append(contentsOf: payload.dropFirst(place))
    default: if !payload.isEmpty { payload[place] ^= 1 << UInt8(generator.below(8)) }
    }
  }

  @Test func `random bytes behind a valid checksum never pass for outcomes`() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3_000 {
      let payload = Data((0..<generator.below(60)).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
      if case .outcomes = try? ToCoordinator(frame: Envelope.seal(payload)) { Issue.record("outcomes from noise") }
    }
  }

  @Test func `few bytes can't claim much memory`() throws {
    // A list of half a million empty outcomes takes a megabyte on the wire, and would take fifty in memory.
    var outcomes = Data()
    for _ in 0..<500_000 { outcomes.append(contentsOf: [0x0a, 0x00]) }
    var payload = Data([0x32])
    var length = outcomes.count
    while length > 127 {
      payload.append(UInt8(length & 127 | 128))
      length >>= 7
    }
    payload.append(UInt8(length))
    let error = #expect(throws: WireError.self) { try ToCoordinator(frame: Envelope.seal(payload + outcomes)) }
    #expect(error?.code == .payload)
  }

  @Test func `another version is told apart from damage`() throws {
    var frame = try ToCoordinator.heartbeat.encoded()
    frame[4] = 9
    frame.replaceSubrange(16..<32, with: Checksum(of: frame.prefix(16), frame.dropFirst(32)).bytes)
    let error = #expect(throws: WireError.self) { try ToCoordinator(frame: frame) }
    #expect(error?.code == .version(9))
    #expect(error?.description.contains("version 9") == true)
  }

  @Test func `the checksum is BLAKE2b with 16 bytes`() {
    // hashlib.blake2b(b"abc", digest_size=16).hexdigest()
    let expected = "cf4ab791c62b8d2b2109c90275287816"
    let sum = Checksum(of: Data("a".utf8), Data("bc".utf8)).bytes
    #expect(sum.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == expected)
  }
}
