#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# history.sh BUILD OUTPUT: what saving a run takes in a comparison of 1,000 runs on each of two sides, by
# history_bench.cpp: at the end as at the beginning, and beside a plain file. Writes
# {"cases": {CASE: {NAME: [seconds, ...]}}} to OUTPUT, for summary.sh.
set -euo pipefail

build=$(realpath "${1:?usage: history.sh BUILD OUTPUT}")
output=$(realpath -m "${2:?no output file given}")

work=$(mktemp -d "${TMPDIR:-/tmp}/isolab-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$build/tests/history-bench" "$work" 1000 >"$output"
