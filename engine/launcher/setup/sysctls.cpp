// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/sysctls.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

Result<void> write_sysctl(const UniqueFd& proc, const std::string& name, const std::string& value) {
    std::string path = "sys/" + name;
    if (name.find('/') == std::string::npos)
        std::ranges::replace(path, '.', '/');
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(O_WRONLY | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const UniqueFd file(static_cast<int>(::syscall(SYS_openat2, proc.get(), path.c_str(), &how, sizeof how)));
    if (!file && errno == ENOENT)
        return fail(ErrorKind::not_found, "set kernel parameter", name, "this kernel does not have it",
                    "Correct its name, or load what provides it");
    if (!file || ::write(file.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size()))
        return fail_errno(errno, "set kernel parameter", name + " to \"" + value + "\"");
    return {};
}

} // namespace

Result<void> write_sysctls(const std::map<std::string, std::string>& sysctls) {
    if (sysctls.empty())
        return {};
    ISOLAB_ASSIGN(const UniqueFd proc, new_file_system("proc", {}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, "no place"));
    for (const auto& [name, value] : sysctls)
        ISOLAB_TRY(write_sysctl(proc, name, value));
    return {};
}

} // namespace isolab::launcher
