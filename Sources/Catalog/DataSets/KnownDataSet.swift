/// The data sets whose files and labels are known by name.
public enum KnownDataSet: String, CaseIterable, Sendable {
  /// The ADE20K scene-parsing benchmark; its root is `ADEChallengeData2016`.
  case ade20k
  /// ADE20K as released in full, in 2016 and 2021; its root is `ADE20K_2021_17_01` or `ADE20K_2016_07_26`.
  case ade20kRelease = "ade20k-release"
  /// PASCAL VOC 2012 segmentation; its root is `VOCdevkit/VOC2012`.
  case voc2012
  /// Cityscapes with fine annotations; its root holds `leftImg8bit` and `gtFine`.
  case cityscapes
  /// COCO-Stuff on the images of COCO 2017; its root holds `images` and the label maps.
  case cocoStuff = "coco-stuff"

  /// A form in which a data set lies on disks.
  public struct Form: Hashable, Sendable {
    /// Where its files are.
    public let layout: DataSetLayout
    /// What its label maps hold; nil: the spec says which of the data set's labels are classes.
    public let labels: DataSetLabels?
  }

  /// The form below `root`: the first that has a label map there, else the first of all, whose listing then says what is
  /// missing.
  public func form(root: String) -> Form {
    let forms = forms(root: root)
    return forms.dropFirst().isEmpty ? forms[0] : forms.first { $0.layout.hasLabelMaps } ?? forms[0]
  }

  /// What of an image's name says which images are resampled together; nil: each image by itself.
  ///
  /// Frames of one recorded sequence of Cityscapes are not independent of each other.
  public var cluster: String? { self == .cityscapes ? "^([^_]+_[0-9]+)_" : nil }

  /// The publisher's form first; never empty.
  private func forms(root: String) -> [Form] {
    switch self {
    case .ade20k:
      return [
        Form(
          layout: DataSetLayout(root: root, images: "images/{split}/*.jpg", masks: "annotations/{split}/{name}.png"),
          labels: ADE20K.labels)
      ]
    case .ade20kRelease:
      return [
        DataSetLayout(
          root: root, images: "images/ADE/{split}/*/*/*.jpg", masks: "images/ADE/{split}/{name}_seg.png"),
        DataSetLayout(root: root, images: "images/{split}/**/*.jpg", masks: "images/{split}/{name}_seg.png"),
      ].map { Form(layout: $0, labels: nil) }
    case .voc2012:
      return [
        Form(
          layout: DataSetLayout(
            root: root, list: "ImageSets/Segmentation/{split}.txt", images: "JPEGImages/{name}.jpg",
            masks: "SegmentationClass/{name}.png"),
          labels: VOC2012.labels)
      ]
    case .cityscapes:
      return [("labelIds", Cityscapes.labelIDs), ("labelTrainIds", Cityscapes.trainIDs)].map { kind, labels in
        Form(
          layout: DataSetLayout(
            root: root, images: "leftImg8bit/{split}/*/*_leftImg8bit.png",
            masks: "gtFine/{split}/{name}_gtFine_\(kind).png"),
          labels: labels)
      }
    case .cocoStuff:
      return ["stuffthingmaps", "annotations"].map { folder in
        Form(
          layout: DataSetLayout(root: root, images: "images/{split}/*.jpg", masks: "\(folder)/{split}/{name}.png"),
          labels: COCOStuff.labels)
      }
    }
  }
}
