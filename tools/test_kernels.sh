#!/usr/bin/env bash
# Runs the bit rule's tests once per OpenBLAS kernel (docs/decisions/0002-bit-rule.md), on the tests as they are built.
# A kernel that this CPU cannot run is left out, which is said; a kernel without a passing run is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."

# Kernel and the CPU flags that it needs.
kernels='Haswell:avx2,fma Zen:avx2,fma SkylakeX:avx512f,avx512vl,avx512dq,avx512bw Cooperlake:avx512f,avx512_bf16 Sandybridge:avx'
flags=" $(grep -m1 '^flags' /proc/cpuinfo | cut -d: -f2) "
log=$(mktemp)
trap 'rm -f "$log"' EXIT
ran=0

for entry in $kernels; do
  kernel=${entry%%:*}
  missing=
  for flag in $(tr , ' ' <<<"${entry#*:}"); do
    [[ $flags == *" $flag "* ]] || missing="$missing $flag"
  done
  if [ -n "$missing" ]; then
    echo "$kernel: not tested, this CPU lacks$missing"
    continue
  fi
  OPENBLAS_CORETYPE=$kernel REBOUND_EXPECT_KERNEL=$kernel \
    swift test --skip-build --disable-xctest --filter '^ComputeTests\.BitRuleTests/' >"$log" 2>&1
  status=$?
  # This test runs only where a kernel is asked for: without it, nothing is known of the others.
  if [ $status -ne 0 ] || ! grep -qF '✔ Test "the kernel that runs is the one that was asked for" passed' "$log"; then
    grep -E '^(✘|↳|error|fatal)' "$log" | head -40
    echo "$kernel: FAILED" >&2
    exit 1
  fi
  echo "$kernel: $(grep -oE 'Test run with .*' "$log" | tail -1)"
  ran=$((ran + 1))
done
[ $ran -gt 0 ] || { echo "No kernel was tested." >&2; exit 1; }
