/// A number of the report with its interval; where there is none, the reason. Never NaN.
public struct Estimate: Hashable, Sendable, Codable {
  /// The number, a share (0.01 is one percentage point); nil if `gap` says why.
  public let value: Double?
  /// Its 95 % interval; nil if there is no value, or if `noInterval` says why.
  public let interval: Interval?
  /// The integers whose quotient is the value; nil where it is a mean of quotients (mIoU), and without a value.
  public let counts: Counts?
  /// Clusters that contribute to the denominator.
  public let clusters: Int
  /// Why there is no value.
  public let gap: Gap?
  /// Why there is a value and no interval.
  public let noInterval: NoInterval?

  /// A 95 % interval.
  public struct Interval: Hashable, Sendable, Codable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// Whether 0 lies in the interval or on its border.
    public var containsZero: Bool { low <= 0 && 0 <= high }
  }

  /// A quotient's integers.
  public struct Counts: Hashable, Sendable, Codable {
    /// Tokens, or a difference of numbers of tokens.
    public let numerator: Int
    /// Tokens.
    public let denominator: Int
  }

  /// Why there is no value.
  public enum Gap: String, Hashable, Sendable, Codable {
    /// The denominator is 0.
    case emptySet = "empty-set"
    /// No image has everything the number needs.
    case notComputed = "not-computed"
    /// A site that the number needs has no probe.
    case noProbe = "no-probe"
  }

  /// Why there is a value and no interval.
  public enum NoInterval: String, Error, Hashable, Sendable, Codable {
    /// It rests on one cluster.
    case oneCluster = "one-cluster"
    /// Every resample gives the same value, as where a quantity is 0 by definition.
    case noVariation = "no-variation"
    /// Too many resamples hold no token of the denominator.
    case oftenEmpty = "often-empty"
  }

  init(gap: Gap) {
    self.init(value: nil, interval: nil, counts: nil, clusters: 0, gap: gap, noInterval: nil)
  }

  init(value: Double, counts: Counts?, clusters: Int, interval: Result<Interval, NoInterval>) {
    switch interval {
    case .success(let interval):
      self.init(value: value, interval: interval, counts: counts, clusters: clusters, gap: nil, noInterval: nil)
    case .failure(let reason):
      self.init(value: value, interval: nil, counts: counts, clusters: clusters, gap: nil, noInterval: reason)
    }
  }

  private init(
    value: Double?, interval: Interval?, counts: Counts?, clusters: Int, gap: Gap?, noInterval: NoInterval?
  ) {
    self.value = value
    self.interval = interval
    self.counts = counts
    self.clusters = clusters
    self.gap = gap
    self.noInterval = noInterval
  }
}

extension Estimate.Gap {
  /// For people: what stands beside a '–'.
  public var reason: String {
    switch self {
    case .emptySet: "no token to count"
    case .notComputed: "no image is complete"
    case .noProbe: "a site without a probe"
    }
  }
}

extension Estimate.NoInterval {
  /// For people.
  public var reason: String {
    switch self {
    case .oneCluster: "one cluster gives no interval"
    case .noVariation: "the same in every resample"
    case .oftenEmpty: "too few clusters have such tokens"
    }
  }
}
