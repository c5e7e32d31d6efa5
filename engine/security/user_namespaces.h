// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether an ordinary user may make user namespaces: switches of the kernel and of distributions.
#pragma once

#include <optional>
#include <string>

#include "engine/base/error.h"

namespace isolab {

/// Texts of the files below /proc/sys; empty: there is no such switch.
struct UserNamespaceSwitches {
    std::string largest_count;    ///< user/max_user_namespaces
    std::string debian_allows;    ///< kernel/unprivileged_userns_clone
    std::string apparmor_forbids; ///< kernel/apparmor_restrict_unprivileged_userns, of Ubuntu since 23.10

    static UserNamespaceSwitches read();
};

struct UserNamespaceObstacle {
    std::string cause;
    std::string remedy;
};

/// What keeps ordinary users from it; empty: none of these. AppArmor's one lets programs with a profile of their own
/// through, and to the others gives user namespaces in which they have no capabilities. Pure.
std::optional<UserNamespaceObstacle> find_user_namespace_obstacle(const UserNamespaceSwitches& switches);

/// An error of making or using a new user namespace, with the obstacle as the cause and its remedy if there is one and
/// the kernel refused something. Pure.
Error explain_user_namespace_error(Error error, const UserNamespaceSwitches& switches);

} // namespace isolab
