// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"

namespace isolab::test {

/// The image that comes with Isolab; it is imported where it is named first.
inline constexpr const char* default_image = "isolab/default";

/// Runs the built `isolab` with a data folder and a folder for temporary files of its own, as a user would.
class Program {
  public:
    /// `bin`: folder of the built programs; `root`: data folder, made when missing, with the kernels for tests.
    Program(std::filesystem::path bin, std::filesystem::path root);

    /// Arguments behind `isolab --root ROOT`; a program that cannot be started fails with code -1.
    CommandOutput run(const std::vector<std::string>& arguments) const;
    std::vector<std::string> command_line(const std::vector<std::string>& arguments,
                                          const char* program = "isolab") const;

    const std::filesystem::path& root() const noexcept { return root_; }
    /// What it has as TMPDIR and XDG_RUNTIME_DIR; goes with this object.
    const std::filesystem::path& temporary() const noexcept { return temporary_.path(); }

  private:
    std::filesystem::path bin_;
    std::filesystem::path root_;
    TemporaryTree temporary_;
};

/// Copies the built programs and what they read to DIR/bin and DIR/share, where any user can read them: the build
/// folder may be private. DIR gets mode 0755.
void copy_programs(const std::filesystem::path& bin, const std::filesystem::path& to);

} // namespace isolab::test
