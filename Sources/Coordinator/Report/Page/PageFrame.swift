/// What every page of ours is in: one self-contained file that loads nothing from elsewhere.
enum PageFrame {
  /// A whole page. Scripts run in order, behind the body.
  ///
  /// - Parameters:
  ///   - isConnected: whether the page may ask the server that it came from.
  ///   - style: rules of this page alone, behind ``PageStyle``.
  static func html(
    title: String, isConnected: Bool = false, style: String = "", body: Markup, data: Markup? = nil, scripts: [String]
  ) -> String {
    let connection: Markup = isConnected ? "; connect-src 'self'" : ""
    let data = data.map { json -> Markup in "<script type=\"application/json\" id=\"data\">\(json)</script>\n" } ?? ""
    let scripts = scripts.map { script -> Markup in "<script>\(Markup(trusted: script))</script>\n" }.joined()
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
      img-src data:\(connection)">
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>\(Markup(trusted: PageStyle.css + style))</style>
      </head>
      <body>
      <main>
      \(body)
      </main>
      \(data)\(scripts)</body>
      </html>

      """
    return page.description
  }
}
