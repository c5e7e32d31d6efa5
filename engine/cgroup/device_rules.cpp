// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/device_rules.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

namespace isolab {
namespace {

struct AccessLetter {
    char letter;
    std::uint8_t bit;
};
constexpr std::array access_letters{AccessLetter{'r', device_read}, AccessLetter{'w', device_write},
                                    AccessLetter{'m', device_mknod}};

using Number = std::optional<std::uint32_t>;

bool covers(const Number& wide, const Number& narrow) { return !wide || wide == narrow; }
bool numbers_meet(const Number& one, const Number& other) { return !one || !other || one == other; }

bool same_devices(const DeviceRule& one, const DeviceRule& other) {
    return one.type == other.type && one.major == other.major && one.minor == other.minor;
}

/// Gives an exception, or adds to the one for the same devices.
void add_exception(std::vector<DeviceRule>& exceptions, const DeviceRule& rule) {
    const auto same = std::ranges::find_if(exceptions, [&](const auto& one) { return same_devices(one, rule); });
    if (same == exceptions.end())
        exceptions.push_back(rule);
    else
        same->access |= rule.access;
}

Result<void> take_back(std::vector<DeviceRule>& exceptions, const DeviceRule& rule) {
    for (DeviceRule& one : exceptions) {
        if (one.type != rule.type || (one.access & rule.access) == 0 || !numbers_meet(one.major, rule.major) ||
            !numbers_meet(one.minor, rule.minor))
            continue;
        if (!covers(rule.major, one.major) || !covers(rule.minor, one.minor))
            return fail(ErrorKind::unsupported, "apply device rule", v1_device_text(rule),
                        "it takes back a part of the wider rule \"" + v1_device_text(one) +
                            "\", which cgroup v1 cannot express",
                        "Give the wider rule for single devices");
        one.access = static_cast<std::uint8_t>(one.access & ~rule.access);
    }
    std::erase_if(exceptions, [](const DeviceRule& one) { return one.access == 0; });
    return {};
}

/// Takes one rule whose type is not 'a'.
Result<void> apply(DeviceAccessList& list, const DeviceRule& rule) {
    if (rule.allow == list.allows_by_default)
        return take_back(list.exceptions, rule);
    add_exception(list.exceptions, rule);
    return {};
}

DeviceRule allowed(char type, Number major, Number minor, std::uint8_t access = device_all_access) {
    return {true, type, major, minor, access};
}

} // namespace

bool is_everything(const DeviceRule& rule) {
    return rule.type == 'a' && !rule.major && !rule.minor && rule.access == device_all_access;
}

Result<std::uint8_t> parse_device_access(const std::string& text) {
    std::uint8_t access = 0;
    for (const char letter : text) {
        const auto* const known = std::ranges::find(access_letters, letter, &AccessLetter::letter);
        if (known == access_letters.end())
            return fail(ErrorKind::invalid_argument, "read device access", "\"" + text + "\"",
                        "it is not made of the letters r, w and m");
        access |= known->bit;
    }
    return access == 0 ? std::uint8_t{device_all_access} : access;
}

std::string device_access_text(std::uint8_t access) {
    std::string text;
    for (const AccessLetter& one : access_letters)
        if ((access & one.bit) != 0)
            text += one.letter;
    return text;
}

const std::vector<DeviceRule>& default_device_rules() {
    static const std::vector<DeviceRule> rules{
        allowed('c', {}, {}, device_mknod),
        allowed('b', {}, {}, device_mknod),
        allowed('c', 1, 3),    // null
        allowed('c', 1, 5),    // zero
        allowed('c', 1, 7),    // full
        allowed('c', 1, 8),    // random
        allowed('c', 1, 9),    // urandom
        allowed('c', 5, 0),    // tty
        allowed('c', 5, 1),    // console
        allowed('c', 5, 2),    // ptmx
        allowed('c', 136, {}), // pts
    };
    return rules;
}

Result<DeviceAccessList> normalise_device_rules(const std::vector<DeviceRule>& rules) {
    DeviceAccessList list;
    for (DeviceRule rule : rules) {
        if (is_everything(rule)) {
            list = {rule.allow, {}};
            continue;
        }
        if (rule.type != 'a') {
            ISOLAB_TRY(apply(list, rule));
            continue;
        }
        for (const char type : {'c', 'b'}) {
            rule.type = type;
            ISOLAB_TRY(apply(list, rule));
        }
    }
    return list;
}

bool device_is_allowed(const std::vector<DeviceRule>& rules, char type, std::uint32_t major, std::uint32_t minor,
                       std::uint8_t access) {
    std::uint8_t asked = access;
    for (auto rule = rules.rbegin(); rule != rules.rend() && asked != 0; ++rule) {
        const bool matches =
            (rule->type == 'a' || rule->type == type) && covers(rule->major, major) && covers(rule->minor, minor);
        if (!matches || (rule->access & asked) == 0)
            continue;
        if (!rule->allow)
            return false;
        asked = static_cast<std::uint8_t>(asked & ~rule->access);
    }
    return asked == 0;
}

std::string v1_device_text(const DeviceRule& rule) {
    const auto number = [](const Number& value) { return value ? std::to_string(*value) : std::string("*"); };
    return std::string(1, rule.type) + " " + number(rule.major) + ":" + number(rule.minor) + " " +
           device_access_text(rule.access);
}

DeviceAccessList parse_v1_device_list(std::string_view text) {
    DeviceAccessList list;
    std::istringstream lines{std::string(text)};
    for (std::string type, numbers, access; lines >> type >> numbers >> access;) {
        const auto colon = numbers.find(':');
        if (type == "a" || type.size() != 1 || colon == std::string::npos) {
            list.allows_by_default = type == "a";
            continue;
        }
        const auto number = [](const std::string& digits) {
            return digits == "*" ? Number{}
                                 : Number(static_cast<std::uint32_t>(std::strtoul(digits.c_str(), nullptr, 10)));
        };
        list.exceptions.push_back(allowed(type.front(), number(numbers.substr(0, colon)),
                                          number(numbers.substr(colon + 1)),
                                          parse_device_access(access).value_or(std::uint8_t{0})));
    }
    return list;
}

std::vector<DeviceListChange> plan_device_list(const std::optional<DeviceAccessList>& now,
                                               const DeviceAccessList& wanted) {
    std::vector<DeviceListChange> changes;
    const auto access_in = [](const std::vector<DeviceRule>& rules, const DeviceRule& rule) {
        const auto same = std::ranges::find_if(rules, [&](const auto& one) { return same_devices(one, rule); });
        return same == rules.end() ? 0U : unsigned{same->access};
    };
    const auto add = [&](bool allow, DeviceRule rule, unsigned access) {
        rule.access = static_cast<std::uint8_t>(access);
        if (access != 0)
            changes.push_back({allow, v1_device_text(rule)});
    };
    const bool comparable = now && !now->allows_by_default && !wanted.allows_by_default;
    if (!comparable)
        changes.push_back({wanted.allows_by_default, "a"});
    for (const DeviceRule& rule : wanted.exceptions)
        add(!wanted.allows_by_default, rule,
            comparable ? rule.access & ~access_in(now->exceptions, rule) : rule.access);
    if (comparable)
        for (const DeviceRule& rule : now->exceptions)
            add(false, rule, rule.access & ~access_in(wanted.exceptions, rule));
    return changes;
}

} // namespace isolab
