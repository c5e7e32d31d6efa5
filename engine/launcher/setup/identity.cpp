// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/identity.h"

#include <cerrno>
#include <set>

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/runtime/resource_limits.h"
#include "engine/security/capabilities.h"

namespace isolab::launcher {
namespace {

/// The sets of the specification as masks, cut to what this process can give.
struct Masks {
    CapabilityMask bounding = 0;
    CapabilityMask effective = 0;
    CapabilityMask permitted = 0;
    CapabilityMask inheritable = 0;
    CapabilityMask ambient = 0;
};

std::string join_names(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

Masks grantable_masks(const CapabilitySets& sets, const Warn& warn) {
    std::vector<std::string> refused;
    const CapabilityMask available = bounding_capabilities();
    Masks masks{capability_mask(sets.bounding, refused), capability_mask(sets.effective, refused),
                capability_mask(sets.permitted, refused), capability_mask(sets.inheritable, refused),
                capability_mask(sets.ambient, refused)};
    const CapabilityMask asked = masks.bounding | masks.effective | masks.permitted | masks.inheritable | masks.ambient;
    for (CapabilityMask* mask :
         {&masks.bounding, &masks.effective, &masks.permitted, &masks.inheritable, &masks.ambient})
        *mask &= available;
    for (const std::string& name : capability_names(asked & ~available))
        refused.push_back(name);
    if (!refused.empty())
        warn("capabilities that cannot be granted here are left out: " + join_names(refused));
    return masks;
}

Result<void> set_groups(const ProcessSpec& process, const Warn& warn) {
    const std::vector<gid_t> groups(process.additional_gids.begin(), process.additional_gids.end());
    if (::setgroups(groups.size(), groups.data()) == 0)
        return {};
    if (errno != EPERM)
        return fail_errno(errno, "set additional groups");
    // In a user namespace with a single group the kernel forbids it.
    if (!groups.empty())
        warn("additional groups are not available without a range of group ids");
    return {};
}

} // namespace

Result<void> apply_rlimits(const std::vector<ResourceLimit>& limits) {
    std::set<std::string> seen;
    for (const ResourceLimit& limit : limits) {
        const auto known = resource_number(limit.type);
        if (!known || !seen.insert(limit.type).second)
            return fail(ErrorKind::invalid_argument, "set limit", limit.type,
                        known ? "it is given twice" : "it is not known");
        const rlimit value{limit.soft, limit.hard};
        if (::setrlimit(static_cast<__rlimit_resource>(*known), &value) != 0) {
            Error refused = system_error(errno, "set limit", limit.type + " to " + std::to_string(limit.hard));
            refused.remedy = "Choose a hard limit that is not above the caller's own";
            return fail(std::move(refused));
        }
    }
    return {};
}

Result<void> become_user(const RuntimeProcess& process, std::optional<unsigned> until_execution, const Warn& warn) {
    const Masks masks = grantable_masks(process.capabilities.value_or(CapabilitySets{}), warn);
    ISOLAB_TRY(limit_bounding_capabilities(masks.bounding)); // takes CAP_SETPCAP, so it comes first
    ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0); // the permitted set survives setresuid(2), to be cut to the wanted one below
    // Groups before the user: setresuid(2) from 0 empties the effective set even with PR_SET_KEEPCAPS
    // (capabilities(7)).
    ISOLAB_TRY(set_groups(process, warn));
    if (::setresgid(process.gid, process.gid, process.gid) != 0)
        return fail_errno(errno, "become group", std::to_string(process.gid));
    if (::setresuid(process.uid, process.uid, process.uid) != 0)
        return fail_errno(errno, "become user", std::to_string(process.uid));
    ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    const bool kept = until_execution && is_permitted(*until_execution);
    return apply_capabilities(masks.effective, masks.permitted | (kept ? CapabilityMask{1} << *until_execution : 0),
                              masks.inheritable, masks.ambient);
}

} // namespace isolab::launcher
