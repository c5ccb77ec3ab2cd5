import Catalog
import Foundation
import Testing

struct DigestTests {
  @Test func `the digest is SHA-256`() {
    #expect(Digest(of: Data()).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      Digest(of: Data("abc".utf8)).description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Digest(of: Data("abc".utf8)).short == "ba7816bf8f01")
  }

  @Test func `pieces have the digest of the whole`() {
    let data = Data((0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    var hasher = Digest.Hasher()
    for start in stride(from: 0, to: 1_000, by: 77) { hasher.update(data[start..<min(1_000, start + 77)]) }
    #expect(hasher.finish() == Digest(of: data))
  }

  @Test func `text and JSON read back`() throws {
    let digest = Digest(of: Data("abc".utf8))
    #expect(Digest(digest.description) == digest)
    #expect(Digest(digest.description.uppercased()) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(try JSONDecoder().decode([Digest].self, from: JSONEncoder().encode([digest])) == [digest])
  }

  @Test func `what has not 64 hexadecimal digits is none`() {
    let digits = Digest(of: Data()).description
    let odd = [String(digits.dropLast()), digits + "0", "g" + digits.dropFirst(), "+" + digits.dropFirst(), ""]
    for text in odd { #expect(Digest(text) == nil, "\(text)") }
    #expect(Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
  }
}
