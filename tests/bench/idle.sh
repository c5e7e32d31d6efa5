#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# idle.sh BUILD [COUNT]: starts COUNT (1000) idle containers and prints what one costs beyond its workload, how long
# `ps` and `stats` over all of them take, and how long it takes until all are gone. Needs root. Not a part of
# `./dev bench`: it takes minutes.
set -euo pipefail

build=$(realpath "${1:?usage: idle.sh BUILD [COUNT]}")
count=${2:-1000}
root=$(mktemp -d /tmp/isolab-idle.XXXXXX)
isolab=("$build/bin/isolab" --quiet --root "$root")
trap '"${isolab[@]}" container rm --all --force >/dev/null 2>&1 || true; rm -rf "$root"' EXIT

seconds() { date +%s.%N; }
elapsed() { LC_ALL=C awk -v from="$1" -v to="$(seconds)" 'BEGIN { printf "%.3f", to - from }'; }
available() { awk '/^MemAvailable/ { print $2 }' /proc/meminfo; }
kernel_memory() { awk '/^(Slab|KernelStack|PageTables|Percpu)/ { sum += $2 } END { print sum }' /proc/meminfo; }
# Sum of the proportional set sizes of the processes given, KiB.
pss() {
    local pid
    for pid in "$@"; do cat "/proc/$pid/smaps_rollup" 2>/dev/null || true; done | awk '/^Pss:/ { sum += $2 } END { print sum + 0 }'
}

"${isolab[@]}" run --rm --network none isolab/default true
sleep 1
free_before=$(available)
kernel_before=$(kernel_memory)
begin=$(seconds)
for ((i = 0; i < count; i++)); do
    "${isolab[@]}" run -d --network none isolab/default sleep 1000000 >/dev/null
done
printf 'started %d in %s s\n' "$count" "$(elapsed "$begin")"
sleep 2
running=$("${isolab[@]}" container ls -q | wc -l)
printf 'running: %d\n' "$running"
mapfile -t supervisors < <("${isolab[@]}" container ls -q | xargs "${isolab[@]}" container inspect --format '{{.State.ConmonPid}}')
mapfile -t workloads < <("${isolab[@]}" container ls -q | xargs "${isolab[@]}" container inspect --format '{{.State.Pid}}')
LC_ALL=C awk -v n="$running" -v s="$(pss "${supervisors[@]}")" -v w="$(pss "${workloads[@]}")" \
    -v k="$(($(kernel_memory) - kernel_before))" -v m="$((free_before - $(available)))" 'BEGIN {
    printf "per container: supervisor %.0f KiB PSS, kernel %.0f KiB, workload itself %.0f KiB PSS\n", s / n, k / n, w / n
    printf "beyond the workload: %.2f MB (mark 1.5); fall of MemAvailable altogether: %.2f MB\n",
        (s + k) / n * 1024 / 1e6, m / n * 1024 / 1e6 }'
for verb in "ps" "container stats --no-stream"; do
    begin=$(seconds)
    # shellcheck disable=SC2086 # two words
    "${isolab[@]}" $verb >/dev/null
    printf '%s: %s s (mark 0.2)\n' "$verb" "$(elapsed "$begin")"
done
begin=$(seconds)
"${isolab[@]}" container rm --all --force >/dev/null
printf 'all gone after %s s\n' "$(elapsed "$begin")"
left=$(find "$root/instances/folders" "$root/instances/names" -mindepth 1 -maxdepth 1 | wc -l)
groups=$(find /sys/fs/cgroup -maxdepth 3 -type d -path '*/isolab/*' 2>/dev/null | wc -l)
printf 'left behind: %d entries, %d control groups of any Isolab\n' "$left" "$groups"
