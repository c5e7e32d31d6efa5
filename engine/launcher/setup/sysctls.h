// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "engine/base/error.h"

namespace isolab::launcher {

/// Writes kernel parameters ("net.ipv4.ip_forward") of this process's namespaces.
///
/// They are written through a procfs of our own that is mounted nowhere, following no links and crossing into no other
/// mount, so nothing that covers /proc can catch or redirect a value (CVE-2025-52881). Not found names one that this
/// kernel does not have.
Result<void> write_sysctls(const std::map<std::string, std::string>& sysctls);

} // namespace isolab::launcher
