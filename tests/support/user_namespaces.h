// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <fstream>
#include <string>

namespace isolab::test {

/// Why an ordinary user may not make user namespaces on this machine, with the remedy; empty when he may.
inline std::string why_no_user_namespaces() {
    struct Switch {
        const char* name;
        char closed;
        const char* open;
    };
    constexpr std::array switches{Switch{"user/max_user_namespaces", '0', "more"},
                                  Switch{"kernel/unprivileged_userns_clone", '0', "1"},
                                  Switch{"kernel/apparmor_restrict_unprivileged_userns", '1', "0"}};
    for (const Switch& one : switches) {
        std::string value;
        if (std::ifstream(std::string("/proc/sys/") + one.name) >> value && value == std::string(1, one.closed))
            return std::string("ordinary users may not make user namespaces; set the sysctl ") + one.name + " to " +
                   one.open;
    }
    return {};
}

} // namespace isolab::test
