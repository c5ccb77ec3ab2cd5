import Foundation

/// Functions of the C library for tests that import a C module which would shadow them.
enum Plain {
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func sine(_ x: Double) -> Double { sin(x) }
}
