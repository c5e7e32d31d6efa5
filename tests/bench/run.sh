#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh BUILD [--rounds N]: runs the benches, prints the table of ratios and writes BUILD/bench.json.
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
"$here/history.sh" "$build" "$parts/history.json"
"$here/library.sh" "$build" "$rounds" "$parts/library.json"
"$here/machine.sh" "$build" "$rounds" "$parts/machine.json"

"$here/summary.sh" "$build/bench.json" "$parts"/*.json
