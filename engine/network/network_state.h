// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/file_lock.h"
#include "engine/network/lease_store.h"
#include "engine/network/network_values.h"

namespace isolab {

/// What the host's kernel parameters were before we changed them.
struct HostChanges {
    bool forwarding4 = false; ///< we switched net.ipv4.ip_forward on
    bool forwarding6 = false; ///< we switched net.ipv6.conf.all.forwarding on
    bool operator==(const HostChanges&) const = default;
};

/// Which rule set of the kernel our table was last changed in.
struct RulesMark {
    std::string boot; ///< id of the machine's run
    std::uint32_t generation = 0;

    bool operator==(const RulesMark&) const = default;
};

/// The files below `<state>`: networks/NAME.json, attachments/ID.json, leases/, netns/ID, host.json, rules.json, lock.
/// Each file is replaced in one step, so that a process that is killed leaves the old content or the new one.
class NetworkState {
  public:
    /// Makes the folders. The folder itself becomes private to its owner.
    static Result<NetworkState> open(const std::filesystem::path& folder);

    const std::filesystem::path& folder() const noexcept { return folder_; }
    std::filesystem::path netns_path(const std::string& container) const { return folder_ / "netns" / container; }
    std::filesystem::path netns_folder() const { return folder_ / "netns"; }
    LeaseStore& leases() noexcept { return leases_; }

    /// Serialises what changes networks, attachments and the firewall, across processes.
    Result<UniqueFd> lock() const { return lock_file(folder_ / "lock"); }

    Result<std::vector<NetworkSpec>> networks() const;
    Result<std::optional<NetworkSpec>> find_network(const std::string& name) const;
    Result<void> save(const NetworkSpec& network) const;
    Result<void> forget_network(const std::string& name);

    Result<std::vector<Attachment>> attachments() const;
    Result<std::optional<Attachment>> find_attachment(const std::string& container) const;
    Result<void> save(const Attachment& attachment) const;
    Result<void> forget_attachment(const std::string& container) const;

    /// Removes what writers that were killed had not finished. Only while lock() is held.
    Result<void> tidy_up() const;

    Result<HostChanges> host_changes() const;
    Result<void> save(const HostChanges& changes) const;

    Result<RulesMark> rules_mark() const; ///< of nothing: our table was never written, or it is not known
    Result<void> save(const RulesMark& mark) const;

  private:
    explicit NetworkState(std::filesystem::path folder) : folder_(std::move(folder)), leases_(folder_ / "leases") {}

    std::filesystem::path folder_;
    LeaseStore leases_;
};

} // namespace isolab
