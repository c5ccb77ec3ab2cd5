#!/usr/bin/env bash
# Builds and runs all tests. A run that executed no test is a failure, and so is one that skipped a test which must run.
set -uo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$log" | grep -vE '^(◇|➜)|started\.$'
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || { echo "Tests failed." >&2; grep -E '^✘|^↳' "$log" >&2; exit "$status"; }

grep -qE 'Test run with [1-9][0-9]* tests?.* passed' "$log" || { echo "No test ran." >&2; exit 1; }
if [ $# -eq 0 ]; then
  while read -r name; do
    [ -z "$name" ] || grep -qF "✔ Test \"$name\" passed" "$log" || grep -qF "✔ Test $name" "$log" || {
      echo "This test must run and pass, and did not: $name" >&2
      exit 1
    }
  done < tools/must_run_tests.txt
fi
exit 0
