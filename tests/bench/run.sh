#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh BUILD [--rounds N]: runs both benches, prints the table of ratios and writes BUILD/bench.json.
set -euo pipefail

build=${1:?usage: run.sh BUILD [--rounds N]}
rounds=5
if [[ ${2:-} == --rounds ]]; then
    rounds=${3:-}
    [[ $rounds =~ ^[1-9][0-9]?$ ]] || {
        printf 'bench: --rounds must be 1 to 99\n' >&2
        exit 2
    }
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
parts=$(mktemp -d "${TMPDIR:-/tmp}/isolab-bench.XXXXXX")
trap 'rm -rf "$parts"' EXIT

"$here/container.sh" "$build" "$rounds" "$parts/container.json"
"$here/machine.sh" "$build" "$rounds" "$parts/machine.json"

# Every sample is kept; the ratio of a contestant is our median over its median, so below 1 we are faster.
jq -s --arg kernel "$(uname -r)" '
    def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
    {schema: "isolab.bench-ratios/1", kernel: $kernel} * (reduce .[] as $part ({}; . * $part))
    | .summary = (.cases | to_entries | map(.key as $case | (.value | to_entries) as $all
        | ($all[0].value | median) as $ours | $all[] | {case: $case, name: .key, runs: (.value | length),
            median_ms: (.value | median * 1000), ratio: ($ours / (.value | median))}))' \
    "$parts"/*.json >"$build/bench.json"

printf '%-22s %-24s %5s %11s %12s\n' case contestant runs 'median ms' 'ours / it'
jq -r '.summary[] | [.case, .name, .runs, .median_ms, .ratio] | @tsv' "$build/bench.json" |
    while IFS=$'\t' read -r case name runs median ratio; do
        LC_ALL=C printf '%-22s %-24s %5d %11.2f %12.2f\n' "$case" "$name" "$runs" "$median" "$ratio"
    done
