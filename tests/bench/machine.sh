#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# machine.sh BUILD ROUNDS OUTPUT: `hello` as a virtual machine, from the request until QEMU is gone: `isolab compare`
# against plain QEMU with the same kernel, initramfs, devices and guest. Writes {"cases": {CASE: {NAME: [seconds, ...]}}}.
set -euo pipefail

build=$(realpath "${1:?usage: machine.sh BUILD ROUNDS OUTPUT}")
rounds=${2:?no number of rounds given}
output=$(realpath -m "${3:?no output file given}")
data=${ISOLAB_ROOT:?ISOLAB_ROOT must name the data folder}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs_per_round=3

work=$(mktemp -d "${TMPDIR:-/tmp}/isolab-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
"$here/unpack-default-image.sh" "$build" "$work/tree"

for ((round = 0; round < rounds; ++round)); do
    printf '\rmachines: round %d of %d' $((round + 1)) "$rounds" >&2
    "$build/bin/isolab" --root "$data" --quiet compare hello --sides vm --runs "$runs_per_round" --warmup 0 \
        --format json >"$work/report.json"
    # A run ends with the phase "stop": nothing of the machine is left then.
    jq -ce '[.. | objects | .runs? | arrays | .[] | .phases | .[] | select(.id == "stop")
        | (.start_ns + .duration_ns) / 1e9] | if . == [] then error("no run in the report") else . end' \
        "$work/report.json" >>"$work/isolab"
    "$build/tests/plain-machine" "$data" "$work/tree" "$work" "$runs_per_round" >>"$work/plain"
done
printf '\n' >&2
jq -n --slurpfile ours "$work/isolab" --slurpfile plain "$work/plain" \
    '{cases: {"machine, hello": {"isolab": ($ours | add), "qemu-system-x86_64": ($plain | add)}}}' >"$output"
