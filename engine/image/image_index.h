// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace isolab {

/// One line of the store's index.json: a manifest and the name that the user gave it.
struct NamedManifest {
    Descriptor manifest;
    std::string name; ///< normalised; empty: known by digest only
};

/// Reads FOLDER/index.json. Names are those of annotation org.opencontainers.image.ref.name.
Result<std::vector<NamedManifest>> read_image_index(const std::filesystem::path& folder);

/// Replaces FOLDER/index.json in one step. Call with the folder locked (lock_folder()).
Result<void> write_image_index(const std::filesystem::path& folder, const std::vector<NamedManifest>& entries);

/// Entries without the one of that name (of those without a name: of that digest), and the new one at the end.
std::vector<NamedManifest> with_entry(std::vector<NamedManifest> entries, NamedManifest entry);

/// Finds by normalised name, digest, or unambiguous prefix of 6 or more digits of a digest. not_found lists what
/// exists; invalid_argument for an ambiguous prefix.
Result<NamedManifest> find_entry(const std::vector<NamedManifest>& entries, const std::string& name_or_digest);

} // namespace isolab
