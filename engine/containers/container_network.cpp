// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_network.h"

#include <algorithm>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/containers/container_resolver.h"
#include "engine/network/dns_server.h"

namespace isolab {
namespace {

constexpr const char* public_server = "1.1.1.1"; // when the host knows none

ResolvConf resolv_conf_of(const ContainerSettings& settings) {
    return wanted_resolv_conf(settings, parse_resolv_conf(read_file("/etc/resolv.conf").value_or("")));
}

/// With the host's network: its own lines, and those that were asked for.
Result<std::string> hosts_beside_own(const ContainerSettings& settings) {
    ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, *IpAddress::parse("127.0.0.1")));
    return read_file("/etc/hosts").value_or("") + render_hosts_lines(extra);
}

IpAddress gateway_of(const std::vector<NetworkSpec>& networks, const Attachment& attachment) {
    for (const NetworkSpec& network : networks)
        if (!attachment.endpoints.empty() && network.name == attachment.endpoints.front().network)
            return network.gateway();
    return {};
}

/// Whether there is a way out of the host for what the container asks.
bool is_closed(const std::vector<NetworkSpec>& networks, const Attachment& attachment) {
    return std::ranges::none_of(attachment.endpoints, [&](const Endpoint& endpoint) {
        const auto network = std::ranges::find(networks, endpoint.network, &NetworkSpec::name);
        return network != networks.end() && !network->internal;
    });
}

} // namespace

/// Its resolver asks the server at its loopback, and that one the servers it would have asked.
void ContainerNetwork::grant_names(NetworkGrant& grant, const ContainerSettings& settings, bool closed) const {
    ResolvConf conf = resolv_conf_of(settings);
    if (conf.servers.empty()) {
        conf.servers = {*IpAddress::parse(public_server)};
        if (!closed)
            grant.warnings.push_back(std::string("this host's /etc/resolv.conf names no server that a container can "
                                                 "reach: its names are looked up by the public one at ") +
                                     public_server + "; choose another with --dns");
    }
    NameService service{grant.attachment->netns.string(), (folder() / "attachments").string(), {}};
    for (const IpAddress& server : conf.servers)
        if (!closed)
            service.servers.push_back(server.text());
    grant.names = std::move(service);
    conf.servers = {*IpAddress::parse(dns_address)};
    grant.resolv = render_resolv_conf(conf);
}

bool ContainerNetwork::has_state() const {
    std::error_code failed;
    return std::filesystem::exists(folder() / "attachments", failed);
}

Result<Networks> ContainerNetwork::open() const {
    NetworkOptions options;
    options.state = folder();
    options.instance = network_instance_name(root_);
    return Networks::open(std::move(options));
}

Result<NetworkGrant> ContainerNetwork::grant(const ContainerSettings& settings) const {
    NetworkGrant grant;
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(settings.network));
    if (choice.mode == NetworkMode::host) {
        grant.host = true;
        grant.resolv = render_resolv_conf(resolv_conf_of(settings));
        ISOLAB_ASSIGN(grant.hosts, hosts_beside_own(settings));
        return grant;
    }
    if (choice.mode == NetworkMode::container)
        return grant; // see shared_namespaces.h
    if (choice.mode == NetworkMode::none) {
        ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, {}));
        grant.hosts = render_hosts_file(hostname_of(settings), nullptr, extra);
        return grant;
    }
    if (::geteuid() != 0)
        return grant_rootless(settings, choice);
    ISOLAB_ASSIGN(Networks networks, open());
    AttachRequest request;
    request.container = settings.id;
    request.networks = {choice.name.empty() ? default_network : choice.name};
    request.ports = settings.ports;
    request.names = names_of(settings);
    request.address = IpAddress::parse(settings.address);
    request.name_server = true;
    ISOLAB_TRY(networks.detach(settings.id)); // of a run whose end nobody saw
    ISOLAB_ASSIGN(grant.attachment, networks.attach(request));
    const auto finish = [&]() -> Result<void> {
        ISOLAB_ASSIGN(const std::vector<NetworkSpec> all, networks.networks());
        ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, gateway_of(all, *grant.attachment)));
        grant_names(grant, settings, is_closed(all, *grant.attachment));
        grant.hosts = render_hosts_file(hostname_of(settings), &*grant.attachment, extra);
        ISOLAB_ASSIGN(const auto obstacles, networks.obstacles());
        grant.warnings.insert(grant.warnings.end(), obstacles.begin(), obstacles.end());
        return {};
    };
    if (auto finished = finish(); !finished) {
        [[maybe_unused]] const auto detached = networks.detach(settings.id);
        return fail(finished.error());
    }
    grant.joined.push_back({"network", grant.attachment->netns.string()});
    return grant;
}

Result<NetworkGrant> ContainerNetwork::grant_rootless(const ContainerSettings& settings,
                                                      const NetworkChoice& choice) const {
    if (!choice.name.empty() && choice.name != default_network)
        return fail(ErrorKind::permission_denied, "use network", choice.name, "only root can connect containers",
                    "Use --network bridge: without root each container has a network of its own");
    for (const std::string& host : settings.extra_hosts)
        if (host.ends_with(":host-gateway"))
            return fail(ErrorKind::unsupported, "add host", host, "without root a container cannot reach this host so",
                        "Name an address, or use --network host");
    if (!settings.address.empty())
        return fail(ErrorKind::unsupported, "use --ip", settings.address, "without root addresses cannot be chosen",
                    "Leave --ip out");
    NetworkGrant grant;
    if (!settings.network_aliases.empty())
        grant.warnings.emplace_back("no other container finds it by its --network-alias: only root can connect them");
    ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, {}));
    ISOLAB_ASSIGN(RootlessGrant granted, rootless().attach(settings.id, settings.ports, names_of(settings),
                                                           resolv_conf_of(settings), !settings.dns_servers.empty()));
    grant.hosts = render_hosts_file(hostname_of(settings), &granted.attachment, extra);
    grant.resolv = std::move(granted.resolv);
    grant.attachment = std::move(granted.attachment);
    grant.late = true;
    return grant;
}

Result<void> ContainerNetwork::rename(const ContainerSettings& settings) const {
    if (::geteuid() != 0 || !find(settings.id))
        return {};
    ISOLAB_ASSIGN(Networks networks, open());
    return networks.rename(settings.id, names_of(settings));
}

Result<void> ContainerNetwork::revoke(const std::string& id) const {
    ISOLAB_TRY(rootless().detach(id));
    if (!find(id))
        return {};
    ISOLAB_ASSIGN(Networks networks, open());
    return networks.detach(id);
}

Result<void> ContainerNetwork::tidy_up() const {
    if (!has_state() || ::geteuid() != 0)
        return {};
    ISOLAB_ASSIGN(Networks networks, open());
    ISOLAB_ASSIGN(const std::vector<Attachment> attachments, networks.attachments());
    return attachments.empty() ? networks.remove_all() : networks.rebuild();
}

std::optional<Attachment> ContainerNetwork::find(const std::string& id) const {
    if (auto attachment = rootless().find(id))
        return attachment;
    if (!has_state())
        return std::nullopt;
    const auto file = folder() / "attachments" / (id + ".json");
    const auto document = read_json_file(file);
    auto attachment = document ? attachment_from_json(*document, file.string()) : Result<Attachment>{};
    return document && attachment ? std::optional(std::move(*attachment)) : std::nullopt;
}

} // namespace isolab
