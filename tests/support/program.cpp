// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/program.h"

namespace isolab::test {

Program::Program(std::filesystem::path bin, std::filesystem::path root) : bin_(std::move(bin)), root_(std::move(root)) {
    std::filesystem::create_directories(root_);
}

std::vector<std::string> Program::command_line(const std::vector<std::string>& arguments) const {
    std::vector<std::string> line{bin_ / "isolab", "--root", root_};
    line.insert(line.end(), arguments.begin(), arguments.end());
    return line;
}

CommandOutput Program::run(const std::vector<std::string>& arguments) const {
    auto output = run_command(command_line(arguments), {}, std::chrono::minutes(5));
    return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
}

} // namespace isolab::test
