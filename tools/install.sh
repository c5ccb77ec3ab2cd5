#!/usr/bin/env bash
# Installs the built program with completions for bash, zsh and fish: install.sh PREFIX
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=$1
program=.build/release/rebound
install -D -m 755 "$program" "$prefix/bin/rebound"

complete() { # complete SHELL FILE
  "$program" --generate-completion-script "$1" | install -D -m 644 /dev/stdin "$prefix/share/$2"
}
complete bash bash-completion/completions/rebound
complete zsh zsh/site-functions/_rebound
complete fish fish/vendor_completions.d/rebound.fish
