// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/group_entrance.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace isolab {
namespace {

/// What the descriptor leads to, for a message.
std::string place_of(const UniqueFd& file) {
    std::array<char, 512> place{};
    const ssize_t size =
        ::readlink(("/proc/self/fd/" + std::to_string(file.get())).c_str(), place.data(), place.size());
    return {place.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

} // namespace

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
        if (::write(file.get(), "0", 1) != 1) { // the writer itself
            const int refused = errno;
            return fail_errno(refused, "enter control group", place_of(file));
        }
    return {};
}

} // namespace isolab
