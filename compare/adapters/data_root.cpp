// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>

#include <unistd.h>

#include "compare/adapters/session.h"
#include "engine/base/data_folder.h"

namespace isolab {
namespace {

std::filesystem::path variable(const char* name) {
    const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): never set by this program
    return value != nullptr ? value : "";
}

} // namespace

Result<std::filesystem::path> default_data_root() {
    if (const auto root = variable("ISOLAB_ROOT"); !root.empty())
        return std::filesystem::absolute(root);
    if (::geteuid() == 0)
        return DataFolder::system;
    if (const auto data = variable("XDG_DATA_HOME"); data.is_absolute())
        return data / "isolab";
    if (const auto home = variable("HOME"); home.is_absolute())
        return home / ".local/share/isolab";
    return fail(ErrorKind::invalid_argument, "find the data folder", {}, "HOME is not set to an absolute path",
                "Name a folder with --root, or set ISOLAB_ROOT");
}

Result<std::filesystem::path> data_root(const SessionOptions& options) {
    return options.root.empty() ? default_data_root() : options.root;
}

} // namespace isolab
