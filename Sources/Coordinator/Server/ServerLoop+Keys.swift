import Foundation
import Logging
import Protocol

/// Keys come and go while the run goes on.
extension ServerLoop {
  /// Follows the keyring: new keys are let in, revoked ones are dropped with what their workers hold. While it can't be read,
  /// nobody new is let in.
  func lookAtKeys() throws {
    guard case .curve(_, let authenticator) = configuration.security, let path = configuration.keyring else { return }
    let version = FileVersion(path: path)
    guard version != keysVersion else { return }
    keysVersion = version
    let keyring: Keyring
    do { keyring = try Keyring(path: path) } catch {
      authenticator.shut()
      logger.error("nobody new is let in, because the keys can't be read", metadata: ["reason": "\(error)"])
      return
    }
    let holders = keyring.holders
    try dismiss(peers.withKeys(otherThan: Set(holders.values.map(\.name))))
    authenticator.allow(holders)
    guard keyring.protection != announcedProtection, announcedProtection != nil else { return }
    try announce(keyring.protection)
  }

  private func dismiss(_ revoked: [(peer: PeerID, key: String)]) throws {
    for (peer, key) in revoked {
      logger.warning("a peer is cut off, because its key was revoked", metadata: ["peer": "\(peer)", "key": "\(key)"])
      try answer(peer, .refused("the key '\(key)' was revoked"))
      if let worker = peers.known(at: peer) { try feed(.goodbye(from: worker)) }
      peers.forgetKey(of: peer)
    }
  }
}
