#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# container.sh BUILD ROUNDS OUTPUT: time of one container, created to exited, by isolab-runtime, runc and crun, for the
# same bundle; writes {"cases": {CASE: {RUNTIME: [seconds, ...]}}} to OUTPUT.
set -euo pipefail

build=$(realpath "${1:?usage: container.sh BUILD ROUNDS OUTPUT}")
rounds=${2:?no number of rounds given}
output=$(realpath -m "${3:?no output file given}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runs_per_round=10

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

# Bundles $work/plain and $work/seccomp: the specification's example configuration, without a terminal.
make_bundles() {
    local bundle seccomp
    mkdir -p "$work"/{plain,seccomp,rootfs}
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
    jq --argjson seccomp "$seccomp" '.linux.seccomp = $seccomp' "$work/config.seccomp" >"$work/seccomp/config.json"
}

# Appends the seconds of some runs of runtime $2 with bundle $1.
measure() {
    local bundle=$1 name=$2 program=$3
    local command="$program --root $work/state-$name run --bundle $work/$bundle isolab-bench-$name"
    hyperfine -N --style none --warmup 1 --runs "$runs_per_round" --export-json "$work/sample.json" "$command" \
        >/dev/null 2>&1 || {
        printf '\nbench: this failed with bundle %s: %s\n' "$bundle" "$command" >&2
        $command >&2 || exit 1
        printf 'bench: the second time it worked\n' >&2
        exit 1
    }
    jq -c '.results[0].times[]' "$work/sample.json" >>"$work/times-$bundle-$name"
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
    for bundle in plain seccomp; do
        measure "$bundle" isolab-runtime "$build/bin/isolab-runtime"
        measure "$bundle" runc runc
        measure "$bundle" crun crun
    done
done
printf '\n' >&2
for bundle in plain seccomp; do
    for name in isolab-runtime runc crun; do
        jq -s --arg case "container, $bundle" --arg name "$name" '{cases: {($case): {($name): .}}}' \
            "$work/times-$bundle-$name"
    done
done | jq -s 'reduce .[] as $item ({}; . * $item)' >"$output"
