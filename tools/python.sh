#!/usr/bin/env bash
# Makes a Python environment with what reads exports (tools/export_requirements.txt), in .build/export-python, where it is not
# there yet; prints its interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=.build/export-python
if ! cmp -s tools/export_requirements.txt "$environment/requirements.txt"; then
  rm -rf "$environment"
  python3 -m venv "$environment" >&2
  "$environment/bin/pip" install --quiet --disable-pip-version-check -r tools/export_requirements.txt >&2
  cp tools/export_requirements.txt "$environment/requirements.txt"
fi
echo "$PWD/$environment/bin/python"
