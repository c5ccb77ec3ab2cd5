import Catalog
import Testing

struct KnownDataSetTests {
  /// Without a folder there is the publisher's form.
  private static func labels(_ known: KnownDataSet) throws -> DataSetLabels {
    try #require(known.form(root: "/nowhere").labels)
  }

  @Test func `only the full release of ADE20K leaves its classes to the spec`() {
    #expect(KnownDataSet.allCases.filter { $0.form(root: "/nowhere").labels == nil } == [.ade20kRelease])
  }

  @Test(arguments: KnownDataSet.allCases.filter { $0 != .ade20kRelease })
  func `every label of 8 bits has one meaning at most, and every class a label and a name`(known: KnownDataSet) throws {
    let labels = try Self.labels(known)
    let meant = labels.labels.flatMap { $0 } + labels.void
    #expect(Set(meant).count == meant.count)
    #expect(meant.allSatisfy { (0...255).contains($0) })
    #expect(labels.labels.count == labels.classes.count && labels.labels.allSatisfy { !$0.isEmpty })
    #expect(Set(labels.classes).count == labels.classes.count)
  }

  /// Labels and names as the publishers' own tables have them.
  @Test(arguments: [
    (KnownDataSet.ade20k, 150, [0], [(1, "wall"), (13, "person"), (65, "coffee table"), (150, "flag")]),
    (.voc2012, 21, [255], [(0, "background"), (1, "aeroplane"), (15, "person"), (20, "tvmonitor")]),
    (
      .cityscapes, 19, [0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30],
      [(7, "road"), (11, "building"), (17, "pole"), (23, "sky"), (28, "bus"), (31, "train"), (33, "bicycle")]
    ),
    (
      .cocoStuff, 171, [255],
      [
        (0, "person"), (9, "traffic light"), (12, "stop sign"), (64, "bed"), (66, "dining table"), (83, "book"),
        (89, "toothbrush"), (91, "banner"), (148, "road"), (156, "sky-other"), (181, "wood"),
      ]
    ),
  ])
  func `labels mean what their publishers say`(
    known: KnownDataSet, classes: Int, void: [Int], meanings: [(Int, String)]
  ) throws {
    let labels = try Self.labels(known)
    #expect(labels.classes.count == classes)
    #expect(labels.void == void)
    for (label, name) in meanings {
      #expect(labels.labels.firstIndex { $0.contains(label) }.map { labels.classes[$0] } == name)
    }
  }

  @Test func `things that COCO names and never segments have no label`() throws {
    let meant = Set(try Self.labels(.cocoStuff).labels.flatMap { $0 })
    #expect((0...181).filter { !meant.contains($0) } == [11, 25, 28, 29, 44, 65, 67, 68, 70, 82, 90])
  }
}
