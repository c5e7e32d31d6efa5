#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# library.sh BUILD ROUNDS OUTPUT: a container by the engine in one process, against what the kernel alone needs for one.
# Writes {"cases": {CASE: {NAME: [seconds, ...]}}} to OUTPUT, for summary.sh.
set -euo pipefail

build=$(realpath "${1:?usage: library.sh BUILD ROUNDS OUTPUT}")
rounds=${2:?no number of rounds given}
output=$(realpath -m "${3:?no output file given}")
runs_per_round=10

if [[ $EUID -ne 0 ]]; then
    printf 'bench: the library is skipped, only root has all that it is compared in\n' >&2
    exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/isolab-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$build/bin/isolab" --root "$work/data" --quiet run --network none isolab/default true # the image is there then
"$build/tests/library-bench" "$work/data" $((rounds * runs_per_round)) >"$output"
