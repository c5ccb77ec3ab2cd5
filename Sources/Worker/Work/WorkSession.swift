import Catalog
import Compute
import Foundation
import Protocol

/// What a worker has ready for one experiment: the model, the probes it has fetched, the image it walked last.
final class WorkSession {
  let experiment: Experiment
  let layout: RunLayout
  let engine: Engine
  let variants: [Variant]
  let rule: TokenLabels.Rule
  let pool: ThreadPool
  private(set) var readouts: [Site: Readout] = [:]
  /// What the probes were fitted on, as far as that is known.
  private var trainingPictures: Set<Digest> = []
  private var artifacts: [Digest] = []
  private var lastImage: SweepImage?
  /// Measured on the last wave; 0 before the first.
  private(set) var secondsPerVariant = 0.0
  /// How long the last wave took.
  private(set) var waveDuration = Duration.zero

  /// Maps the model; throws an error that names what is wrong with it, or with the experiment.
  init(_ welcome: ToWorker.Welcome, threads: Int) throws {
    do {
      experiment = try Experiment(json: welcome.experiment)
    } catch {
      throw WorkError("the coordinator's experiment cannot be read by this version of rebound: \(error)")
    }
    layout = RunLayout(root: welcome.runDirectory)
    let model = try Model(directory: experiment.model.directory)
    guard model.facts.decoder.layers == experiment.model.layers, model.facts.grid == experiment.model.grid else {
      throw WorkError(
        "\(experiment.model.directory) holds another model here than at the coordinator: layers or image tokens differ")
    }
    let arithmetic: Arithmetic = try experiment.compute.dtype == .bf16 ? .bestBFloat16() : .float32
    engine = Engine(model: model, threads: threads, arithmetic: arithmetic)
    pool = ThreadPool(threads: threads)
    variants = experiment.variants
    rule = TokenLabels.Rule(experiment.data)
  }

  /// Makes the probes named by a sweep lease ready; `fetch` gets an artifact from the coordinator.
  func load(_ wanted: [Digest], fetch: (Digest) throws -> Data) throws {
    guard wanted != artifacts || readouts.isEmpty else { return }
    var readouts: [Site: Readout] = [:]
    var pictures: Set<Digest> = []
    for digest in wanted {
      let file = try SafetensorsFile(data: try fetch(digest), name: "probe \(digest.short)")
      for site in experiment.probes.sites where file.shape(of: "\(site).weight") != nil {
        let probe = try Probe(
          site: site, classes: experiment.data.classes.count, hidden: engine.model.facts.hidden(at: site),
          from: file)
        readouts[site] = probe.readout
        pictures.formUnion(probe.pictures)
      }
    }
    guard readouts[experiment.reference] != nil else {
      throw WorkError("the probes of this run hold none for the reference site \(experiment.reference)")
    }
    self.readouts = readouts
    trainingPictures = pictures
    artifacts = wanted
    lastImage = nil
  }

  /// Throws if the probes were fitted on the picture that `image` shows: that would not be an evaluation.
  func refuseTrainingPicture(_ picture: Digest, of image: LabelledImage) throws {
    guard trainingPictures.contains(picture) else { return }
    let twin = experiment.data.train.first { (try? ImageFile.image($0.image).pixelDigest) == picture }
    throw ImageError(
      "\(image.image) shows the same picture as the training image \(twin?.image ?? "of an imported probe"), and probes are"
        + " not scored on images that they were fitted on; take it out of one of the two splits")
  }

  /// Notes how long a variant took, for the size of the next wave.
  func learn(secondsPerVariant seconds: Double, wave: Duration) { (secondsPerVariant, waveDuration) = (seconds, wave) }

  /// The baseline of evaluation image `unit`: walked anew, unless it was the last one.
  func image(_ unit: Int) throws -> SweepImage {
    if let lastImage, lastImage.unit == unit { return lastImage }
    lastImage = nil
    let image = try SweepImage(unit: unit, session: self)
    lastImage = image
    return image
  }
}

/// Why a worker cannot go on: one sentence.
public struct WorkError: Error, Equatable, CustomStringConvertible {
  /// One sentence for people.
  public let description: String
  init(_ description: String) { self.description = description }
}
