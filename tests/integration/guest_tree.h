// SPDX-License-Identifier: GPL-3.0-or-later
//
// Root file systems for machines in which programs of this host run.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"

namespace isolab::test {

/// Copies a program to where it is here, with the libraries that the dynamic linker loads for it.
Result<void> copy_program(const std::filesystem::path& tree, const std::string& program);

/// Drivers that our guests have no need of, but containers in them: overlayfs, virtual links.
Result<void> copy_modules(const std::filesystem::path& tree);

/// Loads them; the beginning of a command line of the guest's shell.
inline constexpr const char* load_modules = "for m in /modules/*; do busybox insmod $m || exit; done; ";

/// /etc as programs expect it: names of hosts and users.
void add_host_files(const std::filesystem::path& tree);

} // namespace isolab::test
