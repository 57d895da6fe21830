#!/bin/sh
# one.sh BINARY CORPUS FOUND SECONDS: runs one fuzz target for that time. Inputs that reach new code
# go to FOUND/inputs. An input on which the target fails goes to FOUND, and one line says so.
set -eu
binary=$1 corpus=$2 found=$3 seconds=$4
name=$(basename "$binary")
mkdir -p "$found/inputs"
if "$binary" -max_total_time="$seconds" -timeout=25 -verbosity=0 -artifact_prefix="$found/" \
  "$found/inputs" "$corpus" >"$found/log" 2>&1; then
  echo "$name: nothing found in $seconds s"
  exit 0
fi
input=$(sed -n 's/.*Test unit written to //p' "$found/log" | tail -n 1)
if [ -n "$input" ]; then
  echo "$name FAILED on $input; log: $found/log; again: $binary $input" >&2
else
  echo "$name FAILED without an input; log: $found/log; again: $binary $corpus/*" >&2
fi
# Not 255, on which xargs would stop.
exit 1
