// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/resource_limits.h"

#include <algorithm>
#include <array>
#include <string>

#include <sys/resource.h>

namespace isolab {
namespace {

struct LimitName {
    std::string_view name;
    int resource;
};
constexpr std::array limit_names{
    LimitName{"RLIMIT_AS", RLIMIT_AS},
    LimitName{"RLIMIT_CORE", RLIMIT_CORE},
    LimitName{"RLIMIT_CPU", RLIMIT_CPU},
    LimitName{"RLIMIT_DATA", RLIMIT_DATA},
    LimitName{"RLIMIT_FSIZE", RLIMIT_FSIZE},
    LimitName{"RLIMIT_LOCKS", RLIMIT_LOCKS},
    LimitName{"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    LimitName{"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    LimitName{"RLIMIT_NICE", RLIMIT_NICE},
    LimitName{"RLIMIT_NOFILE", RLIMIT_NOFILE},
    LimitName{"RLIMIT_NPROC", RLIMIT_NPROC},
    LimitName{"RLIMIT_RSS", RLIMIT_RSS},
    LimitName{"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    LimitName{"RLIMIT_RTTIME", RLIMIT_RTTIME},
    LimitName{"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    LimitName{"RLIMIT_STACK", RLIMIT_STACK},
};

} // namespace

std::optional<int> resource_number(std::string_view name) noexcept {
    const auto* known = std::ranges::find(limit_names, name, &LimitName::name);
    return known == limit_names.end() ? std::nullopt : std::optional(known->resource);
}

std::vector<ResourceLimit> own_resource_limits() {
    std::vector<ResourceLimit> all;
    for (const LimitName& one : limit_names) {
        rlimit value{};
        if (::getrlimit(static_cast<__rlimit_resource>(one.resource), &value) == 0)
            all.push_back({std::string(one.name), value.rlim_cur, value.rlim_max});
    }
    return all;
}

} // namespace isolab
