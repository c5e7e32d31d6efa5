// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/group_entrance.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace isolab {

Result<std::vector<UniqueFd>> open_entrance(const std::vector<std::string>& directories) {
    std::vector<UniqueFd> entrance;
    for (const std::string& directory : directories) {
        UniqueFd file(::open((directory + "/tasks").c_str(), O_WRONLY | O_CLOEXEC));
        if (!file)
            return fail_errno(errno, "enter control group", directory);
        entrance.push_back(std::move(file));
    }
    return entrance;
}

Result<void> enter_through(const std::vector<UniqueFd>& entrance) {
    for (const UniqueFd& file : entrance)
        if (::write(file.get(), "0", 1) != 1) // the writer itself
            return fail_errno(errno, "enter the container's control group");
    return {};
}

} // namespace isolab
