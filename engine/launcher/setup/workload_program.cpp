// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/workload_program.h"

#include <array>
#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

constexpr const char* find_operation = "find command";
constexpr const char* execute_operation = "execute command";

std::string search_path(const ProcessSpec& process) {
    for (const std::string& variable : process.env)
        if (variable.starts_with("PATH="))
            return variable.substr(5);
    return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/// 0 for a regular file that this process may execute, otherwise why not.
int executable_error(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EACCES;
    return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/// Container managers know the kind of failure by these words, which all runtimes use.
tl::unexpected<Error> command_missing(const std::string& command, const std::string& cause) {
    return fail(ErrorKind::not_found, find_operation, command, cause,
                "Check the command's name and that the image holds it");
}

std::vector<char*> pointers_to(const std::vector<std::string>& strings) {
    std::vector<char*> list;
    for (const std::string& text : strings)
        list.push_back(const_cast<char*>(text.c_str())); // NOLINT: execve(2) does not change them
    list.push_back(nullptr);
    return list;
}

} // namespace

WorkloadProgram::WorkloadProgram(std::string path, const ProcessSpec& process)
    : path_(std::move(path)), args_(process.args), env_(process.env) {}

Error WorkloadProgram::execute() {
    const auto arguments = pointers_to(args_);
    const auto environment = pointers_to(env_);
    ::execve(path_.c_str(), arguments.data(), environment.data());
    Error refused = system_error(errno, execute_operation, path_);
    if (errno == ENOENT)
        refused.cause = "its interpreter or loader is not in the image";
    if (errno == ENOEXEC)
        refused.cause = "it is not a program for this machine";
    return refused;
}

Result<WorkloadProgram> find_workload(const ProcessSpec& process) {
    const std::string& command = process.args.front();
    if (command.find('/') != std::string::npos) {
        const int error = executable_error(command);
        if (error == ENOENT || error == ENOTDIR)
            return command_missing(command, "no such file or directory in the image");
        if (error != 0)
            return fail_errno(error, execute_operation, command);
        return WorkloadProgram(command, process);
    }
    const std::string path = search_path(process);
    std::string refused;
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = (folder.empty() ? "." : folder) + "/" + command;
        const int error = executable_error(candidate);
        if (error == 0)
            return WorkloadProgram(candidate, process);
        if (error == EACCES)
            refused = candidate;
    }
    if (!refused.empty())
        return fail_errno(EACCES, execute_operation, refused);
    return command_missing(command, "executable file not found in $PATH of the image (" + path + ")");
}

Result<void> enter_working_directory(const ProcessSpec& process) {
    ISOLAB_ASSIGN(const UniqueFd root, open_directory("/"));
    const bool existed = open_in_root(root.get(), process.cwd, O_PATH | O_DIRECTORY).has_value();
    auto directory = make_directory_in(root, process.cwd);
    if (!directory)
        return fail(directory.error().within("enter working directory", process.cwd));
    if (!existed)
        (void)!::fchownat(directory->get(), "", process.uid, process.gid, AT_EMPTY_PATH); // only its owner changes
    if (::fchdir(directory->get()) != 0)
        return fail_errno(errno, "enter working directory", process.cwd);
    // Outside of the root the kernel puts "(unreachable)" in front (getcwd(3)).
    std::array<char, 4096> buffer{};
    if (::getcwd(buffer.data(), buffer.size()) == nullptr || buffer[0] != '/')
        return fail(ErrorKind::permission_denied, "enter working directory", process.cwd,
                    "it lies outside of the container's root");
    return {};
}

int exit_code_of(const Error& error) {
    if (error.operation == find_operation)
        return 127;
    return error.operation == execute_operation ? 126 : 125;
}

} // namespace isolab::launcher
