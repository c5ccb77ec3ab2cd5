import Foundation
import Protocol

/// How a coordinator is reached, and what it demands.
public struct ServerConfiguration: Sendable {
  /// Where it listens.
  public var endpoint: Endpoint
  /// How that is closed to strangers.
  public var security: ServerSecurity
  /// What the access file says of that.
  public var protection: AccessFile.Protection
  /// The keyring that is followed while the run goes on; nil where no keys are asked for.
  public var keyring: String?
  /// The host that the access file names, where the endpoint is all interfaces (`*`).
  public var advertisedHost: String
  /// The version that workers must be built from.
  public var build: String
  /// How patient it is.
  public var policy = SweepPolicy()
  /// Directories of runs whose outcomes are taken over where they are this run's too.
  public var reuse: [String] = []
  /// Told what was taken over, run by run.
  public var onAdopted: @Sendable (Adopted) -> Void = { _ in }
  /// Told once it listens, with what was written to the access file.
  public var onListening: @Sendable (AccessFile) -> Void = { _ in }

  /// The rest are the defaults.
  public init(
    endpoint: Endpoint, security: ServerSecurity, protection: AccessFile.Protection, build: String,
    advertisedHost: String = ProcessInfo.processInfo.hostName
  ) {
    self.endpoint = endpoint
    self.security = security
    self.protection = protection
    self.build = build
    self.advertisedHost = advertisedHost
  }
}
