import Catalog
import Foundation
import Protocol

/// What the page's script draws the gallery from.
struct GalleryData: Encodable {
  /// Bytes of a class index in the texts below: 1 or 2, little-endian; all bits set where void.
  let width: Int
  let rows: Int
  let columns: Int
  let walls: [[Picture]]

  /// An ``Exhibit``, its predictions in base64.
  struct Picture: Encodable {
    let gold: String
    let baseline: [String]
    /// null where it is the baseline's.
    let treated: [String?]
    let targets: [UInt32]
  }

  init(_ walls: [GalleryWall], grid: Grid, classes: Int) {
    let width = classes <= 255 ? 1 : 2
    func text(_ labels: [UInt16]) -> String {
      let bytes = labels.flatMap { width == 1 ? [UInt8(truncatingIfNeeded: $0)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
      return Data(bytes).base64EncodedString()
    }
    self.width = width
    rows = grid.rows
    columns = grid.columns
    self.walls = walls.map { wall in
      wall.exhibits.map { exhibit in
        Picture(
          gold: text(exhibit.gold), baseline: exhibit.baseline.map(text),
          treated: zip(exhibit.treated, exhibit.baseline).map { $0 == $1 ? nil : text($0) }, targets: exhibit.targets)
      }
    }
  }
}
