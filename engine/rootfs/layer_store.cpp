// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <ranges>
#include <set>
#include <span>
#include <system_error>

#include "engine/base/file_lock.h"
#include "engine/base/work_folder.h"
#include "engine/image/byte_source.h"
#include "engine/rootfs/image_lookup.h"
#include "engine/rootfs/layer_unpacker.h"
#include "engine/rootfs/merged_tree.h"
#include "engine/rootfs/owner_table.h"
#include "engine/rootfs/privilege.h"
#include "engine/rootfs/snapshotter.h"
#include "engine/rootfs/tree_copy.h"

namespace isolab {
namespace {

/// What each layer is together with all layers below it, lowest first (OCI image spec 1.1, config.md, "Layer ChainID").
/// Layers are kept by it, because directories that a layer does not describe look as in the layers below.
std::vector<Digest> chain_ids(const std::vector<Digest>& diff_ids) {
    std::vector<Digest> chain;
    for (const Digest& diff_id : diff_ids)
        chain.push_back(chain.empty() ? diff_id : Digest::of(chain.back().text() + " " + diff_id.text()));
    return chain;
}

constexpr std::string_view layer_prefix = "chain-";

std::filesystem::path layer_directory(const std::filesystem::path& folder, const Digest& chain_id) {
    return folder / (std::string(layer_prefix) + chain_id.algorithm() + "-" + chain_id.hex());
}

/// Layers of root and of an ordinary user differ on disk, so one folder holds one format only.
Result<void> check_format(const std::filesystem::path& folder) {
    const std::string format = is_privileged() ? "root\n" : "user\n";
    const std::filesystem::path file = folder / "format";
    if (::access(file.c_str(), F_OK) != 0)
        return write_file_atomically(file, format, 0600, true);
    ISOLAB_ASSIGN(const std::string found, read_file(file, 64));
    if (found == format)
        return {};
    return fail(ErrorKind::unsupported, "use layers in", folder.string(),
                found == "root\n" ? "they were unpacked by root" : "they were unpacked without privilege",
                "Use another data folder, or run as the same user as before");
}

/// Directories of layers given lowest first, uppermost first.
std::vector<std::filesystem::path> stack_of(const std::filesystem::path& folder, std::span<const Digest> chain) {
    std::vector<std::filesystem::path> directories;
    for (const Digest& chain_id : chain | std::views::reverse) {
        directories.push_back(layer_directory(folder, chain_id));
        const UniqueFd fd(::open(directories.back().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (fd && is_opaque(fd.get()))
            break; // overlayfs does not look at this mark in the root of a layer
    }
    return directories;
}

Result<FileSource> open_blob(const std::filesystem::path& file, const std::string& label, const ReadWatch& watch) {
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return fail(ErrorKind::not_found, "open", label, "the image store does not hold it", "Import the image again");
    if (!fd)
        return fail_errno(errno, "open", file.string());
    return FileSource(std::move(fd), label, watch);
}

/// Shared, as long as the descriptor is open. The caller has locked the folder, or has the layer for itself: else
/// remove_unused() could move it away between open(2) and flock(2), and an empty hold would be given.
Result<UniqueFd> hold_layer(const std::filesystem::path& layer) {
    UniqueFd fd(::open(layer.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "use layer", layer.string());
    ISOLAB_TRY(wait_for_lock(fd, LockKind::shared, layer.string()));
    return fd;
}

/// Moves a finished layer to its place, `owners` beside it, held already: nobody removes it in between. Another process
/// that was faster wins; both unpacked the same. What is at its place is trusted, so it must survive a power cut.
Result<UniqueFd> publish_layer(const std::filesystem::path& tree, const std::filesystem::path& place,
                               const OwnerTable* owners) {
    ISOLAB_TRY(sync_file_system(tree)); // before others have to wait for the lock
    ISOLAB_ASSIGN(UniqueFd held, hold_layer(tree));
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(place.parent_path())); // who removes a layer removes its table, too
    if (owners != nullptr) // before the layer is there: whoever finds a layer may read its table
        ISOLAB_TRY(write_file_atomically(owner_table_file(place), owners->render(), 0600, true));
    if (::rename(tree.c_str(), place.c_str()) == 0)
        return held;
    if (errno == EEXIST || errno == ENOTEMPTY)
        return hold_layer(place);
    return fail_errno(errno, "store layer", place.string());
}

/// A layer that is there; nothing otherwise.
Result<UniqueFd> hold_existing(const std::filesystem::path& folder, const std::filesystem::path& place) {
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder));
    if (::access(place.c_str(), F_OK) != 0)
        return UniqueFd();
    return hold_layer(place);
}

/// Unpacks a layer if it is missing, and holds it. Those below are held already.
Result<UniqueFd> ensure_one(const std::filesystem::path& folder, const ImageStore& images, const Image& image,
                            std::size_t index, const ReadWatch& watch) {
    const Descriptor& layer = image.layers[index];
    const Digest& diff_id = image.config.diff_ids[index];
    const std::vector<Digest> chain = chain_ids(image.config.diff_ids);
    const std::filesystem::path place = layer_directory(folder, chain[index]);
    ISOLAB_ASSIGN(UniqueFd existing, hold_existing(folder, place));
    if (existing)
        return existing;
    const bool privileged = is_privileged();
    // Beside its place, so that rename(2) can publish it, and none that was interrupted is taken for a layer.
    ISOLAB_ASSIGN(const WorkFolder work, WorkFolder::create(folder));
    const std::filesystem::path tree = work.path() / "tree";
    if (::mkdir(tree.c_str(), 0755) != 0 || ::chmod(tree.c_str(), 0755) != 0) // whatever the umask
        return fail_errno(errno, "create", tree.string());
    ISOLAB_ASSIGN(FileSource blob,
                  open_blob(images.blob_path(layer.digest), "layer " + layer.digest.short_hex(), watch));
    ISOLAB_ASSIGN(UnpackedLayer unpacked, unpack_layer(blob, layer.size, diff_id, tree, privileged));
    const auto below = stack_of(folder, std::span(chain).first(index));
    ISOLAB_TRY(inherit_attributes(tree, unpacked.undescribed, below));
    ISOLAB_TRY(watch.stop.check("unpack layer"));
    if (!privileged)
        ISOLAB_TRY(inherit_owners(unpacked.owners, unpacked.undescribed, below));
    return publish_layer(tree, place, privileged ? nullptr : &unpacked.owners);
}

/// The name of a layer's directory that an entry of the folder is or belongs to; empty for anything else. Layers were
/// named by their own digests once.
std::string layer_of(const std::filesystem::path& entry) {
    std::string name = entry.filename().string();
    if (name.ends_with(".owners"))
        name.resize(name.size() - std::string_view(".owners").size());
    const bool is_layer = name.starts_with(layer_prefix) || name.starts_with("sha256-") || name.starts_with("sha512-");
    return is_layer ? name : std::string();
}

Result<std::set<std::string>> list_layers(const std::filesystem::path& folder) {
    std::set<std::string> layers;
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (std::string name = layer_of(it->path()); !name.empty())
            layers.insert(std::move(name));
    if (error)
        return fail_errno(error.value(), "list", folder.string());
    return layers;
}

/// Moves a layer that nobody holds out of the way, its table with it.
void move_unheld_layer(const std::filesystem::path& layer, const std::filesystem::path& target) {
    const UniqueFd fd(::open(layer.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd && (!try_lock(fd, LockKind::exclusive) || ::rename(layer.c_str(), target.c_str()) != 0))
        return;
    ::unlink(owner_table_file(layer).c_str()); // after the layer, which is not to be found without its table
}

Result<MergedDirectory> open_image(const LayerStore& layers, const Image& image) {
    Result<MergedDirectory> root = MergedDirectory::open(layers.lowers(image));
    if (!root)
        return fail(root.error().within("open the layers of", image.name));
    return root;
}

} // namespace

Result<LayerStore> LayerStore::open(const std::filesystem::path& folder) {
    ISOLAB_TRY(make_private_directory(folder));
    ISOLAB_TRY(check_format(folder));
    ISOLAB_TRY(WorkFolder::remove_abandoned(folder));
    return LayerStore(folder);
}

Result<LayerHold> LayerStore::ensure(const ImageStore& images, const Image& image, ProgressSink& progress,
                                     const StopToken& stop) {
    const ReadWatch watch{progress, stop, "unpack-layer"};
    std::vector<UniqueFd> locks;
    for (std::size_t i = 0; i < image.layers.size() && i < image.config.diff_ids.size(); ++i) {
        auto held = ensure_one(folder_, images, image, i, watch);
        if (!held)
            return fail(held.error().within("unpack image", image.name));
        locks.push_back(std::move(*held));
    }
    return LayerHold(std::move(locks));
}

std::vector<std::filesystem::path> LayerStore::lowers(const Image& image) const {
    return stack_of(folder_, chain_ids(image.config.diff_ids));
}

Result<LayerHold> LayerStore::hold(const Image& image) const {
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_));
    std::vector<UniqueFd> locks;
    for (const std::filesystem::path& layer : lowers(image)) {
        ISOLAB_ASSIGN(UniqueFd held, hold_layer(layer));
        locks.push_back(std::move(held));
    }
    return LayerHold(std::move(locks));
}

Result<void> LayerStore::remove_unused(const std::vector<Image>& images) const {
    std::set<std::string> used;
    for (const Image& image : images)
        for (const Digest& chain_id : chain_ids(image.config.diff_ids))
            used.insert(layer_directory({}, chain_id).string());
    // Removed with all that is moved there, after the lock below is released: others wait for renames only.
    ISOLAB_ASSIGN(const WorkFolder doomed, WorkFolder::create(folder_));
    ISOLAB_ASSIGN(const UniqueFd guard, lock_folder(folder_));
    ISOLAB_ASSIGN(const auto layers, list_layers(folder_));
    for (const std::string& layer : layers)
        if (!used.contains(layer))
            move_unheld_layer(folder_ / layer, doomed.path() / layer);
    return {};
}

Result<FileOwners> LayerStore::owners(const Image& image) const {
    FileOwners all;
    if (is_privileged())
        return all;
    std::vector<OwnerTable> tables;
    for (const std::filesystem::path& layer : lowers(image)) {
        ISOLAB_ASSIGN(OwnerTable table, OwnerTable::read(layer));
        tables.push_back(std::move(table));
    }
    const auto note = [&](const std::string& path, std::size_t layer) {
        if (const FileOwner* const owner = tables.at(layer).find(path))
            all[path] = *owner;
    };
    ISOLAB_ASSIGN(const MergedDirectory root, open_image(*this, image));
    note(".", root.uppermost_layer());
    const auto visit = [&](const std::string& path, const MergedDirectory::Entry& entry) -> Result<void> {
        note(path, entry.layer);
        return {};
    };
    ISOLAB_TRY(walk_merged(root, visit, nullptr, {}));
    return all;
}

Result<void> LayerStore::build_tree(const Image& image, const std::filesystem::path& target, ProgressSink& progress,
                                    const StopToken& stop) const {
    ISOLAB_ASSIGN(const LayerHold held, hold(image)); // the copy takes long, and an image may be removed meanwhile
    ISOLAB_ASSIGN(const MergedDirectory root, open_image(*this, image));
    return copy_merged_tree(root, target, CopyMode::link, progress, stop);
}

Result<std::string> LayerStore::read(const Image& image, const std::string& path, std::uint64_t limit) const {
    ISOLAB_ASSIGN(const MergedDirectory root, open_image(*this, image));
    return read_merged_file(root, path, limit);
}

} // namespace isolab
