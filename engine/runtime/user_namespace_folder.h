// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab {

/// Below a data folder: the sockets of the processes that keep user namespaces for it. They end when it is removed.
inline constexpr const char* user_namespace_folder = "user-namespaces";

} // namespace isolab
