// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/privilege.h"

#include <array>
#include <cstdint>
#include <string>

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr std::array needed{CAP_SYS_ADMIN, CAP_MKNOD, CAP_CHOWN, CAP_FOWNER, CAP_DAC_OVERRIDE};

bool has_capabilities() noexcept {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return false;
    for (const int capability : needed)
        if (const auto bit = static_cast<unsigned>(capability); (data.at(bit / 32).effective & (1U << (bit % 32))) == 0)
            return false;
    return true;
}

/// The initial namespace maps every id to itself.
bool in_initial_user_namespace() {
    const Result<std::string> map = read_file("/proc/self/uid_map", 65536);
    return map && map->find("4294967295") != std::string::npos;
}

} // namespace

bool is_privileged() { return has_capabilities() && in_initial_user_namespace(); }

const char* opaque_attribute(bool privileged) noexcept {
    return privileged ? "trusted.overlay.opaque" : "user.overlay.opaque";
}

} // namespace isolab
