/// The ids that every text begins and ends with, such as `<s>`.
struct SpecialTokens: Hashable, Sendable {
  var before: [Int] = []
  var behind: [Int] = []
}
