import Catalog
import Foundation
import Testing

struct SiteTests {
  @Test func `every site's name reads back`() {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let site = random.site()
      #expect(Site(site.description) == site)
    }
    #expect(Site.vision(0).description == "vision.0")
    #expect(Site.adapter.description == "adapter")
    #expect(Site.llm(12).description == "llm.12")
  }

  @Test(arguments: [
    "", "llm", "llm.", "llm.0", "llm.-1", "llm.01", "llm.+1", "llm.1.2", "vision", "vision.x", "LLM.1", "adapter.1",
    " adapter",
    "llm.99999999999999999999",
  ])
  func `what is not a site is none`(name: String) { #expect(Site(name) == nil) }

  @Test func `sites are ordered as the data flows`() {
    let ordered: [Site] = [.vision(0), .vision(2), .vision(10), .adapter, .llm(1), .llm(2), .llm(10)]
    #expect(ordered.shuffled().sorted() == ordered)
  }

  @Test func `sites travel as their names`() throws {
    let sites: [Site] = [.vision(3), .adapter, .llm(12)]
    let json = try JSONEncoder().encode(sites)
    #expect(String(decoding: json, as: UTF8.self) == #"["vision.3","adapter","llm.12"]"#)
    #expect(try JSONDecoder().decode([Site].self, from: json) == sites)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Site].self, from: Data(#"["llm.0"]"#.utf8)) }
  }
}

struct LayerWindowTests {
  @Test func `a window holds its layers from first to last`() {
    let window = LayerWindow(first: 3, last: 5)
    #expect((1...7).filter(window.contains) == [3, 4, 5])
    #expect(window.description == "3-5")
    #expect(LayerWindow(first: 4, last: 4).description == "4")
  }

  @Test func `the site entering a window is what its first layer reads`() {
    #expect(LayerWindow(first: 1, last: 9).entering == .adapter)
    #expect(LayerWindow(first: 2, last: 9).entering == .llm(1))
  }

  @Test func `windows travel as pairs of layers`() throws {
    let json = try JSONEncoder().encode(LayerWindow(first: 3, last: 5))
    #expect(String(decoding: json, as: UTF8.self) == "[3,5]")
    #expect(try JSONDecoder().decode(LayerWindow.self, from: json) == LayerWindow(first: 3, last: 5))
  }

  @Test(arguments: ["[0, 1]", "[3, 2]", "[1]", "[]", "[-1, 1]", "3", "[1.5, 2]"])
  func `what is not a window is refused`(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(LayerWindow.self, from: Data(text.utf8)) }
  }
}
