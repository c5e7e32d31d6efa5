// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/subprocess.h"

namespace isolab::test {

/// Runs the built `isolab` with a data folder of its own, as a user would.
class Program {
  public:
    /// `bin`: folder of the built programs; `root`: data folder, made when missing.
    Program(std::filesystem::path bin, std::filesystem::path root);

    /// Arguments behind `isolab --root ROOT`; a program that cannot be started fails with code -1.
    CommandOutput run(const std::vector<std::string>& arguments) const;
    std::vector<std::string> command_line(const std::vector<std::string>& arguments) const;

    const std::filesystem::path& root() const noexcept { return root_; }

  private:
    std::filesystem::path bin_;
    std::filesystem::path root_;
};

} // namespace isolab::test
