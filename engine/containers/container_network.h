// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/data_folder.h"
#include "engine/containers/container_settings.h"
#include "engine/containers/rootless_attachments.h"
#include "engine/network/network.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// A container's network for one start.
struct NetworkGrant {
    std::vector<JoinedNamespace> joined;
    bool host = false;
    std::optional<Attachment> attachment;
    std::string hosts;                ///< text of /etc/hosts
    std::string resolv;               ///< text of /etc/resolv.conf; empty: the image's own
    std::optional<NameService> names; ///< for the supervisor
    bool late = false; ///< it is set up when the container's first process exists: see ContainerNetwork::start_late()
    std::vector<std::string> warnings;
};

/// The networks of a data folder, as containers get them. A value; the state is on disk.
class ContainerNetwork {
  public:
    explicit ContainerNetwork(std::filesystem::path data_root) : root_(std::move(data_root)) {}

    /// Attaches a container to what its settings ask for. On failure nothing is left. Without root `bridge` means a
    /// network of its own that reaches the outside, and is reached by published ports, through pasta or slirp4netns.
    /// Nothing is granted where another container's is shared.
    Result<NetworkGrant> grant(const ContainerSettings& settings) const;

    /// Sets up what was granted as `late`, before the container's first process `pid` executes the workload.
    /// `resolv_file` is what the container has as /etc/resolv.conf.
    Result<void> start_late(const std::string& id, pid_t pid, const std::filesystem::path& resolv_file) const {
        return rootless().start(id, pid, resolv_file);
    }

    /// Changes the names by which neighbours find it. Success for a container without a network.
    Result<void> rename(const ContainerSettings& settings) const;

    /// Takes it back. Success for a container without a network.
    Result<void> revoke(const std::string& id) const;
    /// Repairs what others have damaged; when no container is attached, removes everything.
    Result<void> tidy_up() const;

    std::optional<Attachment> find(const std::string& id) const;

    /// For verbs on the networks themselves; permission_denied without root.
    Result<Networks> open() const;
    bool has_state() const; ///< whether there may be networks

  private:
    void grant_names(NetworkGrant& grant, const ContainerSettings& settings, bool closed) const;
    Result<NetworkGrant> grant_rootless(const ContainerSettings& settings, const NetworkChoice& choice) const;
    RootlessAttachments rootless() const { return RootlessAttachments(folder() / "rootless"); }
    std::filesystem::path folder() const { return DataFolder(root_).network(); }

    std::filesystem::path root_;
};

} // namespace isolab
