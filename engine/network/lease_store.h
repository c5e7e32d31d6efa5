// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/network/network_values.h"

namespace isolab {

/// Which container has which address of a network, in one file per network. Every change is made under a lock and
/// replaces the file in one step, so several processes may share it and any of them may be killed at any time.
class LeaseStore {
  public:
    /// The folder must exist.
    explicit LeaseStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// An address of the network for a container, the one it has already if any. Addresses are given out in turn, so
    /// that one given back is not seen again soon. `wanted` must be free: already_exists names who has it. no_space
    /// when all are taken.
    Result<IpAddress> acquire(const NetworkSpec& network, const std::string& container,
                              const std::optional<IpAddress>& wanted = std::nullopt);

    /// Success when it has no lease.
    Result<void> release(const std::string& network, const std::string& container);

    /// Gives back what belongs to none of `living`; the ids of those whose leases went.
    Result<std::vector<std::string>> release_except(const std::string& network, const std::set<std::string>& living);

    /// Container ids and their addresses.
    Result<std::map<std::string, IpAddress>> leases(const std::string& network) const;

    /// Forgets a network and all of its leases.
    Result<void> forget(const std::string& network);

  private:
    std::filesystem::path folder_;
};

} // namespace isolab
