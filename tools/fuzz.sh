#!/usr/bin/env bash
# Fuzzes every parser of outside bytes (Tests/Fuzz) under libFuzzer and AddressSanitizer, each for so many seconds from its
# seed corpus: tools/fuzz.sh [SECONDS] [TARGET…]. An input that crashes, takes 20 s or 1 GB is left in .build-fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-10}
[ $# -eq 0 ] || shift
export REBOUND_FUZZ=1 SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
swift build --scratch-path .build-fuzz --product Fuzz --sanitize=address \
  -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link -Xswiftc -use-ld=lld
fuzz=$PWD/.build-fuzz/debug/Fuzz
targets=${*:-$("$fuzz" list)}
findings=$PWD/.build-fuzz/findings
mkdir -p "$findings"
# In memory, where there is such a place: files are rewritten thousands of times a second.
work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo "${TMPDIR:-/tmp}")")
trap 'rm -rf "$work"' EXIT

for target in $targets; do
  "$fuzz" seeds "$target" "$work/$target"
  log=$work/$target.log
  if ! (cd "$work" && TMPDIR=$work REBOUND_FUZZ_TARGET=$target "$fuzz" "$target" -max_total_time="$seconds" -timeout=20 \
    -rss_limit_mb=2048 -malloc_limit_mb=1024 -seed=1 -artifact_prefix="$findings/$target-" \
    >"$log" 2>&1 </dev/null); then
    tail -40 "$log" >&2
    echo "$target: FAILED; the input is in .build-fuzz/findings" >&2
    exit 1
  fi
  echo "$target: $(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "$log")s," \
    "$(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -c6-) edges"
done
