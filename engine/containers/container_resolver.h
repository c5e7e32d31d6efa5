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

/// The names by which its neighbours find it: its own first, none twice.
std::vector<std::string> names_of(const ContainerSettings& settings);

/// The host's resolver settings, with name servers, search domains and options replaced by those of `settings` where it
/// has any; a search domain "." stands for none. Servers and addresses were checked by check_network_settings().
ResolvConf wanted_resolv_conf(const ContainerSettings& settings, const ResolvConf& host);

/// The lines that the user asked for; "host-gateway" stands for `gateway`. invalid_argument.
Result<std::vector<HostsEntry>> extra_hosts(const ContainerSettings& settings, const IpAddress& gateway);

/// Refuses what contradicts the kind of network or is not an address, at creation, when the user is there to read it.
/// invalid_argument.
Result<void> check_network_settings(const ContainerSettings& settings);

} // namespace isolab
