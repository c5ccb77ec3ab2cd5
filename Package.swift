// swift-tools-version: 6.2
import PackageDescription

/// Every warning in our own Swift is an error; imports must be declared as dependencies (see `make lint`).
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Numeric code is compiled with optimisation in debug builds as well: tests walk whole models, and compare them with plain
/// loops.
let numeric = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The numeric kernels keep the same code, and so the same bits, in debug and release builds.
/// On AVX-512 they use its whole width, which clang would not do by itself.
let kernelFlags: [CSetting] = [
  .unsafeFlags(["-O3", "-ffp-contract=fast", "-mprefer-vector-width=512", "-Wall", "-Wextra", "-Werror"])
]
let shimFlags: [CSetting] = [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]

let package = Package(
  name: "rebound",
  products: [.executable(name: "rebound", targets: ["CLI"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    // What planning and computing share: vocabulary, facts about models and data sets.
    .systemLibrary(name: "CSodium", path: "Sources/Catalog/CSodium"),
    .target(name: "Catalog", dependencies: ["CSodium"], exclude: ["CSodium"], swiftSettings: strict),

    // Text to token ids.
    .target(name: "Tokenizers", swiftSettings: strict),

    // Numbers only.
    .systemLibrary(name: "COpenBLAS", path: "Sources/Compute/COpenBLAS"),
    .target(name: "CKernels", path: "Sources/Compute/CKernels", cSettings: kernelFlags),
    .target(name: "CMapping", path: "Sources/Compute/CMapping", cSettings: shimFlags),
    .target(
      name: "CImageCodecs", path: "Sources/Compute/CImageCodecs", cSettings: shimFlags,
      linkerSettings: [.linkedLibrary("turbojpeg"), .linkedLibrary("png")]),
    .target(
      name: "Compute", dependencies: ["Catalog", "CKernels", "CImageCodecs", "CMapping", "COpenBLAS"],
      exclude: ["CKernels", "CImageCodecs", "CMapping", "COpenBLAS"], swiftSettings: numeric),

    // What coordinator and worker say to each other.
    .systemLibrary(name: "CZeroMQ", path: "Sources/Protocol/Transport/CZeroMQ"),
    .target(
      name: "CSweep", path: "Sources/Protocol/Wire/CSweep", cSettings: shimFlags,
      linkerSettings: [.linkedLibrary("protobuf-c")]),
    .target(
      name: "Protocol", dependencies: ["Catalog", "CSodium", "CZeroMQ", "CSweep"],
      exclude: ["Transport/CZeroMQ", "Wire/CSweep"], swiftSettings: strict),

    .systemLibrary(name: "CZstd", path: "Sources/Coordinator/Export/Parquet/CZstd"),
    .target(
      name: "Coordinator",
      dependencies: [
        "Catalog", "CZstd", "Protocol", "Tokenizers", "Yams",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["Export/Parquet/CZstd"], swiftSettings: strict),
    .target(
      name: "Worker",
      dependencies: ["Catalog", "Protocol", "Compute", .product(name: "Logging", package: "swift-log")],
      swiftSettings: strict),
    // What would hold a sweep back, before it starts.
    .target(name: "Doctor", dependencies: ["Catalog", "Compute", "Coordinator"], swiftSettings: strict),
    .executableTarget(
      name: "CLI",
      dependencies: [
        "Catalog", "Protocol", "Compute", "Coordinator", "Doctor", "Worker",
        "FlyingFox", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),

    .testTarget(name: "CatalogTests", dependencies: ["Catalog"], path: "Tests/Catalog", swiftSettings: strict),
    .testTarget(name: "TokenizersTests", dependencies: ["Tokenizers"], path: "Tests/Tokenizers", swiftSettings: strict),
    .testTarget(
      name: "ComputeTests", dependencies: ["Catalog", "Compute", "CKernels"], path: "Tests/Compute",
      swiftSettings: numeric),
    .testTarget(
      name: "ProtocolTests", dependencies: ["Catalog", "CSweep", "Protocol"], path: "Tests/Protocol",
      swiftSettings: strict),
    .testTarget(
      name: "CoordinatorTests",
      dependencies: [
        "Catalog", "Protocol", "Coordinator",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ], path: "Tests/Coordinator", swiftSettings: strict),
    .testTarget(
      name: "WorkerTests",
      dependencies: ["Catalog", "Protocol", "Compute", "Worker", .product(name: "Logging", package: "swift-log")],
      path: "Tests/Worker", swiftSettings: strict),
    .testTarget(
      name: "DoctorTests", dependencies: ["Catalog", "Compute", "Coordinator", "Doctor"], path: "Tests/Doctor",
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Catalog", "Compute", "Protocol", "Coordinator"],
      path: "Tests/EndToEnd", swiftSettings: strict),
  ]
)

// The fuzz targets are there for `tools/fuzz.sh` alone, which builds with libFuzzer.
if Context.environment["REBOUND_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "CFuzzer", "Catalog", "Protocol", "Compute", "Coordinator", "Tokenizers",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Fuzz",
      exclude: ["CFuzzer"], swiftSettings: strict),
  ]
}
