import Foundation

extension Report {
  /// One self-contained HTML page: it needs no network and no other file.
  func page(charts: ChartLibrary) throws -> String {
    let body = PageSections(report: self)
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
      <link rel="icon" href="data:,">
      <title>\(findings.name) · rebound</title>
      <style>\(Markup(trusted: PageStyle.css))</style>
      </head>
      <body>
      <main>
      \(body.header)
      \(body.summary)
      \(body.layers)
      \(body.places)
      \(body.knockouts)
      \(body.gallery)
      \(body.tables)
      \(body.provenance)
      </main>
      <script type="application/json" id="data">\(try ChartData(self).script())</script>
      <script>\(Markup(trusted: charts.script))</script>
      <script>\(Markup(trusted: PageScript.javascript))</script>
      <script>\(Markup(trusted: GalleryScript.javascript))</script>
      </body>
      </html>

      """
    return page.description
  }
}
