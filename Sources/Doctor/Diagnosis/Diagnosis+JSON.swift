extension Diagnosis: Encodable {
  private enum Key: String, CodingKey {
    case schema, verdict, problems, advice, checks, sample, overlay
  }

  /// One object with a `schema` number; `verdict` is `go` or `fix`, and absent where only the machine was looked at.
  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(2, forKey: .schema)
    if hasSweep { try object.encode(isGo ? "go" : "fix", forKey: .verdict) }
    try object.encode(problems, forKey: .problems)
    try object.encode(advice, forKey: .advice)
    try object.encode(findings, forKey: .checks)
    try object.encodeIfPresent(counts, forKey: .sample)
    try object.encodeIfPresent(overlay, forKey: .overlay)
  }
}
