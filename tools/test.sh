#!/usr/bin/env bash
# Builds and runs all tests, or those that the arguments select (such as --filter StoreTests). A run that executed no test is
# a failure. With REBOUND_SKIP_NOTHING=1, so is one that skipped a test of tools/must_run_tests.txt: some need root or a browser.
set -uo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests --explicit-target-dependency-import-check error || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# One test at a time: those that wait for sockets and processes need not compete with those that compute.
swift test --skip-build --disable-xctest --no-parallel "$@" 2>&1 | tee "$log" | grep -vE '^◇|started\.$'
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || { echo "Tests failed." >&2; grep -E '^✘|^↳' "$log" >&2; exit "$status"; }
grep -qE 'Test run with [1-9][0-9]* tests?.* passed' "$log" || { echo "No test ran." >&2; exit 1; }

[ $# -eq 0 ] && [ "${REBOUND_SKIP_NOTHING:-}" = 1 ] || exit 0
passed=$(sed -nE 's/^✔ Test "(.*)" (with [0-9]+ test cases? )?passed.*/\1/p' "$log")
while read -r name; do
  grep -qxF -- "$name" <<<"$passed" || { echo "This test must run and pass, and did not: $name" >&2; exit 1; }
done < tools/must_run_tests.txt
