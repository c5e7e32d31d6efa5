#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# summary.sh OUTPUT PART...: joins what the benches wrote, with medians and ratios, in OUTPUT, and prints the ratios as a
# table, beside the mark where one is set.
set -euo pipefail

output=${1:?usage: summary.sh OUTPUT PART...}
shift

# Every sample is kept; the ratio of a contestant is our median over its median, so below 1 we are faster.
jq -s --arg kernel "$(uname -r)" '
    def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    {"container, plain": {crun: 0.30, runc: 0.15, "crun-of-choice": 0.75},
     "container, seccomp": {crun: 0.30, runc: 0.15, "crun-of-choice": 0.75},
     "create, start, delete": {crun: 0.5, "crun-of-choice": 0.5}, "fifty at once": {"crun-of-choice": 0.8},
     "library, overlay": {"bare clone": 1.6}, "history, its last runs": {first: 1.5},
     "lean machine, executed": {"libvirt default": 0.52, "qemu-system-x86_64": 1.08},
     "standard machine, executed": {"libvirt default": 0.68}} as $marks
    | {schema: "isolab.bench-ratios/1", kernel: $kernel} * (reduce .[] as $part ({}; . * $part))
    | .summary = (.cases | to_entries | map(.key as $case | (.value | to_entries) as $all
        | ($all[0].value | median) as $ours | $all[] | {case: $case, name: .key, runs: (.value | length),
            median_ms: (.value | median * 1000), ratio: ($ours / (.value | median)), mark: $marks[$case][.key]}))' \
    "$@" >"$output"

printf '%-26s %-20s %5s %11s %12s %6s\n' case contestant runs 'median ms' 'ours / it' mark
jq -r '.summary[] | [.case, .name, .runs, .median_ms, .ratio, (.mark // "-")] | @tsv' "$output" |
    while IFS=$'\t' read -r case name runs median ratio mark; do
        LC_ALL=C printf '%-26s %-20s %5d %11.2f %12.2f %6s\n' "$case" "$name" "$runs" "$median" "$ratio" "$mark"
    done
