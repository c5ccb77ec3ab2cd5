extension Report {
  /// One self-contained HTML page: it needs no network and no other file.
  func page(charts: ChartLibrary) throws -> String {
    let sections = PageSections(report: self)
    let body = [
      sections.header, sections.summary, sections.layers, sections.places, sections.knockouts, sections.gallery,
      sections.tables, sections.provenance,
    ].joined()
    return PageFrame.html(
      title: "\(findings.name) · rebound", body: body, data: try ChartData(self).script(),
      scripts: [charts.script, PageScript.javascript, GalleryScript.javascript])
  }
}
