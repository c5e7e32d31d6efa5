// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_resolver.h"

#include <algorithm>

#include "engine/network/network.h"

namespace isolab {
namespace {

constexpr const char* no_search = "."; // as docker writes it

/// An option that needs a network of some kind.
struct Demand {
    const char* option;
    bool given;
    bool fits;
};

Result<void> check_alias(const std::string& alias) {
    const bool blank = alias.empty() || alias.find_first_of(" \t\n#") != std::string::npos;
    return blank ? Result<void>(fail(ErrorKind::invalid_argument, "use --network-alias", alias, "it is no host name"))
                 : Result<void>{};
}

} // namespace

std::string hostname_of(const ContainerSettings& settings) {
    return settings.hostname.empty() ? settings.short_id() : settings.hostname;
}

std::vector<std::string> names_of(const ContainerSettings& settings) {
    std::vector<std::string> names;
    const auto add = [&names](const std::string& name) {
        if (std::ranges::find(names, name) == names.end())
            names.push_back(name);
    };
    for (const std::string& name : {settings.name, settings.short_id(), hostname_of(settings)})
        add(name);
    std::ranges::for_each(settings.network_aliases, add);
    return names;
}

ResolvConf wanted_resolv_conf(const ContainerSettings& settings, const ResolvConf& host) {
    ResolvConf conf = host;
    if (!settings.dns_servers.empty())
        conf.servers.clear();
    for (const std::string& text : settings.dns_servers)
        if (const auto server = IpAddress::parse(text))
            conf.servers.push_back(*server);
    if (!settings.dns_search.empty())
        conf.search = settings.dns_search;
    std::erase(conf.search, no_search);
    if (!settings.dns_options.empty())
        conf.options = settings.dns_options;
    return conf;
}

Result<std::vector<HostsEntry>> extra_hosts(const ContainerSettings& settings, const IpAddress& gateway) {
    std::vector<HostsEntry> entries;
    for (const std::string& text : settings.extra_hosts) {
        ISOLAB_ASSIGN(HostsEntry entry, parse_extra_host(text, gateway));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<void> check_network_settings(const ContainerSettings& settings) {
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(settings.network));
    const bool bridge = choice.mode == NetworkMode::bridge;
    const bool shared = choice.mode == NetworkMode::container;
    const bool own_resolver =
        !settings.dns_servers.empty() || !settings.dns_search.empty() || !settings.dns_options.empty();
    for (const Demand& one :
         {Demand{"--publish", !settings.ports.empty(), bridge}, Demand{"--ip", !settings.address.empty(), bridge},
          Demand{"--network-alias", !settings.network_aliases.empty(), bridge}, Demand{"--dns", own_resolver, !shared},
          Demand{"--add-host", !settings.extra_hosts.empty(), !shared}})
        if (one.given && !one.fits)
            return fail(ErrorKind::invalid_argument, std::string("use ") + one.option, {},
                        "a container with --network " + settings.network + " has no network of its own",
                        "Use a bridge network");
    for (const std::string& server : settings.dns_servers)
        if (!IpAddress::parse(server))
            return fail(ErrorKind::invalid_argument, "use name server", server, "it is no address",
                        "Write it as 192.0.2.53");
    if (const auto address = IpAddress::parse(settings.address);
        !settings.address.empty() && (!address || !address->is_v4()))
        return fail(ErrorKind::invalid_argument, "use --ip", settings.address, "it is no IPv4 address",
                    "Write it as 10.201.0.9");
    ISOLAB_TRY(extra_hosts(settings, {}));
    for (const std::string& alias : settings.network_aliases)
        ISOLAB_TRY(check_alias(alias));
    return {};
}

} // namespace isolab
