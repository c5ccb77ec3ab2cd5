#!/bin/sh
# Generates Sources/Protocol/Wire/CSweep from protos/sweep.proto; with --check, only says whether it is up to date.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
target="$root/Sources/Protocol/Wire/CSweep"

if ! command -v protoc-c >/dev/null; then
  echo "error: protoc-c is missing; install the Debian package protobuf-c-compiler" >&2
  exit 1
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
protoc-c --proto_path="$root/protos" --c_out="$scratch" sweep.proto

case "${1:-}" in
  --check)
    for pair in sweep.pb-c.c include/sweep.pb-c.h; do
      if ! cmp -s "$scratch/$(basename "$pair")" "$target/$pair"; then
        echo "error: Sources/Protocol/Wire/CSweep/$pair does not match protos/sweep.proto;" \
          "run tools/generate_protos.sh and commit the result" >&2
        exit 1
      fi
    done
    ;;
  "")
    mkdir -p "$target/include"
    mv "$scratch/sweep.pb-c.c" "$target/sweep.pb-c.c"
    mv "$scratch/sweep.pb-c.h" "$target/include/sweep.pb-c.h"
    ;;
  *)
    echo "usage: tools/generate_protos.sh [--check]" >&2
    exit 64
    ;;
esac
