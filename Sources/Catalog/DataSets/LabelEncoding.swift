/// How the pixels of a label map hold their labels.
public enum LabelEncoding: String, Hashable, Sendable, Codable, CaseIterable {
  /// One channel of at most 8 bits holds the label. One that is neither a class's nor void is an error.
  case indices
  /// ADE20K's full release: the label of an RGB pixel is ⌊R / 10⌋ · 256 + G, and B tells instances apart. The spec names a few
  /// of some 3,700 labels, so all others are void.
  case ade20kRelease = "ade20k-release"

  /// What a pixel can hold.
  public var labels: ClosedRange<Int> {
    switch self {
    case .indices: 0...255
    case .ade20kRelease: 0...25 * 256 + 255
    }
  }

  /// Whether a label that no class has is void, and not an error.
  public var isVoidByDefault: Bool { self == .ade20kRelease }
}
