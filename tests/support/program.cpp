// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/program.h"

#include "tests/support/kernels.h"

namespace isolab::test {

namespace fs = std::filesystem;

Program::Program(fs::path bin, fs::path root)
    : bin_(std::move(bin)), root_(std::move(root)),
      temporary_(make_temporary_directory("/tmp", "iso-").value()) { // short, because sockets go there
    fs::create_directories(root_ / "instances/folders");             // to be watched from the first container on
    fs::permissions(root_ / "instances", fs::perms::owner_all);
    if (!fs::exists(fs::symlink_status(root_ / "kernels")))
        fs::create_directory_symlink(test_kernels(), root_ / "kernels");
}

std::vector<std::string> Program::command_line(const std::vector<std::string>& arguments, const char* program) const {
    std::vector<std::string> line{
        "env", "TMPDIR=" + temporary().string(), "XDG_RUNTIME_DIR=" + temporary().string(), bin_ / program, "--root",
        root_};
    line.insert(line.end(), arguments.begin(), arguments.end());
    return line;
}

CommandOutput Program::run(const std::vector<std::string>& arguments) const {
    auto output = run_command(command_line(arguments), {}, std::chrono::minutes(5));
    return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
}

void copy_programs(const fs::path& bin, const fs::path& to) {
    fs::permissions(to, fs::perms(0755));
    fs::copy(bin, to / "bin", fs::copy_options::recursive);
    fs::copy(bin.parent_path() / "share", to / "share", fs::copy_options::recursive);
}

} // namespace isolab::test
