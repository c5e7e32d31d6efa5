// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/overlay_root.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mount.h>

#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

/// Directories under short names, while it lives.
class NamedDirectories {
  public:
    Result<std::string> name(const std::filesystem::path& directory) {
        UniqueFd opened(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!opened)
            return fail_errno(errno, "open", directory.string());
        opened_.push_back(std::move(opened));
        return "/proc/self/fd/" + std::to_string(opened_.back().get());
    }

  private:
    std::vector<UniqueFd> opened_;
};

} // namespace

Result<void> mount_overlay(const OverlayRoot& root) {
    if (root.lowers.empty())
        return {};
    NamedDirectories directories;
    std::string options;
    for (const std::filesystem::path& lower : root.lowers) {
        ISOLAB_ASSIGN(const std::string name, directories.name(lower));
        options += (options.empty() ? "lowerdir=" : ":") + name;
    }
    ISOLAB_ASSIGN(const std::string upper, directories.name(root.upper));
    ISOLAB_ASSIGN(const std::string work, directories.name(root.work));
    options += ",upperdir=" + upper + ",workdir=" + work;
    if (::mount("overlay", root.root.c_str(), "overlay", MS_NODEV, options.c_str()) != 0)
        return fail_errno(errno, "mount overlay on", root.root.string());
    return {};
}

Result<void> unmount_overlay(const OverlayRoot& root) {
    if (!root.lowers.empty() && ::umount2(root.root.c_str(), MNT_DETACH) != 0 && errno != EINVAL) // it is none
        return fail_errno(errno, "unmount", root.root.string());
    return {};
}

} // namespace isolab
