import Testing

/// Tests of the built program, as users run it. One after another: each of them occupies all cores with processes of its
/// own.
@Suite(.serialized) struct EndToEnd {}
