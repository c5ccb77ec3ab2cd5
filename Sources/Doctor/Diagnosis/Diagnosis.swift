/// What all checks say.
public struct Diagnosis: Sendable {
  /// In the order of the checks.
  public let findings: [Finding]
  /// What the sampled tokens are; nil without a spec that can be read.
  public let counts: SampleCounts?
  /// The picture of a sampled image; nil if there is none.
  public let overlay: String?
  /// Whether a sweep was asked about.
  public let hasSweep: Bool

  /// In the order in which a run comes to need things.
  private static let checks: [any Check] = [
    ProgramCheck(), KernelCheck(), PackagesCheck(), CoresCheck(), MemoryCheck(), SpecCheck(), CheckpointCheck(),
    ImagesCheck(), OrientationCheck(), LabelsCheck(), DiskCheck(), OverlayCheck(),
  ]

  /// Judges the evidence.
  public init(of evidence: Evidence) {
    findings = Self.checks.compactMap { $0.finding(evidence) }
    counts = evidence.sweep?.counts
    overlay = evidence.sweep?.overlay.flatMap { $0.failure == nil ? $0.path : nil }
    hasSweep = evidence.sweep != nil
  }

  /// What has to be fixed, a sentence each.
  public var problems: [String] { findings.flatMap(\.problems) }

  /// What is worth knowing, a sentence each.
  public var advice: [String] { findings.flatMap(\.advice) }

  /// Whether nothing would hold a sweep back.
  public var isGo: Bool { problems.isEmpty }
}
