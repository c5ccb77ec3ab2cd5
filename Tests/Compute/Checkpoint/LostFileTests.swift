import Foundation
import Testing

@testable import Compute

struct LostFileTests {
  @Test func `a mapped file that is cut off under its reader becomes zeros and an error that names it`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("weights", Data(repeating: 7, count: 1 << 20))
    do {
      let file = try MappedFile(path: path)
      let other = try MappedFile(path: try folder.write("other", Data(repeating: 9, count: 8_192)))
      let bytes = UnsafeRawBufferPointer(start: file.start, count: file.size)
      #expect(bytes[500_000] == 7)
      try MappedFiles.check()
      truncate(path, 4_096)
      #expect(bytes[500_000] == 0 && bytes[(1 << 20) - 1] == 0)
      #expect(bytes[100] == 7 && other.start.loadUnaligned(as: UInt8.self) == 9)
      let error = #expect(throws: CheckpointError.self) { try MappedFiles.check() }
      #expect(error?.description.hasPrefix("\(path) can't be read any more") == true)
    }
    // A file that nobody has mapped any more holds nobody up.
    try MappedFiles.check()
  }
}
