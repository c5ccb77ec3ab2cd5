import Catalog
import Foundation
import Testing

@testable import Coordinator

extension EndToEnd {
  /// Archives larger than real runs make them.
  @Suite(.enabled(if: TestPython.interpreter != nil, "needs Python with venv, and PyPI once"))
  struct ArchiveReadersTests {
    @Test func `NumPy finds an array that lies behind one of five gigabytes`() async throws {
      let workspace = try Workspace(train: 0, evaluate: 0)
      let file = try StagedFile(at: workspace.path("large.npz"))
      let far = NPYArray.texts(["sky", "Straße"])
      // The large one is a hole in the file: it takes no room, and nobody reads it.
      var archive = ZipArchive(file, members: [("large.npy", 5 << 30), ("far.npy", far.header.fileSize)])
      try archive.append(far.file, to: 1)
      try archive.finish()
      try file.commit()
      let script = """
        import sys, zipfile
        import numpy
        assert numpy.load(sys.argv[1], allow_pickle=False)["far"].tolist() == ["sky", "Straße"]
        sizes = [(entry.filename, entry.file_size) for entry in zipfile.ZipFile(sys.argv[1]).infolist()]
        assert sizes[0] == ("large.npy", 5 << 30) and len(sizes) == 2, sizes
        print("found")
        """
      let ending = try await TestPython.run(try workspace.write(script, to: "read.py"), [file.path])
      #expect(ending.code == 0 && ending.output == "found\n", "\(ending.errors)")
    }
  }
}
