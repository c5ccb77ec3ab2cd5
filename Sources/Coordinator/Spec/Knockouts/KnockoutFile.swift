import Catalog
import Foundation

/// One knockout in a file of its own, for `rebound trace --knockout`.
public enum KnockoutFile {
  /// Reads the knockout mapping at the top level of `file`, in the grammar of a spec's `knockouts`; its `name` may be
  /// left out. Its windows name exactly one window, and its sets and relations must not need labels or probes.
  ///
  /// `prompt` is what stands around the image. Throws everything that is wrong, at once.
  public static func load(_ file: String, facts: ModelFacts, prompt: Prompt) throws(SpecErrors) -> Knockout {
    let diagnostics = SpecDiagnostics(file: file)
    let stem = file.lastPathName.split(separator: ".").first.map(String.init) ?? "knockout"
    let reader = KnockoutReader(purpose: .trace(name: stem), facts: facts, classes: nil, prompt: prompt)
    guard let root = SpecDocument.read(file: file, diagnostics: diagnostics), let placed = reader.read(root),
      diagnostics.isEmpty
    else { throw diagnostics.collected }
    return placed.knockout
  }
}
