// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/seccomp_profile.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include <sys/utsname.h>

#include "engine/base/json.h"

namespace isolab {
namespace {

struct Architecture {
    std::string_view machine; ///< uname -m
    std::string_view go;
    std::string_view seccomp;
};
constexpr std::array architectures{
    Architecture{"x86_64", "amd64", "SCMP_ARCH_X86_64"},     Architecture{"i686", "x86", "SCMP_ARCH_X86"},
    Architecture{"aarch64", "arm64", "SCMP_ARCH_AARCH64"},   Architecture{"armv7l", "arm", "SCMP_ARCH_ARM"},
    Architecture{"ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE"}, Architecture{"riscv64", "riscv64", "SCMP_ARCH_RISCV64"},
    Architecture{"s390x", "s390x", "SCMP_ARCH_S390X"},
};

tl::unexpected<Error> bad(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::corrupt, "read seccomp filter of", subject, cause);
}

/// The list behind a key; null and a missing key are an empty list.
const Json& list_of(const Json& object, const char* key) {
    static const Json empty = Json::array();
    const auto field = object.find(key);
    return field == object.end() || field->is_null() ? empty : *field;
}

Result<SeccompArgument> parse_argument(const Json& document, const std::string& subject) {
    SeccompArgument argument;
    ISOLAB_ASSIGN(argument.op, json_string(document, "op", subject));
    ISOLAB_ASSIGN(const auto index, json_optional_unsigned(document, "index", subject));
    ISOLAB_ASSIGN(const auto value, json_optional_unsigned(document, "value", subject));
    ISOLAB_ASSIGN(const auto value_two, json_optional_unsigned(document, "valueTwo", subject));
    if (!index || *index > 5)
        return bad(subject, "an argument index is missing or above 5");
    argument.index = static_cast<unsigned>(*index);
    argument.value = value.value_or(0);
    argument.value_two = value_two.value_or(0);
    return argument;
}

Result<SeccompRule> parse_rule(const Json& document, const std::string& subject) {
    SeccompRule rule;
    ISOLAB_ASSIGN(rule.names, json_strings(document, "names", subject));
    ISOLAB_ASSIGN(rule.action, json_string(document, "action", subject));
    ISOLAB_ASSIGN(const auto errno_value, json_optional_unsigned(document, "errnoRet", subject));
    if (rule.names.empty())
        return bad(subject, "a rule names no system call");
    if (errno_value)
        rule.errno_value = static_cast<unsigned>(*errno_value);
    for (const Json& argument : list_of(document, "args")) {
        ISOLAB_ASSIGN(SeccompArgument parsed, parse_argument(argument, subject));
        rule.args.push_back(std::move(parsed));
    }
    return rule;
}

Result<SeccompFilter> parse_defaults(const Json& document, const std::string& subject) {
    SeccompFilter filter;
    ISOLAB_ASSIGN(filter.default_action, json_string(document, "defaultAction", subject));
    ISOLAB_ASSIGN(const auto errno_value, json_optional_unsigned(document, "defaultErrnoRet", subject));
    if (errno_value)
        filter.default_errno = static_cast<unsigned>(*errno_value);
    return filter;
}

Result<void> check_notifications(const SeccompFilter& filter, const std::string& subject) {
    const auto refuse = [&subject](const char* cause) {
        return fail(ErrorKind::unsupported, "use seccomp filter of", subject, cause,
                    "Give SCMP_ACT_NOTIFY to the system calls that the agent is to answer");
    };
    if (filter.default_action == seccomp_notify)
        return refuse("SCMP_ACT_NOTIFY cannot be its default action");
    for (const SeccompRule& rule : filter.rules)
        if (rule.action == seccomp_notify && std::ranges::find(rule.names, "write") != rule.names.end())
            return refuse("SCMP_ACT_NOTIFY cannot be the action for write, which the runtime itself needs");
    return {};
}

/// "4.8" at most the kernel that is running.
bool kernel_is_at_least(const std::string& wanted, const SeccompConditions& conditions) {
    unsigned major = 0;
    unsigned minor = 0;
    if (std::sscanf(wanted.c_str(), "%u.%u", &major, &minor) < 1) // NOLINT(cert-err34-c): numbers only
        return false;
    return std::pair(conditions.kernel_major, conditions.kernel_minor) >= std::pair(major, minor);
}

bool any_of_them(const std::vector<std::string>& wanted, const std::vector<std::string>& present) {
    return std::ranges::any_of(wanted, [&](auto& one) { return std::ranges::find(present, one) != present.end(); });
}

Result<bool> rule_applies(const Json& rule, const SeccompConditions& conditions, const std::string& subject) {
    const std::vector<std::string> own_architecture{conditions.architecture};
    if (const Json& includes = list_of(rule, "includes"); includes.is_object()) {
        ISOLAB_ASSIGN(const auto capabilities, json_strings(includes, "caps", subject));
        ISOLAB_ASSIGN(const auto arches, json_strings(includes, "arches", subject));
        ISOLAB_ASSIGN(const auto kernel, json_optional_string(includes, "minKernel", subject));
        const bool all =
            std::ranges::all_of(capabilities, [&](auto& one) { return any_of_them({one}, conditions.capabilities); });
        if (!all || (!arches.empty() && !any_of_them(arches, own_architecture)) ||
            (kernel && !kernel_is_at_least(*kernel, conditions)))
            return false;
    }
    if (const Json& excludes = list_of(rule, "excludes"); excludes.is_object()) {
        ISOLAB_ASSIGN(const auto capabilities, json_strings(excludes, "caps", subject));
        ISOLAB_ASSIGN(const auto arches, json_strings(excludes, "arches", subject));
        ISOLAB_ASSIGN(const auto kernel, json_optional_string(excludes, "minKernel", subject));
        if (any_of_them(capabilities, conditions.capabilities) || any_of_them(arches, own_architecture) ||
            (kernel && kernel_is_at_least(*kernel, conditions)))
            return false;
    }
    return true;
}

Result<std::vector<std::string>> filter_architectures(const Json& profile, const SeccompConditions& conditions,
                                                      const std::string& subject) {
    std::vector<std::string> result;
    for (const Architecture& known : architectures)
        if (known.go == conditions.architecture)
            result.emplace_back(known.seccomp);
    for (const Json& entry : list_of(profile, "archMap")) {
        ISOLAB_ASSIGN(const std::string architecture, json_string(entry, "architecture", subject));
        if (result.empty() || architecture != result.front())
            continue;
        ISOLAB_ASSIGN(const auto others, json_strings(entry, "subArchitectures", subject));
        result.insert(result.end(), others.begin(), others.end());
        break;
    }
    return result;
}

void append_rule(std::vector<SeccompRule>& rules, SeccompRule rule) {
    if (!rules.empty() && rules.back().action == rule.action && rules.back().errno_value == rule.errno_value &&
        rules.back().args.empty() && rule.args.empty())
        rules.back().names.insert(rules.back().names.end(), rule.names.begin(), rule.names.end());
    else
        rules.push_back(std::move(rule));
}

} // namespace

Result<SeccompFilter> parse_seccomp(const Json& document, const std::string& subject) {
    ISOLAB_ASSIGN(SeccompFilter filter, parse_defaults(document, subject));
    ISOLAB_ASSIGN(filter.architectures, json_strings(document, "architectures", subject));
    ISOLAB_ASSIGN(filter.flags, json_strings(document, "flags", subject));
    for (const Json& rule : list_of(document, "syscalls")) {
        ISOLAB_ASSIGN(SeccompRule parsed, parse_rule(rule, subject));
        filter.rules.push_back(std::move(parsed));
    }
    ISOLAB_TRY(check_notifications(filter, subject));
    return filter;
}

Result<SeccompListener> parse_seccomp_listener(const Json& document, const std::string& subject) {
    ISOLAB_ASSIGN(const auto path, json_optional_string(document, "listenerPath", subject));
    ISOLAB_ASSIGN(const auto metadata, json_optional_string(document, "listenerMetadata", subject));
    if (path.value_or("").empty())
        return bad(subject, "a rule has the action SCMP_ACT_NOTIFY, and listenerPath does not say whom to notify");
    return SeccompListener{*path, metadata.value_or("")};
}

bool SeccompFilter::notifies() const {
    return std::ranges::any_of(rules, [](const SeccompRule& rule) { return rule.action == seccomp_notify; });
}

Json seccomp_to_json(const SeccompFilter& filter) {
    Json document;
    document["defaultAction"] = filter.default_action;
    if (filter.default_errno)
        document["defaultErrnoRet"] = *filter.default_errno;
    if (!filter.architectures.empty())
        document["architectures"] = filter.architectures;
    if (!filter.flags.empty())
        document["flags"] = filter.flags;
    document["syscalls"] = Json::array();
    for (const SeccompRule& rule : filter.rules) {
        Json entry{{"names", rule.names}, {"action", rule.action}};
        if (rule.errno_value)
            entry["errnoRet"] = *rule.errno_value;
        for (const SeccompArgument& argument : rule.args)
            entry["args"].push_back({{"index", argument.index},
                                     {"value", argument.value},
                                     {"valueTwo", argument.value_two},
                                     {"op", argument.op}});
        document["syscalls"].push_back(std::move(entry));
    }
    return document;
}

SeccompConditions seccomp_conditions(std::vector<std::string> capabilities) {
    SeccompConditions conditions{std::move(capabilities), {}, 0, 0};
    utsname machine{};
    ::uname(&machine);
    for (const Architecture& known : architectures)
        if (known.machine == machine.machine)
            conditions.architecture = known.go;
    // NOLINTNEXTLINE(cert-err34-c): a release that does not begin with numbers leaves 0.0, the oldest kernel
    std::sscanf(machine.release, "%u.%u", &conditions.kernel_major, &conditions.kernel_minor);
    return conditions;
}

Result<SeccompFilter> resolve_seccomp_profile(const Json& profile, const SeccompConditions& conditions,
                                              const std::string& subject) {
    ISOLAB_ASSIGN(SeccompFilter filter, parse_defaults(profile, subject));
    ISOLAB_ASSIGN(filter.architectures, filter_architectures(profile, conditions, subject));
    for (const Json& rule : list_of(profile, "syscalls")) {
        ISOLAB_ASSIGN(const bool applies, rule_applies(rule, conditions, subject));
        if (!applies)
            continue;
        ISOLAB_ASSIGN(SeccompRule parsed, parse_rule(rule, subject));
        append_rule(filter.rules, std::move(parsed));
    }
    return filter;
}

} // namespace isolab
