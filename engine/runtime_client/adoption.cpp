// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime_client/adoption.h"

#include <unistd.h>

#include "engine/base/subprocess.h"

namespace isolab {

Result<void> adopt_container_files(const std::string& launcher, const std::filesystem::path& folder) {
    if (::geteuid() == 0 || ::access((folder / "config.json").c_str(), F_OK) != 0)
        return {};
    const std::string root = folder.parent_path().parent_path().string();
    const auto done =
        run_checked({launcher, "--root", root, "adopt", "--bundle", folder.string(), folder.filename().string()});
    if (!done)
        return fail(done.error().within("take over the files of container", folder.filename().string()));
    return {};
}

} // namespace isolab
