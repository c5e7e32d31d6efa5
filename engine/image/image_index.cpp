// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/image_index.h"

#include <algorithm>
#include <set>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/image/manifest.h"
#include "engine/image/media_type.h"
#include "engine/image/reference.h"

namespace isolab {
namespace {

constexpr std::size_t shortest_prefix = 6;

bool has_prefix(const Digest& digest, std::string_view text) {
    const bool full = text.find(':') != std::string_view::npos;
    const std::string known = full ? digest.text() : digest.hex();
    const std::size_t algorithm = full ? digest.algorithm().size() + 1 : 0;
    return text.size() >= algorithm + shortest_prefix && known.starts_with(text);
}

std::string list_names(const std::vector<NamedManifest>& entries) {
    std::set<std::string> names;
    for (const NamedManifest& entry : entries)
        names.insert(entry.name.empty() ? entry.manifest.digest.short_hex() : entry.name);
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

Result<std::vector<NamedManifest>> read_image_index(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "index.json";
    ISOLAB_ASSIGN(const std::string text, read_file(file, 64U << 20U));
    ISOLAB_ASSIGN(const std::vector<IndexEntry> entries, parse_index(text, file.string()));
    std::vector<NamedManifest> named;
    for (const IndexEntry& entry : entries)
        named.push_back({entry.descriptor, entry.name.value_or("")});
    return named;
}

Result<void> write_image_index(const std::filesystem::path& folder, const std::vector<NamedManifest>& entries) {
    Json manifests = Json::array();
    for (const NamedManifest& entry : entries) {
        Json item = render_descriptor(entry.manifest);
        if (!entry.name.empty())
            item["annotations"] = Json{{ref_name_annotation, entry.name}};
        manifests.push_back(std::move(item));
    }
    const Json index{{"schemaVersion", 2}, {"mediaType", media_type::index}, {"manifests", std::move(manifests)}};
    ISOLAB_TRY(write_file_atomically(folder / "index.json", index.dump(2) + "\n", 0600, true));
    return sync_folder(folder);
}

std::vector<NamedManifest> with_entry(std::vector<NamedManifest> entries, NamedManifest entry) {
    std::erase_if(entries, [&](const NamedManifest& other) {
        const bool same_image = other.manifest.digest == entry.manifest.digest;
        return other.name == entry.name && (!entry.name.empty() || same_image);
    });
    entries.push_back(std::move(entry));
    return entries;
}

Result<NamedManifest> find_entry(const std::vector<NamedManifest>& entries, const std::string& name_or_digest) {
    const Result<std::string> name = normalise_image_name(name_or_digest);
    for (const NamedManifest& entry : entries)
        if (name && entry.name == *name)
            return entry;
    const NamedManifest* found = nullptr;
    for (const NamedManifest& entry : entries) {
        if (!has_prefix(entry.manifest.digest, name_or_digest))
            continue;
        if (found != nullptr && found->manifest.digest != entry.manifest.digest)
            return fail(ErrorKind::invalid_argument, "find image", name_or_digest,
                        "several images begin with these digits", "Give more digits");
        found = &entry;
    }
    if (found != nullptr)
        return *found;
    return fail(ErrorKind::not_found, "find image", name_or_digest, "no image has that name or digest",
                entries.empty() ? "There are no images yet; import one" : "Images: " + list_names(entries));
}

} // namespace isolab
