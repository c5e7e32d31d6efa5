// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/network_values.h"

namespace isolab {

/// Chooses the host's port for each request and makes sure, by binding it for a moment, that no program of this host
/// uses it and, by looking at `others`, that no container has it. already_exists names the port and who holds it.
Result<std::vector<PortForward>> choose_host_ports(const std::vector<PortRequest>& requests,
                                                   const std::vector<Attachment>& others);

/// The programs that listen on a port of this host, as "nginx (process 123)"; empty when nobody does, or when the
/// owner's descriptors may not be read.
std::string find_port_holder(Transport transport, std::uint16_t port);

} // namespace isolab
