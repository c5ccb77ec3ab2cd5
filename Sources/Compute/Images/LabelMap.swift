import Catalog

/// The label of each pixel of an image, as its data set numbers them.
public struct LabelMap: Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Pixels in a column.
  public let height: Int
  /// [height, width]
  public let labels: [UInt16]

  /// Decodes a PNG; throws an ``ImageError`` that names the file if it is not of the encoding's form.
  public init(_ path: String, encoding: LabelEncoding) throws {
    switch encoding {
    case .indices: self.init(try ImageFile.labels(path))
    case .ade20kRelease:
      let colours = try ImageFile.colouredLabels(path)
      self.init(
        width: colours.width, height: colours.height,
        labels: stride(from: 0, to: colours.pixels.count, by: 3).map { pixel in
          UInt16(colours.pixels[pixel]) / 10 * 256 + UInt16(colours.pixels[pixel + 1])
        })
    }
  }

  /// The raw values of an image of one channel.
  public init(_ indices: Raster) {
    precondition(indices.channels == 1)
    self.init(width: indices.width, height: indices.height, labels: indices.pixels.map(UInt16.init))
  }

  private init(width: Int, height: Int, labels: [UInt16]) {
    self.width = width
    self.height = height
    self.labels = labels
  }
}
