// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/image/byte_source.h"
#include "engine/image/image.h"
#include "engine/rootfs/owner_table.h"

namespace isolab {

/// What one layer may cost at most; beyond it, unpacking ends with an Error of kind no_space.
struct UnpackLimits : ByteLimits {
    std::uint64_t entries = 2'000'000;
    std::size_t memory = 512U << 20U; ///< bytes of names and attributes that must be kept until the end
    std::size_t depth = 256;          ///< components of a name, and folders that an entry really lies in
};

struct UnpackedLayer {
    OwnerTable owners;                    ///< empty when privileged
    std::vector<std::string> undescribed; ///< directories without an entry of their own, see inherit_attributes()
};

/// Gives directories of the unpacked layer `layer` the owner, mode, attributes and times that they have in the layers
/// below (uppermost first); those that are not there stay as they are. Without this, "/var/lib/x" in a layer would
/// change the mode of "/var" for all that look through it.
Result<void> inherit_attributes(const std::filesystem::path& layer, const std::vector<std::string>& directories,
                                const std::vector<std::filesystem::path>& below);

/// The same for the table of a layer that was unpacked without privilege: what `directories` belong to comes from the
/// tables of the layers below.
Result<void> inherit_owners(OwnerTable& owners, const std::vector<std::string>& directories,
                            const std::vector<std::filesystem::path>& below);

/// Unpacks a layer's blob into the empty directory `target` in a single pass: decompress, hash, parse, write. corrupt
/// when the uncompressed archive does not have the digest `diff_id`; what is in `target` then is the caller's to
/// remove.
Result<UnpackedLayer> unpack_layer(ByteSource& blob, std::uint64_t blob_size, const Digest& diff_id,
                                   const std::filesystem::path& target, bool privileged,
                                   const UnpackLimits& limits = {});

} // namespace isolab
