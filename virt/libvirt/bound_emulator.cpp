// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/bound_emulator.h"

#include <cerrno>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

Result<void> make_link(const fs::path& target, const fs::path& link) {
    if (::symlink(target.c_str(), link.c_str()) != 0 && errno != EEXIST)
        return fail_errno(errno, "create the link", link.string());
    return {};
}

} // namespace

Result<fs::path> bind_emulator(const fs::path& root, const fs::path& keeper, const fs::path& emulator) {
    struct stat status {};
    if (::stat(emulator.c_str(), &status) != 0)
        return fail_errno(errno, "use QEMU", emulator.string());
    const std::string version = keeper.string() + '\n' + emulator.string() + '\n' + std::to_string(status.st_ino) +
                                ' ' + std::to_string(status.st_size) + ' ' + std::to_string(status.st_ctim.tv_sec) +
                                ' ' + std::to_string(status.st_ctim.tv_nsec);
    const fs::path folder = DataFolder(root).emulators() / short_hash(version, 12);
    ISOLAB_TRY(make_directories(folder, 0700));
    ISOLAB_TRY(make_link(emulator, folder / emulator_link));
    ISOLAB_TRY(make_link(keeper, folder / bound_name));
    return folder / bound_name;
}

} // namespace isolab
