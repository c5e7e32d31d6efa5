// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: networks for containers, with root. Without root see rootless_network.h.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/network_namespace.h"
#include "engine/network/network_state.h"
#include "engine/network/network_values.h"

namespace isolab {

/// What a user may ask for with `--network`.
enum class NetworkMode : std::uint8_t {
    none,      ///< a namespace with nothing but loopback
    host,      ///< the host's own
    bridge,    ///< named networks: see Networks::attach()
    container, ///< that of another container
};
struct NetworkChoice {
    NetworkMode mode = NetworkMode::bridge;
    std::string name; ///< of the network, or the container's id
    bool operator==(const NetworkChoice&) const = default;
};
inline constexpr const char* default_network = "default";

/// Reads "none", "host", "bridge" (the default network), "container:ID", or the name of a network. Pure.
Result<NetworkChoice> parse_network_choice(const std::string& text);

struct NetworkOptions {
    std::filesystem::path state; ///< folder of ours alone
    /// Name of the nftables table, and what names of bridges begin with (then a number); at most 12 of [a-z0-9_]. Two
    /// state folders on one host need two names: see network_instance_name().
    std::string instance = "isolab";
    std::vector<Subnet> pool = default_subnet_pool(); ///< where networks without a given subnet lie
};

/// "isolab" for the usual data folder, otherwise one made from the folder's path. Pure.
std::string network_instance_name(const std::filesystem::path& data_root);

/// A network to make.
struct NetworkRequest {
    std::string name = default_network;
    std::optional<Subnet> subnet;  ///< unset: one that collides with nothing on this host
    std::optional<Subnet> subnet6; ///< unset: no IPv6, unless `ipv6`
    bool ipv6 = false;             ///< a random block of unique local addresses (RFC 4193)
    bool internal = false;
    unsigned mtu = 0; ///< 0: that of the host's default route, at most 1500
};

/// A container to give a network to.
struct AttachRequest {
    std::string container;                              ///< id
    std::vector<std::string> networks{default_network}; ///< the first one gets the default route and the ports
    std::optional<IpAddress> address;                   ///< in the first network; unset: any free one
    std::vector<PortRequest> ports;
    std::vector<std::string> names;     ///< for other containers' name lookups; the first is the container's own
    bool name_server = false;           ///< lookups at dns_address reach dns_listening_port: see dns_server.h
    std::vector<NetworkSysctl> sysctls; ///< written in the new namespace, after ours
};

/// The networks of one state folder: bridges, network namespaces, address leases, one nftables table.
///
/// Nothing of it needs a running program; every verb finds the state on disk and may be called by several processes.
/// Every verb acts on the network namespace of the calling thread, whichever that is, as "the host". Thread-safe.
class Networks {
  public:
    /// permission_denied without the right to administer the network.
    static Result<Networks> open(NetworkOptions options);

    /// Makes a network, its bridge and its rules. already_exists for a name in use, or a subnet that collides with
    /// addresses or routes of this host. Switches IP forwarding on where it is off, and remembers that.
    Result<NetworkSpec> create(const NetworkRequest& request);

    /// Removes one; invalid_argument while containers are attached. No such network is not_found.
    Result<void> remove(const std::string& name);

    /// Gives a container a network namespace, addresses and published ports. The default network is made when it is
    /// asked for the first time; others must exist. The container may then be created with `Attachment::netns`.
    /// On failure nothing is left. already_exists for a container that is attached already.
    Result<Attachment> attach(const AttachRequest& request);

    /// Takes it all back; the kernel removes the links on its own when the last process has left the namespace. Success
    /// for a container that is not attached.
    Result<void> detach(const std::string& container);

    /// Changes the names by which a container's neighbours find it. Success for a container that is not attached.
    Result<void> rename(const std::string& container, std::vector<std::string> names);

    Result<std::vector<NetworkSpec>> networks() const { return state_.networks(); }
    Result<NetworkSpec> find(const std::string& name) const; ///< not_found
    Result<std::vector<Attachment>> attachments() const { return state_.attachments(); }
    Result<std::optional<Attachment>> attachment(const std::string& container) const {
        return state_.find_attachment(container);
    }

    /// Restores what others removed: bridges, their addresses and kernel parameters, and, where anybody has changed
    /// rules since our last change, the whole table, from the records. Idempotent; running containers keep their links.
    Result<void> rebuild();

    /// Detaches what belongs to none of `living` and gives its leases back, also after a crash in the middle of
    /// attach(). The ids of those that went.
    Result<std::vector<std::string>> detach_except(const std::set<std::string>& living);

    /// Removes everything that this state folder brought about: namespaces, bridges, the table, leases, records, and
    /// switches IP forwarding off again if it was off and no other bridge of this host needs it now. Idempotent.
    Result<void> remove_all();

    /// What stands in the way of traffic although we allow it, such as a firewall of others; a sentence each, with what
    /// to do about it.
    Result<std::vector<std::string>> obstacles() const;

  private:
    Networks(NetworkOptions options, NetworkState state) : options_(std::move(options)), state_(std::move(state)) {}

    Result<NetworkSpec> plan_network(const NetworkRequest& request) const;
    Result<NetworkSpec> create_locked(const NetworkRequest& request);
    Result<std::vector<NetworkSpec>> networks_for(const AttachRequest& request);
    Result<Attachment> reserve(const AttachRequest& request, const std::vector<NetworkSpec>& networks);
    Result<void> detach_locked(const std::string& container, bool keep_rules);
    Result<void> prepare_host(const NetworkSpec& network) const;
    Result<void> apply_rules() const;
    Result<void> change_rules(const std::string& commands) const;
    Result<bool> rules_are_untouched() const;

    NetworkOptions options_;
    NetworkState state_;
};

} // namespace isolab
