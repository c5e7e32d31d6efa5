// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/host_size.h"

#include <algorithm>
#include <thread>

#include <unistd.h>

namespace isolab {

HostSize host_size() {
    const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
    const auto page = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
    return {std::max(1U, std::thread::hardware_concurrency()), pages * page};
}

} // namespace isolab
