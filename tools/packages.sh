#!/usr/bin/env bash
# Installs the Debian packages that rebound is built with, if any is missing. With --development, also those that only its
# maintainers need: the protobuf-c compiler, a browser to look at reports, what makes networks for tests, and Python.
set -euo pipefail

packages=(libzmq3-dev libopenblas-pthread-dev libprotobuf-c-dev libsqlite3-dev libsodium-dev libturbojpeg0-dev libpng-dev
  libzstd-dev libjs-chart.js)
if [ "${1:-}" = --development ]; then packages+=(protobuf-c-compiler protobuf-compiler chromium curl iproute2 iptables python3-venv); fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "Installing: ${missing[*]}"
if [ "$(id -u)" = 0 ]; then
  run=()
elif sudo -n true 2>/dev/null; then
  run=(sudo -n)
else
  echo "These Debian packages are missing, and only root may install them. Run:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq
"${run[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
