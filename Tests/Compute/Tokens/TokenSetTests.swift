import Catalog
import Testing

@testable import Compute

struct TokenSetResolveTests {
  private func resolve(_ set: TokenSet, _ context: TokenContext, entering: Site = .llm(1)) throws -> [Int] {
    try set.resolve(in: context, entering: entering).rows
  }

  @Test(arguments: 0..<60)
  func `a set holds the rows of its definition`(seed: Int) throws {
    var random = RandomContext(seed: seed)
    let context = random.context
    for entering in [Site.adapter, .llm(1), .llm(2)] {
      let meaning = PlainMeaning(context: context, entering: entering)
      for _ in 0..<20 {
        let set = random.set(depth: 3)
        let expected = (0..<context.rows).filter { meaning.isMember($0, of: set) }
        #expect(try resolve(set, context, entering: entering) == expected, "\(set)")
      }
    }
  }

  @Test func `void tokens are neither correct nor wrong, even if a probe names their label`() throws {
    let void = TokenContext.void
    let context = TokenContext(
      image: "", grid: Grid(rows: 1, columns: 4), prefix: 2, gold: [void, void, 1, 1],
      predictions: [.adapter: [0, void, 1, 0]], reference: .adapter)
    #expect(try resolve(.correct(.reference), context) == [4])
    #expect(try resolve(.wrong(.reference), context) == [5])
    #expect(try resolve(.gold(Int(void)), context) == [])
    #expect(try resolve(.complement(.union([.correct(.reference), .wrong(.reference)])), context) == [0, 1, 2, 3])
  }

  @Test func `a set at the window is read at the site that enters it`() throws {
    let context = TokenContext(
      image: "", grid: Grid(rows: 1, columns: 2), prefix: 0, gold: [1, 1],
      predictions: [.adapter: [1, 0], .llm(3): [0, 1]], reference: .adapter)
    func queries(_ window: LayerWindow) throws -> [Int] {
      try resolve(.correct(.window), context, entering: window.entering)
    }
    #expect(try queries(LayerWindow(first: 1, last: 5)) == [0])
    #expect(try queries(LayerWindow(first: 4, last: 5)) == [1])
    #expect(try resolve(.correct(.reference), context, entering: .llm(3)) == [0])
  }

  @Test func `what cannot be resolved is an error that names it`() throws {
    let context = RandomContext(seed: 1).context
    for set in [TokenSet.correct(.site(.llm(7))), .wrong(.site(.llm(7))), .predicted(0, .site(.llm(7)))] {
      let error = #expect(throws: KnockoutError.self) { try resolve(.union([.image, set]), context) }
      #expect(error?.description.contains("llm.7") == true)
    }
    let error = #expect(throws: KnockoutError.self) { try resolve(.tokens([0, context.rows]), context) }
    #expect(error?.description.contains("\(context.rows)") == true)
  }

  @Test func `without a prefix the first token is the image's`() throws {
    let context = TokenContext(
      image: "", grid: Grid(rows: 1, columns: 1), prefix: 0, gold: [0], predictions: [:], reference: .adapter)
    #expect(try resolve(.bos, context) == [0])
    #expect(try resolve(.prefix, context) == [])
    #expect(try resolve(.image, context) == [0])
  }

  @Test func `where all see each other the text begins behind the image`() throws {
    func context(suffix: Int) -> TokenContext {
      TokenContext(
        image: "", grid: Grid(rows: 1, columns: 2), prefix: 1, suffix: suffix, gold: [0, 0], predictions: [:],
        reference: .adapter, isCausal: false)
    }
    #expect(try resolve(.image, context(suffix: 2)) == [1, 2])
    #expect(try resolve(.suffix, context(suffix: 2)) == [3, 4])
    #expect(try resolve(.bos, context(suffix: 2)) == [3])
    #expect(try resolve(.complement(.image), context(suffix: 2)) == [0, 3, 4])
    #expect(try resolve(.bos, context(suffix: 0)) == [])
  }
}
