// SPDX-License-Identifier: GPL-3.0-or-later
//
// How a container looks names up: its own names, its /etc/resolv.conf, lines of its /etc/hosts. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/containers/container_settings.h"
#include "engine/network/hosts_file.h"

namespace isolab {

std::string hostname_of(const ContainerSettings& settings);

/// By which its neighbours find it, its own name first, each once.
std::vector<std::string> names_of(const ContainerSettings& settings);

/// What the settings say of name servers, search domains and options, in the place of what the host's file says; a
/// search domain "." stands for none. Servers and addresses were checked by check_network_settings().
ResolvConf wanted_resolv_conf(const ContainerSettings& settings, const ResolvConf& host);

/// The lines that were asked for; "host-gateway" is `gateway`. invalid_argument.
Result<std::vector<HostsEntry>> extra_hosts(const ContainerSettings& settings, const IpAddress& gateway);

/// Refuses what contradicts the kind of network, or is no address, while the user still looks. invalid_argument.
Result<void> check_network_settings(const ContainerSettings& settings);

} // namespace isolab
