/// A JSON value whose texts are bytes: Foundation's dictionaries would take two spellings of é for one key.
enum JSONValue: Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text([UInt8])
  case list([JSONValue])
  case object([(key: [UInt8], value: JSONValue)])

  /// What kind of value it is, for messages.
  var kind: String {
    switch self {
    case .null: "null"
    case .flag: "a flag"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}
