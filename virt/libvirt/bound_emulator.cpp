// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/bound_emulator.h"

#include <cerrno>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/short_hash.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

Result<void> make_link(const fs::path& target, const fs::path& link) {
    if (::symlink(target.c_str(), link.c_str()) != 0 && errno != EEXIST)
        return fail_errno(errno, "create the link", link.string());
    return {};
}

/// The number behind the word "version"; empty without one.
std::string version_in(std::string_view text) {
    constexpr std::string_view word = "version ";
    const auto at = text.find(word);
    if (at == std::string_view::npos)
        return {};
    text.remove_prefix(at + word.size());
    return std::string(text.substr(0, text.find_first_not_of("0123456789.")));
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

Result<std::string> bound_version(const fs::path& bound) {
    const fs::path note = bound.parent_path() / "version";
    if (auto known = read_file(note, 256); known && !known->empty())
        return std::move(*known);
    const std::string emulator = (bound.parent_path() / emulator_link).string();
    ISOLAB_ASSIGN(const std::string printed, run_checked({emulator, "--version"}));
    std::string version = version_in(printed);
    if (version.empty())
        return fail(ErrorKind::unavailable, "ask for the version of", emulator, "it printed none");
    ISOLAB_TRY(write_file_atomically(note, version));
    return version;
}

} // namespace isolab
