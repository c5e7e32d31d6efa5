// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "cli/container_commands.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct CreateOptions {
    std::string name;
    std::string driver = "bridge";
    std::vector<std::string> subnets;
    bool ipv6 = false;
    bool internal = false;
    unsigned mtu = 0;
};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : ",") + word;
    return text;
}

Result<NetworkRequest> request_of(const CreateOptions& options) {
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(options.name));
    if (choice.mode != NetworkMode::bridge || choice.name != options.name)
        return fail(ErrorKind::invalid_argument, "create network", options.name,
                    "--network " + options.name + " means something else already", "Choose another name");
    NetworkRequest request;
    request.name = options.name;
    request.ipv6 = options.ipv6;
    request.internal = options.internal;
    request.mtu = options.mtu;
    for (const std::string& text : options.subnets) {
        ISOLAB_ASSIGN(const Subnet subnet, Subnet::parse(text));
        auto& wanted = subnet.base.is_v4() ? request.subnet : request.subnet6;
        if (wanted)
            return fail(ErrorKind::invalid_argument, "create network", options.name,
                        "two subnets of one kind were given", "Give one of IPv4, one of IPv6, or none");
        wanted = subnet;
    }
    return request;
}

Result<void> create(const GlobalOptions& globals, const CreateOptions& options) {
    ISOLAB_ASSIGN(const NetworkRequest request, request_of(options));
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(Networks networks, open.containers.networks());
    ISOLAB_ASSIGN(const NetworkSpec made, networks.create(request));
    return write_result(made.name + "\n", {});
}

Result<void> list_networks(const GlobalOptions& globals, bool quiet) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const Networks networks, open.containers.networks());
    ISOLAB_ASSIGN(std::vector<NetworkSpec> all, networks.networks());
    std::ranges::sort(all, {}, &NetworkSpec::name);
    std::string text =
        quiet ? "" : fmt::format("{:<20} {:<18} {:<12} {:<8} {}\n", "NAME", "SUBNET", "BRIDGE", "INTERNAL", "USED BY");
    for (const NetworkSpec& network : all) {
        ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_network(network.name));
        text += quiet ? network.name + "\n"
                      : fmt::format("{:<20} {:<18} {:<12} {:<8} {}\n", network.name, network.subnet.text(),
                                    network.bridge, network.internal ? "yes" : "no", joined(users));
    }
    return write_result(text, {});
}

Json document_of(const NetworkSpec& network, const std::vector<Attachment>& attachments) {
    Json subnets = Json::array({{{"Subnet", network.subnet.text()}, {"Gateway", network.gateway().text()}}});
    if (network.subnet6)
        subnets.push_back({{"Subnet", network.subnet6->text()}, {"Gateway", network.gateway6()->text()}});
    Json containers = Json::object();
    for (const Attachment& attachment : attachments)
        for (const Endpoint& endpoint : attachment.endpoints)
            if (endpoint.network == network.name)
                containers[attachment.container] = {
                    {"Name", attachment.names.empty() ? "" : attachment.names.front()},
                    {"IPv4Address", endpoint.address.text()},
                    {"IPv6Address", endpoint.address6 ? endpoint.address6->text() : ""},
                };
    return {{"Name", network.name},
            {"Driver", "bridge"},
            {"EnableIPv6", network.subnet6.has_value()},
            {"Internal", network.internal},
            {"IPAM", {{"Config", std::move(subnets)}}},
            {"Containers", std::move(containers)},
            {"Options", {{"bridge", network.bridge}, {"mtu", network.mtu}}}};
}

Result<void> inspect_networks(const GlobalOptions& globals, const std::vector<std::string>& names) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const Networks networks, open.containers.networks());
    ISOLAB_ASSIGN(const std::vector<Attachment> attachments, networks.attachments());
    Json documents = Json::array();
    for (const std::string& name : names) {
        ISOLAB_ASSIGN(const NetworkSpec network, networks.find(name));
        documents.push_back(document_of(network, attachments));
    }
    return write_result(documents.dump(4) + "\n", {});
}

/// A container that does not run would not start again.
Result<void> check_unused(const OpenContainers& open, const std::string& name) {
    ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_network(name));
    if (!users.empty() && name != default_network) // that one comes back by itself
        return fail(ErrorKind::invalid_argument, "remove network", name, "container " + users.front() + " has it",
                    "Remove that container first");
    return {};
}

Result<void> remove(const GlobalOptions& globals, const std::vector<std::string>& names) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(Networks networks, open.containers.networks());
    return for_each_container(names, [&](const std::string& name) -> Result<void> {
        ISOLAB_TRY(check_unused(open, name));
        return networks.remove(name);
    });
}

Result<void> prune_networks(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(Networks networks, open.containers.networks());
    ISOLAB_ASSIGN(const std::vector<NetworkSpec> all, networks.networks());
    std::vector<std::string> unused;
    for (const NetworkSpec& network : all) {
        ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_network(network.name));
        if (users.empty())
            unused.push_back(network.name);
    }
    return for_each_container(unused, [&](const std::string& name) { return networks.remove(name); });
}

void add_create_verb(const VerbPlace& place) {
    auto options = std::make_shared<CreateOptions>();
    const CommandParser verb = place.group.add_subcommand("create", "Make a network");
    verb.add_option("name", options->name, "Its name, for --network").required().type_name("NAME");
    verb.add_option("-d,--driver", options->driver, "bridge is the only one").one_of({"bridge"}).type_name("NAME");
    verb.add_option("--subnet", options->subnets, "Its addresses, such as 10.9.0.0/24; default: free ones")
        .allow_extra_args(false)
        .type_name("CIDR");
    verb.add_flag("--ipv6", options->ipv6, "IPv6 too, with random local addresses unless --subnet names some");
    verb.add_flag("--internal", options->internal, "No way out of this host, no published ports");
    verb.add_option("--mtu", options->mtu, "Largest packet in bytes; default: as the host's way out")
        .range(1280U, 65535U)
        .type_name("BYTES");
    place.on_run(verb, [options, &globals = place.globals] { return create(globals, *options); });
}

} // namespace

void add_network_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("network", "Manage the networks that connect containers");
    group.require_subcommand(1);
    const VerbPlace place{group, globals, exit_code};
    add_create_verb(place);

    auto quiet = std::make_shared<bool>(false);
    const CommandParser lists = group.add_subcommand("ls", "List networks");
    lists.add_flag("-q,--quiet", *quiet, "Names only");
    place.on_run(lists, [quiet, &globals] { return list_networks(globals, *quiet); });

    auto names = std::make_shared<std::vector<std::string>>();
    const CommandParser inspects = group.add_subcommand("inspect", "Show all that is known of networks, as JSON");
    inspects.add_option("network", *names, "Names").required().type_name("NETWORK");
    place.on_run(inspects, [names, &globals] { return inspect_networks(globals, *names); });

    const CommandParser removes = group.add_subcommand("rm", "Remove networks that no container has");
    removes.add_option("network", *names, "Names").required().type_name("NETWORK");
    place.on_run(removes, [names, &globals] { return remove(globals, *names); });

    auto force = std::make_shared<bool>(false);
    const CommandParser prunes = group.add_subcommand("prune", "Remove all networks that no container has");
    prunes.add_flag("-f,--force", *force, "For scripts made for docker: nothing is asked anyway");
    place.on_run(prunes, [force, &globals] { return prune_networks(globals); });
}

} // namespace isolab
