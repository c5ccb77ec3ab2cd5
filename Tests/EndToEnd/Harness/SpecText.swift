/// A spec of the small sweep, to be changed where a test needs it.
struct SpecText {
  var name = "small"
  var model = "\(Rebound.project)/examples/demo/model"
  var root = "."
  var masks = "masks/{split}/{name}.png"
  var train = "{split: train, images: all, tokens_per_image: 24}"
  var evaluate = "{split: evaluate, images: all}"
  var probes = "{sites: [vision.4, adapter, llm.3, llm.6], method: ridge, l2: [1e-2]}"
  var knockouts = [
    "{name: anchors, block: {queries: wrong, keys: correct, where: anchor}, windows: {width: 1, stride: 1}, control: {matched: {draws: 1}}}",
    "{name: rivals, block: {queries: wrong, keys: correct, where: rival}, windows: {width: 2, stride: 1}}",
    "{name: image-to-image, block: {queries: image, keys: image}, windows: all}",
    "{name: bidirectional, open: {queries: image, keys: image}, windows: all}",
  ]
  var seed = 0
  /// Further lines.
  var more = ""

  var text: String {
    """
    name: \(name)
    model: \(model)
    prefix_token_ids: [1, 4]
    data:
      layout: folder
      root: \(root)
      images: images/{split}/*.jpg
      masks: \(masks)
      classes: [sky, water, cloud, snow, roof, wall, rock, road, tree, grass]
      void: [255]
      geometry: model
      train: \(train)
      evaluate: \(evaluate)
    probes: \(probes)
    reference: adapter
    knockouts: [\(knockouts.joined(separator: ", "))]
    seed: \(seed)
    \(more)

    """
  }
}
