// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/system_usage.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>

#include "compare/model/format.h"
#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "virt/virt.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

GuestImages guest_images(const fs::path& root) { return GuestImages(DataFolder(root).disks()); }

std::string size_text(std::uint64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

/// A kind of thing that a data folder keeps, and where: one thing is a folder in `things`.
struct Kept {
    const char* kind;
    fs::path place;
    fs::path things;
};

std::vector<Kept> kept_in(const DataFolder& data) {
    return {
        {"images", data.images(), {}},
        {"unpacked layers", data.layers(), data.layers()},
        {"containers", data.instances(), data.instances() / "folders"},
        {"volumes", data.volumes(), data.volumes()},
        {"machine disks", data.disks(), {}},
        {"machine images", data.machine_images(), data.machine_images()},
        {"guest kernels", data.kernels(), data.kernels()},
        {"caches", data.cache(), {}},
    };
}

/// Hidden ones are work in progress.
std::size_t count_folders(const fs::path& folder) {
    std::size_t count = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        count += it->is_directory(error) && !it->path().filename().string().starts_with('.') ? 1U : 0U;
    return count;
}

std::string space_of(const fs::path& place) {
    std::error_code error;
    if (!fs::exists(place, error))
        return size_text(0);
    const auto size = measure_tree(place);
    if (!size)
        report_warning(size.error());
    return size ? size_text(size->allocated) : "?";
}

using ImageNames = std::map<std::string, std::string>; ///< by digest, separated by commas

Result<ImageNames> names_of(const ImageStore& store) {
    ISOLAB_ASSIGN(const std::vector<Image> images, store.list());
    ImageNames names;
    for (const Image& image : images) {
        std::string& text = names[image.digest.text()];
        text += (text.empty() ? "" : ",") + image.name;
    }
    return names;
}

std::string state_of(const StoredDisk& disk, bool wanted) {
    if (disk.trouble)
        return disk.trouble->cause;
    return wanted ? "ready" : "no image has it";
}

std::string disk_table(const std::vector<StoredDisk>& disks, const ImageNames& names) {
    std::size_t width = std::string_view("MACHINE DISK OF").size();
    for (const auto& [digest, text] : names)
        width = std::max(width, text.size());
    std::string table =
        fmt::format("\n{:<{}}  {:<19}  {:>8}  {}\n", "MACHINE DISK OF", width, "DIGEST", "SIZE", "STATE");
    for (const StoredDisk& disk : disks) {
        const auto name = names.find(disk.digest);
        table += fmt::format("{:<{}}  {:<19}  {:>8}  {}\n", name != names.end() ? name->second : "-", width,
                             disk.digest.substr(0, 19), size_text(disk.allocated), state_of(disk, name != names.end()));
    }
    return disks.empty() ? std::string() : table;
}

} // namespace

Result<void> remove_unneeded_disks(const ImageStore& images) {
    ISOLAB_ASSIGN(const ImageNames names, names_of(images));
    std::set<std::string> kept;
    for (const auto& [digest, name] : names)
        kept.insert(digest);
    ISOLAB_TRY(guest_images(images.folder().parent_path()).remove_all_but(kept));
    return {};
}

Result<void> remove_all_disks(const fs::path& root) {
    ISOLAB_ASSIGN(const std::vector<StoredDisk> removed, guest_images(root).remove_all_but({}));
    std::string text;
    for (const StoredDisk& disk : removed)
        text += fmt::format("machine disk of {}\n", disk.digest);
    return write_result(text, {});
}

Result<void> show_usage(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const fs::path root, data_root(globals.session));
    const DataFolder data(root);
    ISOLAB_TRY(open_data_folder(data.root()));
    ISOLAB_ASSIGN(const ImageStore store, ImageStore::open(data.images()));
    ISOLAB_ASSIGN(const ImageNames names, names_of(store));
    ISOLAB_ASSIGN(const std::vector<StoredDisk> disks, guest_images(root).list());
    const auto count_of = [&](const Kept& kept) -> std::string {
        if (!kept.things.empty())
            return std::to_string(count_folders(kept.things));
        return kept.place == data.images()  ? std::to_string(names.size())
               : kept.place == data.disks() ? std::to_string(disks.size())
                                            : std::string("-");
    };
    std::string text = fmt::format("{:<16}  {:>6}  {:>8}\n", "KIND", "COUNT", "SIZE");
    for (const Kept& kept : kept_in(data))
        text += fmt::format("{:<16}  {:>6}  {:>8}\n", kept.kind, count_of(kept), space_of(kept.place));
    return write_result(text + disk_table(disks, names), {});
}

} // namespace isolab
