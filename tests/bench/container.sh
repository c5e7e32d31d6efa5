#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# container.sh BUILD ROUNDS OUTPUT: times of containers of the same bundles by isolab-runtime, runc and crun: one from
# its creation to its exit, alone and in a row; create, start and delete; fifty at once. Writes
# {"cases": {CASE: {RUNTIME: [seconds, ...]}}} to OUTPUT, for summary.sh. ISOLAB_BENCH_CRUN names one more crun, such as
# the newest, built statically.
set -euo pipefail

build=$(realpath "${1:?usage: container.sh BUILD ROUNDS OUTPUT}")
rounds=${2:?no number of rounds given}
output=$(realpath -m "${3:?no output file given}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs_per_round=10
contestants=(isolab-runtime runc crun)
[[ -z ${ISOLAB_BENCH_CRUN:-} ]] || contestants+=(crun-of-choice)

# Shows only the v1 controllers below /sys/fs/cgroup, in this process's own mount namespace.
show_v1_only() {
    local view controller
    view=$(mktemp -d)
    mount -t tmpfs none "$view"
    for controller in /sys/fs/cgroup/*/; do
        [[ $controller == */unified/ ]] && continue
        mkdir "$view/$(basename "$controller")"
        mount --rbind "$controller" "$view/$(basename "$controller")"
    done
    mount --rbind "$view" /sys/fs/cgroup
}

# Bundles $work/plain, seccomp and sleep: the specification's example configuration, without a terminal.
make_bundles() {
    local bundle seccomp
    mkdir -p "$work"/{plain,seccomp,sleep,rootfs}
    "$here/unpack-default-image.sh" "$build" "$work/rootfs"
    (cd "$work/plain" && runc spec)
    for bundle in plain seccomp; do
        jq --arg root "$work/rootfs" --arg name "/isolab-bench-$bundle" '.process.terminal = false
            | .process.args = ["/bin/echo", "Hello from Isolab"] | .process.env = ["PATH=/bin"]
            | .root = {path: $root, readonly: true} | .linux.cgroupsPath = $name' \
            "$work/plain/config.json" >"$work/config.$bundle"
    done
    seccomp=$(jq -c --argjson caps "$(jq -c .process.capabilities.bounding "$work/config.plain")" \
        -f "$here/oci-seccomp.jq" "$here/../../resources/seccomp-default.json")
    mv "$work/config.plain" "$work/plain/config.json"
    # The runtimes name the groups themselves, fifty different ones.
    jq '.process.args = ["/bin/sleep", "100"] | del(.linux.cgroupsPath)' "$work/plain/config.json" \
        >"$work/sleep/config.json"
    mkdir "$work/many"
    jq 'del(.linux.cgroupsPath)' "$work/plain/config.json" >"$work/many/config.json"
    jq --argjson seccomp "$seccomp" '.linux.seccomp = $seccomp' "$work/config.seccomp" >"$work/seccomp/config.json"
}

program_of() {
    case $1 in
        isolab-runtime) echo "$build/bin/isolab-runtime" ;;
        crun-of-choice) realpath "$ISOLAB_BENCH_CRUN" ;;
        *) echo "$1" ;;
    esac
}

# Says that command $1 failed, shows how, and gives up.
give_up() {
    printf '\nbench: this failed: %s\n' "$1" >&2
    bash -c "$1" >&2 || exit 1
    printf 'bench: the second time it worked\n' >&2
    exit 1
}

# Appends the seconds of some runs of contestant $2 with bundle $1 to case $3. More words are for hyperfine: a pause
# before each run, as most containers are started. Right after another one the kernel need not wait before it moves a
# process into its control groups.
measure_run() {
    local bundle=$1 name=$2 case=$3
    local command
    command="$(program_of "$name") --root $work/state-$name run --bundle $work/$bundle isolab-bench-$name"
    shift 3
    hyperfine -N --style none --warmup 1 --runs "$runs_per_round" "$@" --export-json "$work/sample.json" "$command" \
        >/dev/null 2>&1 || give_up "$command"
    jq -c '.results[0].times[]' "$work/sample.json" >>"$work/times-$case-$name"
}

# Appends the seconds that `$3...` takes to the case $1 of contestant $2.
measure_command() {
    local case=$1 name=$2 begin=$EPOCHREALTIME
    shift 2
    "$@" >/dev/null 2>"$work/errors" </dev/null || {
        cat "$work/errors" >&2
        give_up "$*"
    }
    jq -n "$EPOCHREALTIME - $begin" >>"$work/times-$case-$name"
}

live_and_die() {
    local command=("$(program_of "$1")" --root "$work/state-$1")
    "${command[@]}" create --bundle "$work/sleep" "isolab-bench-life-$1"
    "${command[@]}" start "isolab-bench-life-$1"
    "${command[@]}" delete --force "isolab-bench-life-$1"
}

fifty_at_once() {
    seq 50 | xargs -P 50 -I{} \
        "$(program_of "$1")" --root "$work/state-$1" run --bundle "$work/many" "isolab-bench-$1-{}"
}

# One round of all cases, the contestants taking turns in each.
measure_all() {
    local name
    for name in "${contestants[@]}"; do measure_run plain "$name" plain --prepare 'sleep 0.05'; done
    for name in "${contestants[@]}"; do measure_run seccomp "$name" seccomp --prepare 'sleep 0.05'; done
    for name in "${contestants[@]}"; do measure_run plain "$name" row; done
    for _ in {1..5}; do
        for name in "${contestants[@]}"; do
            sleep 0.05
            measure_command life "$name" live_and_die "$name"
        done
    done
    for name in "${contestants[@]}"; do measure_command fifty "$name" fifty_at_once "$name"; done
}

if [[ $EUID -ne 0 ]]; then
    printf 'bench: containers are skipped, runc and crun are compared as root only\n' >&2
    exit 0
fi
if [[ -d /sys/fs/cgroup/unified && -z ${ISOLAB_BENCH_VIEW:-} ]]; then
    ISOLAB_BENCH_VIEW=v1 exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi
[[ -z ${ISOLAB_BENCH_VIEW:-} ]] || show_v1_only

work=$(mktemp -d "${TMPDIR:-/tmp}/isolab-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
make_bundles
for ((round = 0; round < rounds; ++round)); do
    printf '\rcontainers: round %d of %d' $((round + 1)) "$rounds" >&2
    measure_all
done
printf '\n' >&2
declare -A titles=([plain]='container, plain' [seccomp]='container, seccomp' [row]='container, in a row'
    [life]='create, start, delete' [fifty]='fifty at once')
for case in plain seccomp row life fifty; do
    for name in "${contestants[@]}"; do
        jq -s --arg case "${titles[$case]}" --arg name "$name" '{cases: {($case): {($name): .}}}' \
            "$work/times-$case-$name"
    done
done | jq -s 'reduce .[] as $item ({}; . * $item)' >"$output"
