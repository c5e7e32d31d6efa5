// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/capability_cache.h"

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

fs::path shared_folder(const fs::path& root) { return DataFolder(root).libvirt_cache(); }
fs::path slot_folder(const fs::path& slot) { return slot / "cache" / "qemu" / "capabilities"; }

/// Copies the files of `from` that `to` lacks or has with other content.
Result<void> copy_files(const fs::path& from, const fs::path& to) {
    ISOLAB_TRY(make_directories(to, 0700));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(from, error)) {
        if (entry.path().extension() != ".xml")
            continue;
        ISOLAB_ASSIGN(const std::string content, read_file(entry.path()));
        const fs::path target = to / entry.path().filename();
        const auto present = read_file(target);
        if (!present || *present != content)
            ISOLAB_TRY(write_file_atomically(target, content, 0600, true));
    }
    return {};
}

} // namespace

Result<void> load_capability_cache(const fs::path& root, const fs::path& slot) {
    return copy_files(shared_folder(root), slot_folder(slot));
}

Result<void> store_capability_cache(const fs::path& root, const fs::path& slot) {
    return copy_files(slot_folder(slot), shared_folder(root));
}

} // namespace isolab
