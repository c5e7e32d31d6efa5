// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/user_namespaces.h"

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

bool first_line_is(const std::string& text, std::string_view value) {
    return std::string_view(text).substr(0, text.find('\n')) == value;
}

} // namespace

UserNamespaceSwitches UserNamespaceSwitches::read() {
    const auto text = [](const char* name) { return read_file(std::string("/proc/sys/") + name).value_or(""); };
    return {text("user/max_user_namespaces"), text("kernel/unprivileged_userns_clone"),
            text("kernel/apparmor_restrict_unprivileged_userns")};
}

std::optional<UserNamespaceObstacle> find_user_namespace_obstacle(const UserNamespaceSwitches& switches) {
    if (first_line_is(switches.largest_count, "0"))
        return UserNamespaceObstacle{"user.max_user_namespaces is 0",
                                     "Run as root, or allow them: sudo sysctl -w user.max_user_namespaces=15000"};
    if (first_line_is(switches.debian_allows, "0"))
        return UserNamespaceObstacle{"kernel.unprivileged_userns_clone is 0",
                                     "Run as root, or allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1"};
    if (first_line_is(switches.apparmor_forbids, "1"))
        return UserNamespaceObstacle{
            "AppArmor restricts user namespaces of ordinary users (kernel.apparmor_restrict_unprivileged_userns is 1)",
            "Run as root, or allow them: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or give "
            "isolab-runtime an AppArmor profile with flags=(unconfined) and the rule \"userns,\""};
    return std::nullopt;
}

Error explain_user_namespace_error(Error error, const UserNamespaceSwitches& switches) {
    // A count that is used up has the number of a full disk (user_namespaces(7), ENOSPC).
    const bool refused = error.kind == ErrorKind::permission_denied ||
                         (error.kind == ErrorKind::no_space && first_line_is(switches.largest_count, "0"));
    const auto obstacle = find_user_namespace_obstacle(switches);
    if (!refused || !obstacle)
        return error;
    error.cause += (error.cause.empty() ? "" : "; ") + obstacle->cause;
    error.remedy = obstacle->remedy;
    return error;
}

} // namespace isolab
