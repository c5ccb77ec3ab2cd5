import Catalog
import Coordinator
import Foundation
import Protocol
import Testing

struct StatusTextTests {
  static func snapshot(
    source: StatusSnapshot.Source = .live, phase: StatusSnapshot.Phase = .running, host: String = "node-a",
    message: String = "the image /data/3.png is cut short", bitReproducible: Bool = true, sweepTotal: Int = 2_220
  ) -> StatusSnapshot {
    StatusSnapshot(
      source: source, asOf: 900, now: 1_000, started: 280, run: "camvid-demo", digest: Digest(of: Data("x".utf8)),
      epoch: Epoch(2), bitReproducible: bitReproducible, phase: phase,
      stages: [
        .init(stage: .extract, total: 19, done: 19, quarantined: 0, leased: 0, trialsPerSecond: nil, secondsLeft: nil),
        .init(
          stage: .sweep, total: sweepTotal, done: min(555, sweepTotal), quarantined: 2, leased: 37,
          trialsPerSecond: 4.25,
          secondsLeft: 383),
      ],
      workers: [
        .init(
          id: WorkerID(1), host: host, pid: 4_321, kernel: "OpenBLAS Haswell", threads: 8, leased: 37, committed: 555,
          trialsPerSecond: 0.05, lastHeard: 999.6)
      ],
      counters: .init(attempts: 600, lost: 3, duplicates: 1, nondeterminism: 0, badMessages: 0, workersSeen: 2),
      failures: [
        .init(
          at: 940, host: host, trial: TrialID(stage: .sweep, unit: 3, variant: 1), trials: 4, quarantined: true,
          message: message)
      ],
      effects: [
        .init(
          knockout: "anchors", window: LayerWindow(first: 1, last: 2), site: .llm(6), comparison: .control,
          effect: -0.071, margin: 0.021, clusters: 12)
      ])
  }

  @Test func `everything that is going on can be read`() {
    let text = StatusText(Self.snapshot()).lines(columns: 200, coloured: false).joined(separator: "\n")
    for part in [
      "camvid-demo", "epoch 2", "running for 12 min 0 s", "live", "19/19", "555/2,220", "2 given up", "37 leased",
      "4.2/s",
      "6 min 23 s left", "1 worker\n", "node-a", "pid 4321", "3.0/min", "heard 0.4 s ago", "3 lost and given out again",
      "sweep/3/1 and 3 more", "is cut short", "−7.1 ± 2.1", "layers 1-2", "against control", "n = 12, few",
    ] {
      #expect(text.contains(part), "\(part) is missing in\n\(text)")
    }
    #expect(!text.contains("\u{1B}"))
  }

  @Test(arguments: [20, 60, 80], [false, true])
  func `lines fit the terminal`(columns: Int, coloured: Bool) {
    let long = String(repeating: "long ", count: 60)
    let lines = StatusText(Self.snapshot(host: long, message: long)).lines(columns: columns, coloured: coloured)
    for line in lines {
      let visible = line.replacing(/\u{1B}\[[0-9]+m/, with: "")
      #expect(visible.count <= columns)
    }
    #expect(lines.contains { $0.hasSuffix("…") })
    #expect(lines.contains { $0.contains("\u{1B}[") } == coloured)
  }

  @Test func `text from outside cannot control the terminal`() {
    let snapshot = Self.snapshot(host: "evil\u{1B}[2J\r\n\u{202E}host", message: "a\u{7}b")
    let text = StatusText(snapshot).lines(columns: 200, coloured: false).joined(separator: "|")
    #expect(text.unicodeScalars.allSatisfy { !($0.value < 32 || $0.value == 127 || $0.value == 0x202E) })
    #expect(text.contains("evil\u{FFFD}[2J"))
  }

  @Test func `a dead run says that it is dead and how old the state is`() {
    let text = StatusText(Self.snapshot(source: .runDirectory, phase: .stopped)).lines(columns: 200, coloured: false)
    #expect(
      text[1].contains("stopped") && text[1].contains("no coordinator runs") && text[1].contains("1 min 40 s old"))
    #expect(!text.contains { $0.contains("worker") })
  }

  @Test func `mixed kernels are said`() {
    let text = StatusText(Self.snapshot(bitReproducible: false)).lines(coloured: false)
    #expect(text.contains { $0.contains("not bit-reproducible") })
  }

  @Test func `an empty stage does not divide by zero`() {
    let text = StatusText(Self.snapshot(sweepTotal: 0)).lines(coloured: false)
    #expect(text.contains { $0.contains("0/0") })
  }

  @Test func `a snapshot survives JSON, and another schema is refused`() throws {
    let snapshot = Self.snapshot()
    let json = try snapshot.json()
    #expect(try StatusSnapshot(json: json) == snapshot)
    let text = String(decoding: json, as: UTF8.self)
    #expect(
      text.contains(#""trial":"sweep/3/1""#) && text.contains(#""stage":"sweep""#) && text.contains(#""epoch":2"#))
    let newer = Data(text.replacing(#""schema":1"#, with: #""schema":2"#).utf8)
    #expect(throws: StatusSnapshot.ReadingError.self) { try StatusSnapshot(json: newer) }
    #expect(throws: StatusSnapshot.ReadingError.self) { try StatusSnapshot(json: Data("{}".utf8)) }
  }
}
