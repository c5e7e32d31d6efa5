// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a test finds what was built and the sources. Asked at run time and never compiled in: an object that knows no
// absolute path is the same in every clone, so that a compiler cache can give it to all of them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace isolab::test {

/// Folder of the built programs and of what they read at run time: build/bin, build/share/isolab.
std::filesystem::path programs_folder();
std::filesystem::path share_folder();

/// A program of the project by its name, "isolab-runtime".
std::string program_file(std::string_view name);

/// A program that only tests use, built beside them: "fake_criu".
std::string helper_file(std::string_view name);

/// A file of the sources by its path from their root, "tests/golden/runtime/spec.json". Throws std::runtime_error
/// when the build does not say where its sources are.
std::string source_file(std::string_view path);

} // namespace isolab::test
