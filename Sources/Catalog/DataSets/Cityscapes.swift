/// The 19 evaluated classes of Cityscapes, in the order of their train ids.
enum Cityscapes {
  /// As `_labelIds.png` hold them: the ids 0 ... 33 of all labels, most of the others being void.
  static let labelIDs = DataSetLabels(
    classes: classes, labels: ids.map { [$0] }, void: (0...33).filter { !ids.contains($0) })

  /// As `_labelTrainIds.png` hold them.
  static let trainIDs = DataSetLabels(classes: classes, void: [255])

  private static let ids = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]
  private static let classes = [
    "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
    "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle", "bicycle",
  ]
}
