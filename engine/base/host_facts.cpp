// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/host_facts.h"

#include <algorithm>

#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace isolab {

unsigned host_cpu_count() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

unsigned online_cpu_count() noexcept { return static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))); }

std::uint64_t host_memory_bytes() noexcept {
    struct sysinfo info {};
    ::sysinfo(&info);
    return static_cast<std::uint64_t>(info.totalram) * info.mem_unit;
}

std::string kernel_release() {
    utsname name{};
    ::uname(&name);
    return name.release;
}

} // namespace isolab
