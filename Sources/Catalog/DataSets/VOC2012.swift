/// The labels of PASCAL VOC 2012 segmentation: 0 is the background, 1 ... 20 the objects, 255 their borders.
enum VOC2012 {
  static let labels = DataSetLabels(classes: classes, void: [255])

  private static let classes = [
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
  ]
}
