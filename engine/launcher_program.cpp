// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher_program.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "engine/base/subprocess.h"

namespace isolab {
namespace {

constexpr const char* program_name = "isolab-runtime";

Result<UniqueFd> sealed_copy(const std::filesystem::path& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        return fail_errno(errno, "read launcher", path.string());
    UniqueFd copy(::memfd_create(program_name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!copy)
        return fail_errno(errno, "copy launcher", path.string());
    for (off_t left = status.st_size; left > 0;) {
        const ssize_t sent = ::sendfile(copy.get(), file.get(), nullptr, static_cast<std::size_t>(left));
        if (sent <= 0)
            return fail_errno(sent == 0 ? EIO : errno, "copy launcher", path.string());
        left -= sent;
    }
    if (::fcntl(copy.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
        return fail_errno(errno, "seal the copy of launcher", path.string());
    return copy;
}

} // namespace

Result<std::filesystem::path> LauncherProgram::find(const std::filesystem::path& wanted) {
    std::error_code failed;
    if (!wanted.empty()) {
        if (::access(wanted.c_str(), X_OK) == 0)
            return wanted;
        return fail(ErrorKind::unavailable, "find launcher", wanted.string(), "it is missing or not executable");
    }
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path() / program_name;
    if (::access(beside.c_str(), X_OK) == 0)
        return beside;
    if (const auto in_path = find_program(program_name))
        return std::filesystem::path(*in_path);
    return fail(ErrorKind::unavailable, "find launcher", program_name, "it is neither beside this program nor in PATH",
                "Build or install Isolab completely");
}

Result<LauncherProgram> LauncherProgram::open(const std::filesystem::path& wanted) {
    ISOLAB_ASSIGN(const std::filesystem::path path, find(wanted));
    ISOLAB_ASSIGN(UniqueFd copy, sealed_copy(path));
    // Children close their descriptors before they execute, hence by way of this process.
    std::string executable = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(copy.get());
    return LauncherProgram(std::move(copy), std::move(executable));
}

} // namespace isolab
