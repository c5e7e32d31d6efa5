// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_network.h"

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/network/hosts_file.h"

namespace isolab {
namespace {

constexpr const char* public_server = "1.1.1.1"; // when the host's own servers cannot be reached from a container

std::string hostname_of(const ContainerSettings& settings) {
    return settings.hostname.empty() ? settings.short_id() : settings.hostname;
}

Result<std::vector<HostsEntry>> extra_hosts(const ContainerSettings& settings, const IpAddress& gateway) {
    std::vector<HostsEntry> entries;
    for (const std::string& text : settings.extra_hosts) {
        ISOLAB_ASSIGN(HostsEntry entry, parse_extra_host(text, gateway));
        entries.push_back(std::move(entry));
    }
    return entries;
}

/// Other containers of the same networks, under their names.
void add_neighbours(std::vector<HostsEntry>& entries, const Attachment& own, const std::vector<Attachment>& all) {
    for (const Attachment& other : all)
        for (const Endpoint& there : other.endpoints)
            for (const Endpoint& here : own.endpoints)
                if (other.container != own.container && there.network == here.network)
                    entries.push_back({there.address, other.names});
}

IpAddress gateway_of(const std::vector<NetworkSpec>& networks, const Attachment& attachment) {
    for (const NetworkSpec& network : networks)
        if (!attachment.endpoints.empty() && network.name == attachment.endpoints.front().network)
            return network.gateway();
    return {};
}

} // namespace

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

Result<NetworkGrant> ContainerNetwork::grant(const ContainerSettings& settings, const FindProcess& find) const {
    NetworkGrant grant;
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(settings.network));
    if (choice.mode == NetworkMode::host) {
        grant.host = true;
        return grant;
    }
    if (choice.mode == NetworkMode::container) {
        ISOLAB_ASSIGN(const pid_t pid, find(choice.name));
        grant.joined.push_back({"network", "/proc/" + std::to_string(pid) + "/ns/net"});
        return grant;
    }
    if (choice.mode == NetworkMode::none) {
        ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, {}));
        grant.hosts = render_hosts_file(hostname_of(settings), nullptr, extra);
        return grant;
    }
    if (::geteuid() != 0)
        return grant_rootless(settings, choice);
    ISOLAB_ASSIGN(Networks networks, open());
    ISOLAB_TRY(networks.rebuild()); // others may have flushed our table
    AttachRequest request;
    request.container = settings.id;
    request.networks = {choice.name.empty() ? default_network : choice.name};
    request.ports = settings.ports;
    request.names = {settings.name, settings.short_id()};
    ISOLAB_TRY(networks.detach(settings.id)); // of a run whose end nobody saw
    ISOLAB_ASSIGN(grant.attachment, networks.attach(request));
    const auto finish = [&]() -> Result<void> {
        ISOLAB_ASSIGN(const std::vector<NetworkSpec> all, networks.networks());
        ISOLAB_ASSIGN(const std::vector<Attachment> others, networks.attachments());
        ISOLAB_ASSIGN(std::vector<HostsEntry> extra, extra_hosts(settings, gateway_of(all, *grant.attachment)));
        add_neighbours(extra, *grant.attachment, others);
        grant.hosts = render_hosts_file(hostname_of(settings), &*grant.attachment, extra);
        ISOLAB_ASSIGN(const auto obstacles, networks.obstacles());
        grant.warnings = obstacles;
        return {};
    };
    if (auto finished = finish(); !finished) {
        [[maybe_unused]] const auto detached = networks.detach(settings.id);
        return fail(finished.error());
    }
    const auto host = parse_resolv_conf(read_file("/etc/resolv.conf").value_or(""));
    grant.resolv = render_resolv_conf(reachable_resolv_conf(host, {*IpAddress::parse(public_server)}));
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
    NetworkGrant grant;
    ISOLAB_ASSIGN(const std::vector<HostsEntry> extra, extra_hosts(settings, {}));
    ISOLAB_ASSIGN(RootlessGrant granted,
                  rootless().attach(settings.id, settings.ports, {settings.name, settings.short_id()}));
    grant.hosts = render_hosts_file(hostname_of(settings), &granted.attachment, extra);
    grant.resolv = std::move(granted.resolv);
    grant.attachment = std::move(granted.attachment);
    grant.late = true;
    return grant;
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
