extension ModelFacts {
  /// The id that stands for an image token in a prompt (`image_token_index`, or `image_token_id` of transformers 5); nil if
  /// the config names none.
  ///
  /// Throws a ``ModelError`` if `config.json` cannot be read.
  public static func imageTokenID(directory: String) throws -> Int? {
    let config = try ModelConfig(file: "\(directory)/config.json")
    let key = ["image_token_index", "image_token_id"].first { config.has($0) }
    return try key.map { try config.integer($0, in: 0...10_000_000) }
  }
}
