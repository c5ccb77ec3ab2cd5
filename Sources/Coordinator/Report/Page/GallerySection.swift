import Foundation
import Protocol

/// The page's section of pictures: the images that each knockout changed most, at every layer.
struct GallerySection {
  let findings: Findings
  let walls: [GalleryWall]

  private var sites: [String] { findings.sites.filter { $0.site >= .adapter }.map(\.site.description) }

  var markup: Markup {
    """
    <section>
    <h2>Images that changed most</h2>
    <p>Of each knockout the images in which most tokens became right or wrong at the last site computed: chosen for that, so no sample of \
    what usually happens. A cell is one image token.</p>
    <p class="slider"><label>read at <input type="range" id="gallery-site" min="0" max="\(sites.count - 1)" value="\(sites.count - 1)" \
    step="1"> <output id="gallery-name">\(sites.last ?? "")</output></label></p>
    \(legend)
    \(walls.enumerated().map { wall($0, $1) }.joined())
    </section>
    """
  }

  private func wall(_ number: Int, _ wall: GalleryWall) -> Markup {
    let exhibits = wall.exhibits.enumerated().map { exhibit("\(number)-\($0)", $1) }.joined()
    return """
      <h3>\(wall.knockout), \(wall.window.phrase)</h3>
      \(exhibits)
      """
  }

  private func exhibit(_ id: String, _ exhibit: Exhibit) -> Markup {
    let picture: Markup =
      exhibit.picture.map {
        """
        <div><img src="data:image/jpeg;base64,\($0.base64EncodedString())" alt="what the model sees of \(exhibit.image)"><small>image</small></div>
        """
      } ?? ""
    let panels = ["gold", "baseline", "knockout", "change"].map { name -> Markup in
      "<div><canvas id=\"gallery-\(id)-\(name)\" role=\"img\" aria-label=\"\(name) of \(exhibit.image)\"></canvas><small>\(name)</small></div>"
    }.joined()
    return """
      <figure class="exhibit"><figcaption>\(exhibit.image): <span id="gallery-\(id)-text"></span></figcaption>\
      <div class="panels">\(picture)\(panels)</div></figure>
      """
  }

  /// The classes that occur, in the colours that the script gives them.
  private var legend: Markup {
    var shown: Set<UInt16> = []
    for exhibit in walls.flatMap(\.exhibits) {
      shown.formUnion(exhibit.gold)
      for site in exhibit.baseline + exhibit.treated { shown.formUnion(site) }
    }
    let classes = shown.filter { Int($0) < findings.classes.count }.sorted().map { label -> Markup in
      "<span><i data-class=\"\(Int(label))\"></i>\(findings.classes[Int(label)].name)</span>"
    }.joined()
    return """
      <p class="legend">\(classes)</p>
      <p class="legend"><span><i class="right"></i>became right</span><span><i class="wrong"></i>became wrong</span>\
      <span><i class="target"></i>lost or gained an edge, unchanged</span></p>
      """
  }
}
