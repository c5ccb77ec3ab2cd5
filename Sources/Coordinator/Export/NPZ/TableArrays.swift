import Catalog

/// Writes a table that fits in memory as a NumPy archive: an array for each column.
enum TableArrays {
  static func write(_ table: Table, to file: StagedFile) throws {
    let arrays = table.columns.map { (name: $0.name, array: $0.values.array) }
    var archive = ZipArchive(file, members: arrays.map { ("\($0.name).npy", $0.array.header.fileSize) })
    for (index, array) in arrays.enumerated() { try archive.append(array.array.file, to: index) }
    try archive.finish()
  }
}
