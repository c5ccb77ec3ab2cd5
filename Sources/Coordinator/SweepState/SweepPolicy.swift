/// How patient the coordinator is.
public struct SweepPolicy: Hashable, Sendable {
  /// How often a worker must be heard.
  public var heartbeat: Duration = .seconds(1)
  /// A worker not heard for this long is lost.
  public var silence: Duration = .seconds(30)
  /// A worker whose connection is closed is lost once it hasn't been heard for this long.
  public var disconnection: Duration = .seconds(3)
  /// A worker that has not said for this long that it is ready is asked to introduce itself again: the message may have
  /// been lost on the way.
  public var loading: Duration = .seconds(120)
  /// A lease without progress for this long returns to the queue; doubled each time that happens to a trial.
  public var lease: Duration = .seconds(900)
  /// How long a host that was blamed gets no lease; doubled each time, up to ``longestBench``.
  public var bench: Duration = .seconds(30)
  /// The longest that a host is benched.
  public var longestBench: Duration = .seconds(600)
  /// A trial is quarantined when so many workers vanished while computing it alone. A single one may have been killed.
  public var crashes = 3
  /// A lease may get a second holder when it is this old, and twice as old as is usual.
  public var speculation: Duration = .seconds(10)
  /// The least unfinished trials of a lease that are split to occupy an idle worker.
  public var split = 8
  /// A worker whose walltime ends within this time gets no lease.
  public var walltimeReserve: Duration = .seconds(30)
  /// The share of the sweep's trials that are computed twice and compared.
  public var audit = 0.0
  /// How long workers have to say goodbye when the coordinator stops.
  public var drain: Duration = .seconds(30)
  /// How long workers have to say goodbye when the sweep is finished.
  public var farewell: Duration = .seconds(5)

  /// The defaults.
  public init() {}
}
