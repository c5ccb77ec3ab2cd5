import Catalog
import Foundation

/// One linear classifier of one site: logits = weight · (x − mean) / std + bias.
public struct Probe: Sendable {
  /// Where it reads hidden states.
  public let site: Site
  /// How many classes it tells apart.
  public let classes: Int
  /// Width of a hidden state.
  public let hidden: Int
  /// [classes, hidden], on standardised features.
  public let weight: [Float]
  /// [classes]
  public let bias: [Float]
  /// [hidden]
  public let mean: [Float]
  /// [hidden], positive.
  public let std: [Float]
  /// The pictures it was fitted on, as ``LabelledInput/pixelDigest``; empty where that is not known.
  public let pictures: [Digest]

  /// Takes each property as it is.
  public init(
    site: Site, classes: Int, hidden: Int, weight: [Float], bias: [Float], mean: [Float], std: [Float],
    pictures: [Digest] = []
  ) {
    precondition(weight.count == classes * hidden && bias.count == classes)
    precondition(mean.count == hidden && std.count == hidden)
    self.site = site
    self.classes = classes
    self.hidden = hidden
    self.weight = weight
    self.bias = bias
    self.mean = mean
    self.std = std
    self.pictures = pictures
  }

  /// The same map on raw hidden states, for the engine: weight / std, and bias − weight · mean / std, in double.
  public var readout: Readout {
    var folded = [Float](repeating: 0, count: classes * hidden)
    var shifted = [Float](repeating: 0, count: classes)
    for row in 0..<classes {
      var offset = Double(bias[row])
      for column in 0..<hidden {
        let scaled = Double(weight[row * hidden + column]) / Double(std[column])
        folded[row * hidden + column] = Float(scaled)
        offset -= scaled * Double(mean[column])
      }
      shifted[row] = Float(offset)
    }
    return Readout(weight: folded, bias: shifted, classes: classes, hidden: hidden)
  }
}

/// Why a probe cannot be fitted or read: one sentence.
public struct ProbeError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  init(_ description: String) { self.description = description }
}

extension Probe {
  /// The probe as a safetensors file: `SITE.weight`, `SITE.bias`, `SITE.mean`, `SITE.std`, and `SITE.pictures`, what it was
  /// fitted on.
  public func data() throws -> Data {
    var writer = SafetensorsWriter()
    writer.add("\(site).weight", shape: [classes, hidden], weight)
    writer.add("\(site).bias", shape: [classes], bias)
    writer.add("\(site).mean", shape: [hidden], mean)
    writer.add("\(site).std", shape: [hidden], std)
    PictureDigests.add(pictures, as: "\(site).pictures", to: &writer)
    return try writer.data()
  }

  /// Reads one site's probe from a safetensors file; mean and std may be absent (0 and 1).
  ///
  /// Throws an error that names the file and tensor which is missing, of a wrong shape, or not finite.
  public init(site: Site, classes: Int, hidden: Int, from file: SafetensorsFile) throws {
    func vector(_ name: String, _ shape: [Int]) throws -> [Float] {
      let values = try file.tensor("\(site).\(name)", shape: shape).floats()
      guard values.allSatisfy(\.isFinite) else {
        throw ProbeError("\(file.path): \(site).\(name) holds NaN or infinity")
      }
      return values
    }
    func optional(_ name: String, _ fallback: Float) throws -> [Float] {
      guard file.shape(of: "\(site).\(name)") != nil else { return [Float](repeating: fallback, count: hidden) }
      return try vector(name, [hidden])
    }
    let std = try optional("std", 1)
    guard std.allSatisfy({ $0 > 0 }) else { throw ProbeError("\(file.path): \(site).std is not positive everywhere") }
    self.init(
      site: site, classes: classes, hidden: hidden, weight: try vector("weight", [classes, hidden]),
      bias: try vector("bias", [classes]), mean: try optional("mean", 0), std: std,
      pictures: try PictureDigests.read("\(site).pictures", from: file))
  }
}
