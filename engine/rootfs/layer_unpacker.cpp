// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/layer_unpacker.h"

#include <algorithm>
#include <map>

#include "engine/digest/hasher.h"
#include "engine/image/decompressor.h"
#include "engine/image/entry_path.h"
#include "engine/image/tar_reader.h"
#include "engine/rootfs/file_copy.h"
#include "engine/rootfs/layer_writer.h"
#include "engine/rootfs/merged_tree.h"

namespace isolab {
namespace {

/// A directory of merged layers by its path; symbolic links are not followed.
Result<MergedDirectory> enter_path(const std::vector<std::filesystem::path>& layers, const std::string& path) {
    ISOLAB_ASSIGN(MergedDirectory here, MergedDirectory::open(layers));
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        ISOLAB_ASSIGN(here, here.enter(path.substr(begin, end - begin)));
        begin = end + 1;
    }
    return here;
}

tl::unexpected<Error> beyond(const ByteSource& blob, std::string what) {
    return fail(ErrorKind::no_space, "unpack", blob.label(), std::move(what),
                "Such a layer is broken or hostile; get the image from a trustworthy source");
}

Result<void> write_entries(TarReader& reader, LayerWriter& writer, const ByteSource& blob, const UnpackLimits& limits) {
    for (std::uint64_t count = 0;; ++count) {
        ISOLAB_ASSIGN(const std::optional<TarEntry> entry, reader.next());
        if (!entry)
            return {};
        if (count >= limits.entries)
            return beyond(blob, "it has more than " + std::to_string(limits.entries) + " entries");
        ISOLAB_ASSIGN(const EntryPath path, parse_entry_path(entry->path));
        if (path.depth > limits.depth)
            return beyond(blob, "its folders are nested deeper than " + std::to_string(limits.depth));
        ISOLAB_TRY(writer.write(*entry, path, reader));
    }
}

} // namespace

Result<UnpackedLayer> unpack_layer(ByteSource& blob, std::uint64_t blob_size, const Digest& diff_id,
                                   const std::filesystem::path& target, bool privileged, const UnpackLimits& limits) {
    ISOLAB_ASSIGN(Hasher hasher, Hasher::create(diff_id.algorithm()));
    Decompressor plain(blob);
    BoundedSource bounded(plain, blob_size, limits);
    TapSource hashed(bounded, [&](std::string_view piece) -> Result<void> {
        hasher.update(piece);
        return {};
    });
    TarReader reader(hashed);
    ISOLAB_ASSIGN(LayerWriter writer, LayerWriter::open(target, privileged, {limits.depth, limits.memory}));
    ISOLAB_TRY(write_entries(reader, writer, blob, limits));
    ISOLAB_TRY(drain(hashed));
    if (const Digest digest = hasher.finish(); digest != diff_id)
        return fail(ErrorKind::corrupt, "unpack", blob.label(),
                    "its content has the diff id " + digest.text() + ", the image promises " + diff_id.text(),
                    "Remove the image and import it again");
    ISOLAB_TRY(writer.finish());
    return UnpackedLayer{writer.owners(), writer.undescribed()};
}

Result<void> inherit_attributes(const std::filesystem::path& layer, const std::vector<std::string>& directories,
                                const std::vector<std::filesystem::path>& below) {
    if (below.empty())
        return {};
    ISOLAB_ASSIGN(const UniqueFd target, open_directory(layer));
    for (const std::string& path : directories) {
        const Result<MergedDirectory> source = enter_path(below, path);
        if (!source)
            continue;
        ISOLAB_ASSIGN(const UniqueFd directory, open_in_root(target.get(), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        ISOLAB_ASSIGN(const struct stat status, source->status());
        ISOLAB_TRY(copy_attributes({source->uppermost(), "."}, status, {directory.get(), "."}));
    }
    return {};
}

Result<void> inherit_owners(OwnerTable& owners, const std::vector<std::string>& directories,
                            const std::vector<std::filesystem::path>& below) {
    std::map<std::size_t, OwnerTable> tables;
    for (const std::string& path : directories) {
        const Result<MergedDirectory> source = enter_path(below, path);
        if (!source)
            continue;
        const std::size_t layer = source->uppermost_layer();
        if (!tables.contains(layer)) {
            ISOLAB_ASSIGN(tables[layer], OwnerTable::read(below[layer]));
        }
        if (const FileOwner* const owner = tables.at(layer).find(path))
            owners.set(path, *owner);
    }
    return {};
}

} // namespace isolab
