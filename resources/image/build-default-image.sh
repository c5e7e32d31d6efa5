#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# build-default-image.sh FOLDER BUSYBOX BENCH PROBE: makes the default image, an OCI image layout, in FOLDER.
#
# Two layers: a small system of static busybox, and isolab-bench with isolab-probe. Needs no root and no network. The same inputs give
# the same bytes: entries sorted, owner 0, times SOURCE_DATE_EPOCH (0 when unset). FOLDER appears complete or not at all.
set -euo pipefail
export LC_ALL=C

folder=${1:?usage: build-default-image.sh FOLDER BUSYBOX BENCH PROBE}
busybox=${2:?no busybox given}
bench=${3:?no isolab-bench given}
probe=${4:?no isolab-probe given}
epoch=${SOURCE_DATE_EPOCH:-0}

die() {
    printf 'build-default-image: %s\n' "$*" >&2
    exit 1
}

# The system's files, as a tree below $1.
make_system_tree() {
    local tree=$1 applet
    mkdir -p "$tree"/{bin,dev,etc,lib,mnt,proc,root,run,sys,tmp,usr,var/{log,tmp},www}
    ln -s bin "$tree/sbin"
    ln -s ../bin "$tree/usr/bin"
    ln -s ../bin "$tree/usr/sbin"
    install -m 755 "$busybox" "$tree/bin/busybox"
    while read -r applet; do
        [[ $applet == busybox ]] || ln -s busybox "$tree/bin/$applet"
    done < <("$busybox" --list)
    chmod 1777 "$tree/tmp" "$tree/var/tmp"
    chmod 700 "$tree/root"
    printf 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/www:/bin/false\n' >"$tree/etc/passwd"
    printf 'nobody:x:65534:65534:nobody:/:/bin/false\n' >>"$tree/etc/passwd"
    printf 'root:x:0:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n' >"$tree/etc/group"
    printf 'isolab\n' >"$tree/etc/hostname"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$tree/etc/hosts"
    printf 'NAME="Isolab default image"\nID=isolab\nPRETTY_NAME="Isolab default image"\n' >"$tree/etc/os-release"
    printf '<!DOCTYPE html>\n<title>Isolab</title>\n<p>Hello from Isolab.</p>\n' >"$tree/www/index.html"
}

# The tree of the second layer: the programs of experiments.
make_bench_tree() {
    mkdir -p "$1/bin"
    install -m 755 "$bench" "$1/bin/isolab-bench"
    install -m 755 "$probe" "$1/bin/isolab-probe"
    strip "$1/bin/isolab-bench" "$1/bin/isolab-probe"
}

# Moves a file to its place in the store, $1, and prints "DIGEST SIZE".
store_blob() {
    local digest size
    digest=$(sha256sum "$1" | cut -d ' ' -f 1)
    size=$(stat -c %s "$1")
    mv "$1" "$work/layout/blobs/sha256/$digest"
    printf '%s %s\n' "$digest" "$size"
}

# Packs tree $1 as a layer and prints "DIFF_ID DIGEST SIZE": the digests of the plain and the compressed archive.
store_layer() {
    local archive=$1.tar diff_id
    tar -C "$1" --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
        --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -cf "$archive" .
    diff_id=$(sha256sum "$archive" | cut -d ' ' -f 1)
    gzip -n -9 "$archive"
    printf '%s %s\n' "$diff_id" "$(store_blob "$archive.gz")"
}

[[ -x $busybox ]] || die "there is no busybox at $busybox; install busybox-static"
! readelf -l "$busybox" | grep INTERP >/dev/null || die "$busybox is linked dynamically; install busybox-static"
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64) architecture=arm64 ;;
*) architecture=$(uname -m) ;;
esac

umask 022
mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$folder.new-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/layout/blobs/sha256"
make_system_tree "$work/system"
make_bench_tree "$work/bench"
read -r system_diff system_digest system_size < <(store_layer "$work/system")
read -r bench_diff bench_digest bench_size < <(store_layer "$work/bench")

created=$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/config" <<END
{"created":"$created","architecture":"$architecture","os":"linux",
"config":{"Env":["PATH=/bin"],"Cmd":["/bin/sh"],"WorkingDir":"/"},
"rootfs":{"type":"layers","diff_ids":["sha256:$system_diff","sha256:$bench_diff"]},
"history":[{"created":"$created","created_by":"busybox"},{"created":"$created","created_by":"isolab-bench"}]}
END
read -r config_digest config_size < <(store_blob "$work/config")

layer_type=application/vnd.oci.image.layer.v1.tar+gzip
cat >"$work/manifest" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:$config_digest","size":$config_size},
"layers":[{"mediaType":"$layer_type","digest":"sha256:$system_digest","size":$system_size},
{"mediaType":"$layer_type","digest":"sha256:$bench_digest","size":$bench_size}]}
END
read -r manifest_digest manifest_size < <(store_blob "$work/manifest")

printf '{"imageLayoutVersion":"1.0.0"}\n' >"$work/layout/oci-layout"
cat >"$work/layout/index.json" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",
"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:$manifest_digest",
"size":$manifest_size,"platform":{"architecture":"$architecture","os":"linux"},
"annotations":{"org.opencontainers.image.ref.name":"isolab/default:latest"}}]}
END

rm -rf "$folder"
mv -T "$work/layout" "$folder"
