import Catalog
import Foundation

extension Plan {
  /// Tables and sentences for a terminal, without a final newline.
  public var text: String {
    let parts = [
      headline, prompt.sentences, tiling?.sentence ?? "", stageTable, knockoutTable, imageText, memoryText, timeText,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var headline: String {
    let images = stages.last?.units ?? 0
    let variants = knockouts.reduce(0) { $0 + $1.variants }
    return "\(name.printable): \(Readable.count(images, "evaluation image")), each with the baseline and "
      + Readable.count(variants, "variant")
  }

  private var stageTable: String {
    var table = TextTable(header: ["stage", "of", "trials", "FLOP", "time", "on disk"], labels: 2)
    for stage in stages {
      table.add([
        "\(stage.stage)", Readable.count(stage.units, stage.stage.unitName), Percent.grouped(stage.trials),
        Amount.text(stage.operations, unit: ""), Readable.duration(stage.seconds), Bytes.text(stage.diskBytes),
      ])
    }
    table.add([
      "total", "", Percent.grouped(stages.reduce(0) { $0 + $1.trials }),
      Amount.text(stages.reduce(0) { $0 + $1.operations }, unit: ""),
      Readable.duration(stages.reduce(0) { $0 + $1.seconds }),
      Bytes.text(Bytes.whole(stages.reduce(0) { $0 + Double($1.diskBytes) })),
    ])
    return table.text
  }

  private var knockoutTable: String {
    guard !knockouts.isEmpty else { return "" }
    var table = TextTable(
      header: ["knockout", "edit", "windows", "arms", "variants", "FLOP an image"], labels: 3)
    for knockout in knockouts {
      table.add([
        knockout.name.printable, knockout.edit.rawValue, knockout.windowsText, Percent.grouped(knockout.arms),
        Percent.grouped(knockout.variants), Amount.text(knockout.operations, unit: ""),
      ])
    }
    return table.text
  }

  private var imageText: String {
    let total = image.vision + image.baseline + image.probes + image.variants
    return "An evaluation image takes \(Amount.text(total, unit: "FLOP")) at most: encoder and connector "
      + "\(Amount.text(image.vision, unit: "")), baseline \(Amount.text(image.baseline, unit: "")), its probes "
      + "\(Amount.text(image.probes, unit: "")), variants \(Amount.text(image.variants, unit: "")). A full forward for each "
      + "would take \(Amount.text(image.naive, unit: "FLOP")), \(Percent.fixed(image.naive / total)) times as much."
  }

  private var memoryText: String {
    let fit = memory.fit > 0 ? " Fitting a probe takes up to \(Bytes.text(memory.fit)) instead." : ""
    return "A worker maps \(Bytes.text(memory.mapped)) of weights, which the workers of a node share, and holds "
      + "\(Bytes.text(memory.own)) of its own and \(Bytes.text(memory.variant)) for each variant that it walks together "
      + "with others.\(fit)"
  }

  private var timeText: String {
    "Time: \(Readable.count(workers, "worker")) of \(Readable.count(threads, "thread")) at "
      + "\(Amount.text(rate, unit: "FLOP/s")) a thread, "
      + "\(Percent.fixed(100 * rate / peak)) % of its float32 peak. Variants count with every row"
      + (prompt.isCausal ? " behind their first query" : "")
      + ", and a softmax fit with \(Int(ProbeCost.evaluations)) evaluations for each l2."
  }
}

extension Plan.KnockoutPlan {
  /// `3`, `1-8`, or `32 in 1-32`.
  fileprivate var windowsText: String {
    guard windows.count != 1, let first = windows.map(\.first).min(), let last = windows.map(\.last).max() else {
      return windows.first.map { "\($0)" } ?? ""
    }
    return "\(windows.count) in \(first)-\(last)"
  }
}

extension Stage {
  fileprivate var unitName: String {
    switch self {
    case .extract: "shard"
    case .fit: "site"
    case .sweep: "image"
    }
  }
}

/// Amounts with the prefixes k, M, G, T, P, E, in powers of 1,000.
enum Amount {
  /// `7.6 TFLOP`, `512 B`; three digits are enough to plan with.
  static func text(_ amount: Double, unit: String) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var value = amount
    var index = 0
    while value >= 999.5, index < prefixes.count - 1 {
      value /= 1_000
      index += 1
    }
    let digits = index == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
    let suffix = prefixes[index] + unit
    return String(format: "%.\(digits)f", value) + (suffix.isEmpty ? "" : " \(suffix)")
  }
}
