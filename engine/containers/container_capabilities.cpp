// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_capabilities.h"

#include <algorithm>
#include <cctype>

#include "engine/security/capabilities.h"

namespace isolab {
namespace {

std::string upper_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char one) { return static_cast<char>(std::toupper(one)); });
    return text;
}

Result<std::vector<std::string>> full_names(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names) {
        std::string full = upper_case(name);
        if (full == "ALL") {
            const auto every = capability_names(bounding_capabilities());
            all.insert(all.end(), every.begin(), every.end());
            continue;
        }
        if (!full.starts_with("CAP_"))
            full.insert(0, "CAP_");
        if (!capability_number(full))
            return fail(ErrorKind::invalid_argument, "use capability", name, "there is none of that name",
                        "See capabilities(7)");
        all.push_back(std::move(full));
    }
    return all;
}

bool contains(const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
}

} // namespace

Result<CapabilitySets> choose_capabilities(const CapabilityWish& wish, bool root) {
    std::vector<std::string> names =
        wish.privileged ? capability_names(bounding_capabilities()) : default_capabilities();
    ISOLAB_ASSIGN(const auto added, full_names(wish.add));
    ISOLAB_ASSIGN(const auto dropped, full_names(wish.drop));
    const bool drops_all = std::ranges::any_of(wish.drop, [](const auto& one) { return upper_case(one) == "ALL"; });
    std::erase_if(names, [&](const std::string& one) { return contains(dropped, one); });
    for (const std::string& name : added)
        if ((drops_all || !contains(dropped, name)) && !contains(names, name))
            names.push_back(name);
    CapabilitySets sets;
    sets.bounding = names;
    if (root) {
        sets.effective = names;
        sets.permitted = std::move(names);
    }
    return sets;
}

} // namespace isolab
