// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime_client/launcher_program.h"

#include <unistd.h>

#include "engine/base/sealed_copy.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

constexpr const char* program_name = "isolab-runtime";

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
