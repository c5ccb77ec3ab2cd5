import Foundation

/// The files of a model directory that say how text becomes ids.
enum TokenizerFile {
  /// A file's bytes; nil if there is none.
  static func bytes(_ path: String, atMost limit: Int) throws(TokenizerError) -> [UInt8]? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path)) else { return nil }
    guard attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int else {
      throw TokenizerError("\(path) is not a file")
    }
    guard size <= limit else { throw TokenizerError("\(path) has \(size) bytes; at most \(limit) are read") }
    guard let data = FileManager.default.contents(atPath: path) else { throw TokenizerError("\(path) cannot be read") }
    return Array(data)
  }

  /// A Hugging Face cache holds links to its files.
  private static func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
}

extension Tokenizer {
  /// The tokenizer of a model directory: its `tokenizer.json`, else its `tokenizer.model`; nil if it has neither.
  ///
  /// Throws an error that names the file if it is damaged, or asks for what this version does not do.
  public init?(directory: String) throws(TokenizerError) {
    let settings = "\(directory)/tokenizer_config.json"
    let config = try TokenizerFile.bytes(settings, atMost: JSONParser.sizeLimit)
    if let json = try TokenizerFile.bytes("\(directory)/tokenizer.json", atMost: JSONParser.sizeLimit) {
      try self.init(json: json, config: config, directory: directory)
    } else if let model = try TokenizerFile.bytes("\(directory)/tokenizer.model", atMost: SentencePieceModel.sizeLimit)
    {
      try self.init(sentencePiece: model, config: config, directory: directory)
    } else {
      return nil
    }
  }

  /// A tokenizer from the bytes of `tokenizer.json` and, if there is one, `tokenizer_config.json`; errors name them as files
  /// of `directory`.
  public init(json: [UInt8], config: [UInt8]?, directory: String) throws(TokenizerError) {
    let file = "\(directory)/tokenizer.json"
    let root = JSONEntry(file: file, key: "", value: try JSONParser.parse(json, file: file))
    let config = try TokenizerConfig(config, file: "\(directory)/tokenizer_config.json")
    try self.init(TokenizerJSON(root: root), config: config)
  }

  /// A tokenizer from the bytes of `tokenizer.model` and, if there is one, `tokenizer_config.json`; errors name them as files
  /// of `directory`.
  public init(sentencePiece: [UInt8], config: [UInt8]?, directory: String) throws(TokenizerError) {
    let model = try SentencePieceModel(sentencePiece, file: "\(directory)/tokenizer.model")
    let config = try TokenizerConfig(config, file: "\(directory)/tokenizer_config.json")
    try self.init(model, config: config)
  }
}
