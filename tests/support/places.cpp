// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/places.h"

#include <fstream>
#include <stdexcept>

namespace isolab::test {
namespace {

namespace fs = std::filesystem;

/// Folder of the tests in the build folder; this program is in it.
fs::path tests_folder() { return fs::read_symlink("/proc/self/exe").parent_path(); }

} // namespace

fs::path programs_folder() { return tests_folder().parent_path() / "bin"; }

fs::path share_folder() { return tests_folder().parent_path() / "share/isolab"; }

std::string program_file(std::string_view name) { return programs_folder() / name; }

std::string helper_file(std::string_view name) { return tests_folder() / name; }

std::string source_file(std::string_view path) {
    std::ifstream note(tests_folder() / "source_folder"); // written when the build is configured
    std::string folder;
    if (!std::getline(note, folder))
        throw std::runtime_error("the build folder does not say where its sources are; configure it again");
    return fs::path(folder) / path;
}

} // namespace isolab::test
