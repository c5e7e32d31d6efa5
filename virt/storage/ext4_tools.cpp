// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/ext4_tools.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>

#include "engine/base/subprocess.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_cause = 600;

/// errno(3) values that e2fsprogs pass on from the host, by their English texts.
constexpr std::array host_errors{ENOSPC, EDQUOT, EFBIG, EACCES, EPERM, EROFS, EIO, EMFILE, ENOMEM};

/// What they print beside complaints: their version, and libraries' texts about types of file systems.
bool is_complaint(const std::string& program, const std::string& line) {
    return line.find_first_not_of(" \t") != std::string::npos && !line.starts_with(program + " 1.");
}

std::string complaints(const std::string& program, const std::string& text) {
    std::string joined;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && joined.size() < longest_cause;)
        if (is_complaint(program, line))
            joined += (joined.empty() ? "" : "; ") + line;
    return joined;
}

Error host_error(int number, const std::string& said) {
    Error error = system_error(number, {}, {});
    error.cause = said;
    if (error.kind == ErrorKind::no_space)
        error.remedy = "Make room there, or use another data folder";
    return error;
}

Error explain(const CommandOutput& output, const std::string& said) {
    if (output.code == 128 + SIGXFSZ)
        return {ErrorKind::system, {}, {}, "this process may not write files that large", "Raise ulimit -f"};
    if (output.code > 128)
        return {ErrorKind::system, {}, {}, "it was killed by signal " + std::to_string(output.code - 128), {}};
    if (said.find("Bad magic number") != std::string::npos || said.find("short read while") != std::string::npos)
        return {ErrorKind::corrupt, {}, {}, said, {}};
    for (const int number : host_errors)
        if (said.find(strerrordesc_np(number)) != std::string::npos)
            return host_error(number, said);
    return {ErrorKind::system, {}, {}, said.empty() ? "exit code " + std::to_string(output.code) : said, {}};
}

} // namespace

Result<std::string> find_ext4_tool(const std::string& name) {
    if (auto found = find_program(name))
        return std::move(*found);
    return fail(ErrorKind::unavailable, "run", name, "it is not installed", "Install e2fsprogs");
}

Result<void> Ext4Tools::run(const std::vector<std::string>& command, const StopToken& stop) const {
    const std::string program = fs::path(command.front()).filename().string();
    Command child{command,
                  std::vector<std::string>{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
                                           "MKE2FS_CONFIG=" + configuration_.string()},
                  {}};
    ISOLAB_ASSIGN(const CommandOutput output, run_captured(std::move(child), stop));
    const std::string said = complaints(program, output.err);
    const bool mended = program == "e2fsck" && output.code == 1;
    if (mended || (output.code == 0 && (said.empty() || program != "debugfs"))) // others warn of what does not matter
        return {};
    Error error = explain(output, said);
    error.operation = "run";
    error.subject = program;
    return fail(std::move(error));
}

} // namespace isolab
