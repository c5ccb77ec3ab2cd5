/// The table of bad specs, by section.
extension BadSpec {
  static let topLevel: [BadSpec] = [
    replacing("name: tiny\n", "", "1: name: is missing; write a name for the run's directory"),
    replacing(
      "name: tiny", "name: .tiny",
      "1: name: '.tiny' names a folder too, so it takes letters, digits, '-', '_' and '.' only, not '.' first"),
    replacing("name: tiny", "name: [tiny]", "1: name: is a list, but a text is expected here"),
    replacing("model: model\n", "", "1: model: is missing; write the path of a Hugging Face model directory"),
    replacing("model: model", "model:", "2: model: is missing; write the path of a Hugging Face model directory"),
    replacing("[1, 4]", "[1, 64]", "3: prefix_token_ids[2]: 64 is not in the model's vocabulary of 64 tokens"),
    replacing(
      "[1, 4]", "[1, 4, 9]", "3: prefix_token_ids[3]: 9 stands for the image itself; write only the ids around it"),
    replacing("[1, 4]", "[1, \"4\"]", "3: prefix_token_ids[2]: is '4', but a whole number is expected here"),
    replacing("[1, 4]", "1", "3: prefix_token_ids: is '1', but a list of token ids is expected here"),
    replacing("[1, 4]", "[-1]", "3: prefix_token_ids[1]: is -1, but must be at least 0"),
    adding(
      "suffix_token_ids: [2]\n",
      "15: suffix_token_ids: what stands behind the image cannot influence it in this model, whose attention is causal; "
        + "leave it out"),
    adding("knockout: []\n", "15: knockout: is not a key of the spec; did you mean 'knockouts'?"),
    adding(
      "xyzzy: 1\n",
      "15: xyzzy: is not a key of the spec; the keys here are name, model, prompt, prefix_token_ids, suffix_token_ids, compute, "
        + "data, probes, reference, knockouts, horizon, precision, record, reuse, audit, seed"),
    adding("seed: 1.5\n", "15: seed: is '1.5', but a whole number from 0 to 18446744073709551615 is expected here"),
    adding("audit: often\n", "15: audit: 'often' is not a share such as 0.5% or 0.005"),
    adding("audit: 150%\n", "15: audit: 150% is not between 0% and 100%"),
    adding("horizon: none\n", "15: horizon: is 'none', but all or a whole number is expected here"),
    adding("horizon: -1\n", "15: horizon: is -1, but must be all or from 0 to 100000"),
    adding("reference: llm.5\n", "15: reference: the model has no site llm.5: its decoder sites are llm.1 to llm.4"),
    adding(
      "reference: vision.4\n",
      "15: reference: the model has no site vision.4: its vision sites are vision.0 to vision.3"),
    adding("reference: adaptor\n", "15: reference: 'adaptor' is not a site; did you mean 'adapter'?"),
    adding("compute: {threads: 0}\n", "15: compute.threads: is 0, but must be auto or from 1 to 1024"),
    adding(
      "compute: {kernel: unifrom}\n",
      "15: compute.kernel: 'unifrom' is not one of uniform, any; did you mean 'uniform'?"),
    adding("compute: {thread: 1}\n", "15: compute.thread: is not a key of the spec; did you mean 'threads'?"),
    adding("compute: 4\n", "15: compute: is '4', but a mapping with the keys dtype, threads, kernel is expected here"),
    adding("[1]: 2\n", "15: holds a key that is not a word"),
    adding("!!int seed: 1\nseed: 2\n", "16: seed: the key stands more than once in the same mapping; keep one"),
    adding("seed: 1\nseed: 2\n", "15: seed: the key stands more than once in the same mapping; keep one"),
  ]

  static let data: [BadSpec] = [
    replacing(
      "layout: folder", "layout: foldr",
      "5: data.layout: 'foldr' is not one of folder, ade20k, ade20k-release, voc2012, cityscapes, coco-stuff; did you mean 'folder'?"
    ),
    replacing(
      "root: data", "root: date", "11: data.train.split: the images of 'train' cannot be used: DIR/date does not exist",
      "12: data.evaluate.split: the images of 'val' cannot be used: DIR/date does not exist"),
    replacing(
      "{split}/*.jpg", "{split}/*.png",
      "11: data.train.split: the images of 'train' cannot be used: no file matches DIR/data/images/train/*.png",
      "12: data.evaluate.split: the images of 'val' cannot be used: no file matches DIR/data/images/val/*.png"),
    replacing(
      "{name}.png", "mask.png",
      "8: data.masks: 'masks/{split}/mask.png' has no {name}, so all images would share one label map"),
    replacing("[sky, road, tree]", "[sky]", "9: data.classes: names 1 classes, but 2 to 255 are expected here"),
    replacing("[sky, road, tree]", "[sky, road, ~]", "9: data.classes[3]: is empty, but a text is expected here"),
    replacing("void: [255]", "void: [256]", "10: data.void[1]: is 256, but must be from 0 to 255"),
    replacing("void: [255]", "void: [1]", "10: data.void: 1 is the label of class 'road', so it cannot be void"),
    replacing(
      "[sky, road, tree]", "{sky: 0, road: [1, 2], tree: 1, car: [], bus: x}",
      "9: data.classes.tree: 1 is the label of class 'road' already",
      "9: data.classes.car: holds no label; write the labels on disk that mean 'car'",
      "9: data.classes.bus: is 'x', but a whole number is expected here"),
    replacing(
      "[sky, road, tree]", "{sky: 0, road: [1, 255]}",
      "10: data.void: 255 is the label of class 'road', so it cannot be void"),
    replacing("[sky, road, tree]", "{sky: 0}", "9: data.classes: names 1 classes, but 2 to 255 are expected here"),
    replacing(
      "void: [255]", "void: [255]\n  geometry: stretch",
      "11: data.geometry: 'stretch' is not one of model, crop, squash, pad"),
    replacing(
      "images/{split}/*.jpg", "images/{split}/{name}.jpg",
      "7: data.images: 'images/{split}/{name}.jpg' has {name}, but no list names the images; write * or give a list"),
    replacing(
      "root: data", "root: data\n  list: lists/{split}.txt",
      "8: data.images: 'images/{split}/*.jpg' has no {name}, which stands for a name in the list"),
    replacing("images: 4,", "images: 7,", "11: data.train.images: 7 images are asked for, but split 'train' has 6"),
    replacing("images: 4,", "images: 0,", "11: data.train.images: is 0, but must be all or at least 1"),
    replacing("_image: 8", "_image: 0", "11: data.train.tokens_per_image: is 0, but must be from 1 to 65536"),
    replacing(
      "{split: val, images: all}", "{split: val, tokens_per_image: 3}",
      "12: data.evaluate.tokens_per_image: is not a key of the spec; the keys here are split, images"),
    replacing(
      "{split: val, images: all}", "{images: all}",
      "12: data.evaluate.split: is missing; write the split's name, such as train"),
    replacing(
      "{split: val, images: all}", "{split: train, images: 6}",
      "12: data.evaluate: 4 of the images are training images too, such as DIR/data/images/train/A1_train0.jpg; choose another "
        + "split, since probes are not scored on images that they were fitted on"),
    replacing(
      "knockouts:", "  cluster: \"^([A-Z\"\nknockouts:", "13: data.cluster: '^([A-Z' is not a regular expression"),
    replacing(
      "knockouts:", "  cluster: \"^[A-Z]\"\nknockouts:",
      "13: data.cluster: '^[A-Z]' captures nothing; put the part that names the cluster into parentheses"),
    replacing(
      "void: [255]", "void: [255]\n  cluster: \"^([0-9]+)\"",
      "11: data.cluster: '^([0-9]+)' does not match the image name 'A1_train0', so the image has no cluster",
      "11: data.cluster: '^([0-9]+)' does not match the image name 'A1_val0', so the image has no cluster"),
    replacing(
      "layout: folder", "layout: ade20k",
      "7: data.images: belongs to layout folder; the layout ade20k knows its own files and classes",
      "8: data.masks: belongs to layout folder; the layout ade20k knows its own files and classes",
      "9: data.classes: belongs to layout folder; the layout ade20k knows its own files and classes",
      "10: data.void: belongs to layout folder; the layout ade20k knows its own files and classes",
      "11: data.train.split: the images of 'train' cannot be used: 6 label maps do not exist, the first is "
        + "DIR/data/annotations/train/A1_train0.png",
      "12: data.evaluate.split: the images of 'val' cannot be used: 6 label maps do not exist, the first is "
        + "DIR/data/annotations/val/A1_val0.png"),
  ]

  static let probes: [BadSpec] = [
    adding(
      "probes: {sites: [adapter, llm.9]}\n",
      "15: probes.sites[2]: the model has no site llm.9: its decoder sites are llm.1 to llm.4"),
    adding("probes: {sites: [adapter, adapter]}\n", "15: probes.sites[2]: adapter stands in the list twice"),
    adding("probes: {sites: []}\n", "15: probes.sites: names no site; write all or a list such as [adapter, llm.1]"),
    adding(
      "probes: {sites: every}\n",
      "15: probes.sites: is 'every', but all or a list of sites such as [adapter, llm.1] is expected here"),
    adding(
      "probes: {sites: [llm.1, llm.2, llm.3, llm.4]}\n",
      "15: probes: gives no probe to adapter, the default reference; add it to sites or name another reference"),
    adding(
      "probes: {sites: [adapter, llm.4]}\nreference: vision.2\n",
      "16: reference: vision.2 has no probe; add it to probes.sites"),
    adding("probes: {method: svm}\n", "15: probes.method: 'svm' is not one of softmax, ridge"),
    adding("probes: {targets: gold}\n", "15: probes.targets: 'gold' is not one of distribution, majority"),
    adding("probes: {l2: 0.1}\n", "15: probes.l2: is '0.1', but a list of numbers is expected here"),
    adding("probes: {l2: [1e-3, nan]}\n", "15: probes.l2[2]: is 'nan', but a number is expected here"),
    adding("probes: {l2: [1e-3, 0.001]}\n", "15: probes.l2[2]: 0.001 stands in the list twice"),
    adding("probes: {l2: []}\n", "15: probes.l2: names no λ to choose from; write a list such as [1e-4, 1e-2]"),
    adding(
      "probes: {import: p.safetensors}\n",
      "15: probes.import: DIR/p.safetensors cannot be read; name a safetensors file with SITE.weight and SITE.bias"),
    adding(
      "probes: {import: model/model.safetensors, method: ridge}\n",
      "15: probes.method: has no effect on imported probes; leave it or import out"),
  ]

  static let knockouts: [BadSpec] = [
    knockout(
      "{block: {queries: wrong, keys: bos}, windows: all}",
      "15: knockouts[2].name: is missing; write a name for tables and figures"),
    knockout(
      "{name: anchors, block: {queries: wrong, keys: bos}, windows: all}",
      "15: knockouts[2].name: 'anchors' is the name of the knockout in line 14 too; names must differ"),
    knockout(
      "{name: baseline, block: {queries: wrong, keys: bos}, windows: all}",
      "15: knockouts[2].name: 'baseline' is the name of the variant that edits nothing; choose another"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}}",
      "15: knockouts[2].windows: is missing; write all, {width: 1, stride: 1} or a list such as [[1, 8]]"),
    knockout(
      "{name: b, block: {queries: wrong}, windows: all}",
      "15: knockouts[2].block.keys: is missing; write a token set such as correct"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, open: {queries: image, keys: image}, windows: all}",
      "15: knockouts[2]: has both block and open; keep one"),
    knockout(
      "{name: b, block: {queries: wron, keys: gold(rood)}, windows: all}",
      "15: knockouts[2].block.queries: 'wron' is not a token set: 'wron' is none of image, prefix, suffix, bos, "
        + "correct, wrong, gold(CLASS), predicted(CLASS), tokens(0, 1)",
      "15: knockouts[2].block.keys: 'gold(rood)' is not a token set: there is no class 'rood'; did you mean 'road'?"),
    knockout(
      "{name: b, block: {queries: wrong, keys: !correct}, windows: all}",
      "15: is not YAML: did not find expected whitespace or line break, while scanning a tag of line 15; put a text that "
        + "begins with '!' into quotes"),
    knockout(
      "name: b\n    windows: all\n    block:\n      queries: wrong\n      keys: !correct",
      "19: '!correct' is read as a YAML tag; put a text that begins with '!' into quotes"),
    knockout(
      "{name: b, block: {queries: {tokens: [2, 18]}, keys: tokens(1)}, windows: all}",
      "15: knockouts[2].block.queries: there is no token 18: the sequence of prefix and image has the tokens 0 to 17"),
    knockout(
      "{name: b, block: {queries: wrong, keys: image | suffix}, windows: all}",
      "15: knockouts[2].block.keys: 'suffix' names no token: what stands behind the image cannot influence it in this "
        + "model, whose attention is causal"),
    knockout(
      "{name: b, block: {queries: {tokens: []}, keys: bos}, windows: all}",
      "15: knockouts[2].block.queries: names no token"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos, where: [anchors, sideways, within(x)]}, windows: all}",
      "15: knockouts[2].block.where[1]: 'anchors' is not a relation; did you mean 'anchor'?",
      "15: knockouts[2].block.where[2]: 'sideways' is not a relation; there are same-gold, other-gold, anchor, rival, "
        + "within(r), beyond(r)",
      "15: knockouts[2].block.where[3]: 'within(x)' is not a relation; did you mean 'within(r)'?"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: [[1, 5]]}",
      "15: knockouts[2].windows[1]: [1, 5] reaches beyond the model's 4 layers"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: [1, 2]}",
      "15: knockouts[2].windows[1]: is '1', but a window is written as its first and last layer, such as [1, 8]",
      "15: knockouts[2].windows[2]: is '2', but a window is written as its first and last layer, such as [1, 8]"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: [[0, 2]]}",
      "15: knockouts[2].windows[1][1]: is 0, but must be at least 1"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: [[1, 2], [1, 2]]}",
      "15: knockouts[2].windows[2]: window [1, 2] stands in the list twice"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: {width: 5}}",
      "15: knockouts[2].windows.width: a window of 5 layers does not fit into the model's 4 layers"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: {stride: 2}}",
      "15: knockouts[2].windows.width: is missing; write how many layers a window has"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: some}",
      "15: knockouts[2].windows: is 'some', but all, {width: 1, stride: 1} or a list such as [[1, 8]] is expected here"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: all, heads: [0, 4, 0]}",
      "15: knockouts[2].heads[2]: there is no head 4: the model's heads are 0 to 3",
      "15: knockouts[2].heads[3]: head 0 stands in the list twice"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: all, heads: 2}",
      "15: knockouts[2].heads: is '2', but all or a list of heads such as [0, 3] is expected here"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: all, control: {matched: {draws: 0}}}",
      "15: knockouts[2].control.matched.draws: is 0, but must be from 1 to 1000"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: all, control: {random: 3}}",
      "15: knockouts[2].control.random: is not a key of the spec; the keys here are matched",
      "15: knockouts[2].control.matched: is missing; write {draws: 5}"),
    knockout(
      "{name: b, block: {queries: wrong, keys: bos}, windows: all, control: {matched: {from: rong}}}",
      "15: knockouts[2].control.matched.from: 'rong' is not a token set: 'rong' is none of image, prefix, suffix, bos, "
        + "correct, wrong, gold(CLASS), predicted(CLASS), tokens(0, 1)"),
    BadSpec(
      old: "",
      new: "  - {name: b, block: {queries: wrong@llm.1, keys: correct@window}, windows: [[1, 1], [3, 3], [4, 4]]}\n"
        + "probes: {sites: [adapter, llm.4]}\n",
      errors: [
        "15: knockouts[2].block.queries: reads predictions at llm.1, which has no probe; add it to probes.sites",
        "15: knockouts[2].block.keys: reads predictions at llm.2 (and at 1 more sites), which has no probe; add it to probes.sites",
      ]),
    BadSpec(
      old: "", new: "horizon: 1\nprobes: {sites: [adapter, llm.1]}\n",
      errors: [
        "14: knockouts[1].windows: window [2, 2] has no probed site behind it within the horizon, so its effect could not be "
          + "read; add one to probes.sites"
      ]),
  ]

  /// The design's words that this version refuses.
  static let unsupported: [BadSpec] = [
    adding("compute: {dtype: f16}\n", "15: compute.dtype: 'f16' is not one of f32, bf16; did you mean 'bf16'?"),
    adding(
      "precision: {effect: 0.005}\n",
      "15: precision: stopping a variant once it is precise is not supported by this version; leave it out"),
    adding("record: {pixels: baseline}\n", "15: record.pixels: 'baseline' is not supported by this version; use none"),
    adding(
      "record: {tokens: false, margins: true}\n",
      "15: record.tokens: leaving out the predictions per token is not supported by this version; write true",
      "15: record.margins: recording margins is not supported by this version; write false"),
    knockout(
      "{name: b, open: {queries: image, keys: image}, windows: all, refit: true}",
      "15: knockouts[2].refit: probes refitted on a variant's own features are not supported by this version; leave it out"
    ),
    knockout(
      "{name: b, conflicting: 10, windows: all}",
      "15: knockouts[2].conflicting: is not supported by this version; use block or open"),
    knockout(
      "{name: b, zero: {queries: wrong, keys: bos}, windows: all}",
      "15: knockouts[2].zero: is not supported by this version; use block or open"),
    knockout(
      "{name: b, mean: {queries: wrong, keys: bos}, windows: all}",
      "15: knockouts[2].mean: is not supported by this version; use block or open"),
  ]
}
