// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>
#include <linux/netlink.h>
#include <sys/random.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/network/firewall.h"
#include "engine/network/host_setup.h"
#include "engine/network/links.h"
#include "engine/network/port_check.h"

namespace isolab {
namespace {

/// What a bridge says about itself, so that only its maker touches it.
std::string owner_of(const NetworkState& state) { return "isolab " + state.folder().string(); }

Result<NetlinkSocket> open_route() { return NetlinkSocket::open(NETLINK_ROUTE); }

tl::unexpected<Error> no_such_network(const std::string& name) {
    return fail(ErrorKind::not_found, "find network", name, "there is no network of that name",
                "Make it first: isolab network create " + name);
}

/// fd00::/8 and 56 random bits (RFC 4193, 3.2.2, in its spirit).
Result<Subnet> random_subnet6() {
    std::array<std::uint8_t, 16> bytes{0xfd};
    if (::getrandom(bytes.data() + 1, 7, 0) != 7)
        return fail_errno(errno, "choose", "IPv6 subnet");
    return Subnet{IpAddress::from_bytes(AF_INET6, bytes.data()), 64};
}

std::string boot_id() { return read_file("/proc/sys/kernel/random/boot_id").value_or(""); }

/// The first "INSTANCE<number>" that is neither a link nor another network's.
Result<std::string> free_bridge_name(NetlinkSocket& route, const std::string& instance,
                                     const std::vector<NetworkSpec>& networks) {
    ISOLAB_ASSIGN(const auto links, list_links(route));
    for (int number = 0; number < 1000; ++number) {
        const std::string name = instance + std::to_string(number);
        if (std::ranges::none_of(links, [&](const Link& link) { return link.name == name; }) &&
            std::ranges::none_of(networks, [&](const NetworkSpec& network) { return network.bridge == name; }))
            return name;
    }
    return fail(ErrorKind::no_space, "name bridge", instance, "1000 of them exist");
}

/// Blocks whose addresses mean something else to every host (RFC 6890).
bool has_special_meaning(const Subnet& subnet) {
    constexpr std::array special{"0.0.0.0/8",   "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4",
                                 "240.0.0.0/4", "::/8",        "fe80::/10",      "ff00::/8"};
    return std::ranges::any_of(special, [&](const char* text) { return subnet.overlaps(*Subnet::parse(text)); });
}

Result<void> check_subnet(const NetworkSpec& network) {
    const auto bad = [](const Subnet& subnet, const char* cause) {
        return fail(ErrorKind::invalid_argument, "use subnet", subnet.text(), cause);
    };
    if (!network.subnet.base.is_v4() || network.subnet.prefix < 8 || network.subnet.prefix > 29)
        return bad(network.subnet, "it is not an IPv4 block with a prefix between 8 and 29");
    if (network.subnet6 && (network.subnet6->base.is_v4() || network.subnet6->prefix > 96))
        return bad(*network.subnet6, "it is not an IPv6 block with a prefix of at most 96");
    for (const auto& subnet : {std::optional(network.subnet), network.subnet6})
        if (subnet && has_special_meaning(*subnet))
            return fail(ErrorKind::invalid_argument, "use subnet", subnet->text(),
                        "its addresses have a meaning of their own on every host (RFC 6890)",
                        "Choose another subnet, or none");
    return {};
}

/// Refuses a subnet that was asked for and is in use.
Result<void> check_free(const Subnet& wanted, const std::vector<Subnet>& used) {
    for (const Subnet& other : used)
        if (wanted.overlaps(other))
            return fail(ErrorKind::already_exists, "use subnet", wanted.text(),
                        "this host reaches " + other.text() + " already", "Choose another subnet, or none");
    return {};
}

const NetworkSpec* find_by_name(const std::vector<NetworkSpec>& networks, const std::string& name) {
    const auto found = std::ranges::find(networks, name, &NetworkSpec::name);
    return found == networks.end() ? nullptr : &*found;
}

Result<void> connect(const AttachRequest& request, const std::vector<NetworkSpec>& networks,
                     const Attachment& attachment) {
    const bool ipv6 =
        std::ranges::any_of(networks, [](const NetworkSpec& network) { return network.subnet6.has_value(); });
    std::vector<NetworkSysctl> sysctls = container_sysctls(ipv6);
    sysctls.insert(sysctls.end(), request.sysctls.begin(), request.sysctls.end());
    ISOLAB_ASSIGN(NetworkNamespace space, NetworkNamespace::create(attachment.netns, sysctls));
    ISOLAB_ASSIGN(NetlinkSocket route, open_route());
    for (std::size_t i = 0; i < networks.size(); ++i)
        ISOLAB_TRY(connect_endpoint(route, space, networks[i], attachment.endpoints[i], i == 0));
    if (!attachment.ports.empty())
        ISOLAB_TRY(allow_hairpin(route, attachment.endpoints.front().host_link));
    if (request.name_server)
        ISOLAB_TRY(in_network_namespace(space.fd(), [] { return apply_nft_commands(render_dns_redirect()); }));
    return {};
}

} // namespace

Result<NetworkChoice> parse_network_choice(const std::string& text) {
    if (text == "none")
        return NetworkChoice{NetworkMode::none, {}};
    if (text == "host")
        return NetworkChoice{NetworkMode::host, {}};
    if (text == "bridge" || text.empty())
        return NetworkChoice{NetworkMode::bridge, default_network};
    constexpr std::string_view container = "container:";
    const bool other = text.starts_with(container);
    NetworkChoice choice{other ? NetworkMode::container : NetworkMode::bridge,
                         other ? text.substr(container.size()) : text};
    ISOLAB_TRY(check_network_name(choice.name, other ? "container" : "network"));
    return choice;
}

std::string network_instance_name(const std::filesystem::path& data_root) {
    if (data_root == DataFolder::system)
        return "isolab";
    std::uint32_t hash = 2166136261U; // FNV-1a
    for (const char c : data_root.string())
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
    return fmt::format("isl_{:08x}", hash);
}

Result<Networks> Networks::open(NetworkOptions options) {
    ISOLAB_TRY(check_network_name(options.instance, "network"));
    if (options.instance.size() > 12 || options.instance.find_first_of(".-") != std::string::npos)
        return fail(ErrorKind::invalid_argument, "use instance name", options.instance,
                    "it is longer than 12 characters or holds '.' or '-'");
    if (::geteuid() != 0)
        return fail(ErrorKind::permission_denied, "use", "bridge networks", "this needs root",
                    "Run it as root, or use the rootless network");
    ISOLAB_ASSIGN(NetworkState state, NetworkState::open(options.state));
    return Networks(std::move(options), std::move(state));
}

Result<NetworkSpec> Networks::plan_network(const NetworkRequest& request) const {
    ISOLAB_TRY(check_network_name(request.name, "network"));
    ISOLAB_ASSIGN(const auto existing, state_.networks());
    if (find_by_name(existing, request.name) != nullptr)
        return fail(ErrorKind::already_exists, "create network", request.name, "a network of that name exists already");
    ISOLAB_ASSIGN(NetlinkSocket route, open_route());
    ISOLAB_ASSIGN(auto used, reserved_subnets(route));
    for (const NetworkSpec& network : existing) { // their bridges may be missing just now
        used.push_back(network.subnet);
        if (network.subnet6)
            used.push_back(*network.subnet6);
    }
    NetworkSpec network;
    network.name = request.name;
    ISOLAB_ASSIGN(network.bridge, free_bridge_name(route, options_.instance, existing));
    ISOLAB_ASSIGN(network.subnet,
                  request.subnet ? Result<Subnet>(*request.subnet) : choose_subnet(options_.pool, used));
    network.subnet6 = request.subnet6;
    if (request.ipv6 && !network.subnet6) {
        ISOLAB_ASSIGN(network.subnet6, random_subnet6());
    }
    network.internal = request.internal;
    network.mtu = request.mtu != 0 ? request.mtu : uplink_mtu(route);
    ISOLAB_TRY(check_subnet(network));
    ISOLAB_TRY(check_free(network.subnet, used));
    if (network.subnet6)
        ISOLAB_TRY(check_free(*network.subnet6, used));
    return network;
}

Result<NetworkSpec> Networks::create(const NetworkRequest& request) {
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    return create_locked(request);
}

Result<NetworkSpec> Networks::create_locked(const NetworkRequest& request) {
    ISOLAB_ASSIGN(NetworkSpec network, plan_network(request));
    ISOLAB_TRY(state_.save(network)); // first, so that whatever happens next is found again
    const auto set_up = [&]() -> Result<void> {
        ISOLAB_TRY(prepare_host(network));
        return apply_rules();
    };
    if (auto done = set_up(); !done) {
        if (auto route = open_route()) [[maybe_unused]]
            const auto removed = remove_bridge(*route, network.bridge, owner_of(state_));
        [[maybe_unused]] const auto forgotten = state_.forget_network(network.name);
        return fail(done.error().within("create network", network.name));
    }
    return network;
}

Result<NetworkSpec> Networks::find(const std::string& name) const {
    ISOLAB_ASSIGN(const auto network, state_.find_network(name));
    if (!network)
        return no_such_network(name);
    return *network;
}

Result<void> Networks::remove(const std::string& name) {
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    ISOLAB_ASSIGN(const NetworkSpec network, find(name));
    ISOLAB_ASSIGN(const auto attachments, state_.attachments());
    for (const Attachment& attachment : attachments)
        if (std::ranges::find(attachment.endpoints, name, &Endpoint::network) != attachment.endpoints.end())
            return fail(ErrorKind::invalid_argument, "remove network", name,
                        "container " + attachment.container + " is attached to it", "Remove that container first");
    ISOLAB_ASSIGN(NetlinkSocket route, open_route());
    ISOLAB_TRY(remove_bridge(route, network.bridge, owner_of(state_)));
    ISOLAB_TRY(state_.forget_network(name));
    return apply_rules();
}

Result<std::vector<NetworkSpec>> Networks::networks_for(const AttachRequest& request) {
    if (request.networks.empty())
        return fail(ErrorKind::invalid_argument, "attach container", request.container, "no network is named");
    std::vector<NetworkSpec> networks;
    for (const std::string& name : request.networks) {
        ISOLAB_ASSIGN(auto network, state_.find_network(name));
        if (!network && name != default_network)
            return no_such_network(name);
        if (!network) {
            ISOLAB_ASSIGN(network, create_locked({}));
        }
        if (find_by_name(networks, name) != nullptr)
            return fail(ErrorKind::invalid_argument, "attach container", request.container,
                        "network " + name + " is named twice");
        networks.push_back(std::move(*network));
    }
    if (networks.front().internal && !request.ports.empty())
        return fail(ErrorKind::invalid_argument, "publish ports of container", request.container,
                    "network " + networks.front().name + " is internal", "Use a network that is not");
    return networks;
}

/// Finds addresses and ports and writes the record.
Result<Attachment> Networks::reserve(const AttachRequest& request, const std::vector<NetworkSpec>& networks) {
    ISOLAB_ASSIGN(const auto others, state_.attachments());
    Attachment attachment;
    attachment.container = request.container;
    attachment.netns = state_.netns_path(request.container);
    attachment.names = request.names;
    ISOLAB_ASSIGN(attachment.ports, choose_host_ports(request.ports, others));
    for (std::size_t i = 0; i < networks.size(); ++i) {
        const auto wanted = i == 0 ? request.address : std::nullopt;
        ISOLAB_ASSIGN(const IpAddress address, state_.leases().acquire(networks[i], request.container, wanted));
        attachment.endpoints.push_back(plan_endpoint(networks[i], address, i));
    }
    ISOLAB_TRY(state_.save(attachment));
    return attachment;
}

Result<Attachment> Networks::attach(const AttachRequest& request) {
    ISOLAB_TRY(check_network_name(request.container, "container"));
    ISOLAB_ASSIGN(UniqueFd lock, state_.lock());
    ISOLAB_ASSIGN(const auto existing, state_.find_attachment(request.container));
    if (existing)
        return fail(ErrorKind::already_exists, "attach container", request.container, "it is attached already",
                    "Detach it first");
    const auto set_up = [&]() -> Result<Attachment> {
        ISOLAB_ASSIGN(const auto networks, networks_for(request));
        for (const NetworkSpec& network : networks) // the machine may have been started anew since it was made
            ISOLAB_TRY(prepare_host(network));
        ISOLAB_ASSIGN(const bool untouched, rules_are_untouched());
        ISOLAB_ASSIGN(Attachment attachment, reserve(request, networks));
        ISOLAB_TRY(connect(request, networks, attachment));
        ISOLAB_TRY(untouched ? change_rules(render_publish(options_.instance, attachment)) : apply_rules());
        return attachment;
    };
    auto done = set_up();
    if (!done) {
        [[maybe_unused]] const auto undone = detach_locked(request.container, false);
        return fail(done.error().within("attach container", request.container));
    }
    return done;
}

Result<void> Networks::detach(const std::string& container) {
    ISOLAB_TRY(check_network_name(container, "container"));
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    return detach_locked(container, false);
}

Result<void> Networks::rename(const std::string& container, std::vector<std::string> names) {
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    ISOLAB_ASSIGN(auto attachment, state_.find_attachment(container));
    if (!attachment)
        return {};
    attachment->names = std::move(names);
    return state_.save(*attachment);
}

/// `keep_rules`: the caller writes them anew afterwards. The record goes last, so that what is interrupted is found.
Result<void> Networks::detach_locked(const std::string& container, bool keep_rules) {
    ISOLAB_ASSIGN(const auto attachment, state_.find_attachment(container));
    ISOLAB_TRY(NetworkNamespace::remove(state_.netns_path(container)));
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    for (const NetworkSpec& network : networks)
        ISOLAB_TRY(state_.leases().release(network.name, container));
    ISOLAB_TRY(state_.forget_attachment(container));
    if (!attachment || keep_rules)
        return {};
    const std::string commands = render_unpublish(options_.instance, *attachment);
    return change_rules(commands) ? Result<void>{} : apply_rules();
}

/// The bridge and what the kernel must be told; quick when all is there.
Result<void> Networks::prepare_host(const NetworkSpec& network) const {
    ISOLAB_ASSIGN(NetlinkSocket route, open_route());
    ISOLAB_TRY(ensure_bridge(route, network, owner_of(state_)));
    ISOLAB_ASSIGN(const HostChanges before, state_.host_changes());
    ISOLAB_ASSIGN(const HostChanges changes, ensure_forwarding(network.subnet6.has_value(), before));
    return changes == before ? Result<void>{} : state_.save(changes);
}

Result<void> Networks::apply_rules() const {
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    ISOLAB_ASSIGN(const auto attachments, state_.attachments());
    if (networks.empty())
        return change_rules(render_firewall_removal(options_.instance));
    return change_rules(render_firewall(options_.instance, networks, attachments));
}

/// Remembers the rule set that comes of it. What others change between the two is not noticed before their next change.
Result<void> Networks::change_rules(const std::string& commands) const {
    if (commands.empty())
        return {};
    ISOLAB_TRY(apply_nft_commands(commands));
    ISOLAB_ASSIGN(NetlinkSocket netfilter, NetlinkSocket::open(NETLINK_NETFILTER));
    ISOLAB_ASSIGN(const std::uint32_t generation, nft_generation(netfilter));
    return state_.save(RulesMark{boot_id(), generation});
}

/// Whether the table is as we left it: nobody has changed any rules since, so it need not be written anew.
Result<bool> Networks::rules_are_untouched() const {
    ISOLAB_ASSIGN(NetlinkSocket netfilter, NetlinkSocket::open(NETLINK_NETFILTER));
    ISOLAB_ASSIGN(const bool exists, nft_table_exists(netfilter, options_.instance));
    ISOLAB_ASSIGN(const std::uint32_t generation, nft_generation(netfilter));
    ISOLAB_ASSIGN(const RulesMark mark, state_.rules_mark());
    return exists && mark == RulesMark{boot_id(), generation};
}

Result<void> Networks::rebuild() {
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    for (const NetworkSpec& network : networks)
        ISOLAB_TRY(prepare_host(network));
    ISOLAB_ASSIGN(const bool untouched, rules_are_untouched());
    return untouched ? Result<void>{} : apply_rules();
}

Result<std::vector<std::string>> Networks::detach_except(const std::set<std::string>& living) {
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    ISOLAB_TRY(state_.tidy_up());
    std::set<std::string> known;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(state_.netns_folder(), failed))
        known.insert(entry.path().filename());
    ISOLAB_ASSIGN(const auto attachments, state_.attachments());
    for (const Attachment& attachment : attachments)
        known.insert(attachment.container);
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    for (const NetworkSpec& network : networks) {
        ISOLAB_ASSIGN(const auto released, state_.leases().release_except(network.name, living));
        known.insert(released.begin(), released.end());
    }
    std::vector<std::string> gone;
    std::ranges::set_difference(known, living, std::back_inserter(gone));
    for (const std::string& container : gone)
        ISOLAB_TRY(detach_locked(container, true));
    if (!gone.empty())
        ISOLAB_TRY(apply_rules());
    return gone;
}

Result<void> Networks::remove_all() {
    ISOLAB_TRY(detach_except({}));
    ISOLAB_ASSIGN(const UniqueFd lock, state_.lock());
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    ISOLAB_ASSIGN(NetlinkSocket route, open_route());
    ISOLAB_TRY(apply_nft_commands(render_firewall_removal(options_.instance)));
    for (const NetworkSpec& network : networks) {
        ISOLAB_TRY(remove_bridge(route, network.bridge, owner_of(state_)));
        ISOLAB_TRY(state_.forget_network(network.name));
    }
    ISOLAB_ASSIGN(const HostChanges changes, state_.host_changes());
    ISOLAB_TRY(restore_forwarding(route, changes));
    return state_.save(HostChanges{});
}

Result<std::vector<std::string>> Networks::obstacles() const {
    ISOLAB_ASSIGN(const auto chains, list_foreign_chains(options_.instance));
    ISOLAB_ASSIGN(const auto networks, state_.networks());
    std::vector<std::string> sentences;
    for (const NetworkSpec& network : networks)
        std::ranges::move(explain_obstacles(chains, network.bridge), std::back_inserter(sentences));
    return sentences;
}

} // namespace isolab
