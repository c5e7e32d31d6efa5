#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# machine.sh BUILD ROUNDS OUTPUT: `hello` as a virtual machine, lean and standard, from the request until the workload was
# executed, and until QEMU is gone: `isolab compare` against plain QEMU with the same kernel, initramfs, devices and
# guest, and against what libvirt makes for who says nothing. Writes {"cases": {CASE: {NAME: [seconds, ...]}}}.
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

# Every line of a file is {"executed": [seconds...], "gone": [seconds...]}.
for ((round = 0; round < rounds; ++round)); do
    printf '\rmachines: round %d of %d' $((round + 1)) "$rounds" >&2
    for kind in lean standard; do
        "$build/bin/isolab" --root "$data" --quiet --vm "$kind" compare hello --sides vm --runs "$runs_per_round" \
            --warmup 0 --format json >"$work/report.json"
        # A run ends with the phase "stop": nothing of the machine is left then.
        jq -ce '[.. | objects | .runs? | arrays | .[] | .phases] as $runs
            | def ends($id): [$runs[][] | select(.id == $id) | (.start_ns + .duration_ns) / 1e9];
              {executed: ends("exec"), gone: ends("stop")}
            | if .gone == [] then error("no run in the report") else . end' "$work/report.json" >>"$work/isolab-$kind"
        "$build/tests/plain-machine" "$data" "$kind" "$work/tree" "$work" "$runs_per_round" >>"$work/plain-$kind"
    done
    "$build/tests/default-machine" "$data" "$work/tree" "$work" "$runs_per_round" >>"$work/default"
done
printf '\n' >&2
for kind in lean standard; do
    jq -n --arg kind "$kind" --slurpfile ours "$work/isolab-$kind" --slurpfile plain "$work/plain-$kind" \
        --slurpfile default "$work/default" '
        def all($samples; $moment): [$samples[][$moment][]];
        {cases: (["executed", "gone"] | map(. as $moment | {key: "\($kind) machine, \($moment)",
            value: {isolab: all($ours; $moment), "qemu-system-x86_64": all($plain; $moment),
                "libvirt default": all($default; $moment)}}) | from_entries)}'
done | jq -s '{cases: (map(.cases) | add)}' >"$output"
