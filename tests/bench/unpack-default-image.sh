#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# unpack-default-image.sh BUILD FOLDER: the merged tree of the default image (it has no whiteouts) in FOLDER.
set -euo pipefail

image=${1:?usage: unpack-default-image.sh BUILD FOLDER}/share/isolab/default-image
blobs=$image/blobs/sha256
manifest=$(jq -r '.manifests[0].digest | ltrimstr("sha256:")' "$image/index.json")
for layer in $(jq -r '.layers[].digest | ltrimstr("sha256:")' "$blobs/$manifest"); do
    tar -xzf "$blobs/$layer" -C "${2:?no folder given}"
done
