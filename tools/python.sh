#!/usr/bin/env bash
# Makes a Python environment with what tests run beside rebound, readers of exports and a driver of browsers
# (tools/test_requirements.txt), in .build/test-python, where it is not there yet; prints its interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=.build/test-python
if ! cmp -s tools/test_requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment" >&2
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r tools/test_requirements.txt >&2
  cp tools/test_requirements.txt "$environment/requirements.txt"
fi
echo "$PWD/$environment/bin/python"
