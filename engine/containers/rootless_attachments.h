// SPDX-License-Identifier: GPL-3.0-or-later
//
// Networks of an ordinary user's containers: what each was granted, on disk, and the process that keeps each one up.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/network/hosts_file.h"
#include "engine/network/network_values.h"
#include "engine/network/rootless_programs.h"

namespace isolab {

/// What a container is granted before it starts.
struct RootlessGrant {
    Attachment attachment; ///< without a namespace: that is made together with the container
    std::string resolv;    ///< text of its /etc/resolv.conf
};

/// One folder per container below ROOT: `attachment.json`, the files of pasta or slirp4netns, and `lock`, which the
/// keeper holds. A value; may be used by several processes at once, for one container by one of them.
class RootlessAttachments {
  public:
    explicit RootlessAttachments(std::filesystem::path root) : root_(std::move(root)) {}

    /// Chooses ports of the host and a program, and records them. What an earlier run left is removed first.
    /// unavailable when there is no program; errors of choose_host_ports() for ports. `conf`: what the container's
    /// resolver would ask on this host; its servers are replaced by the program's unless they were `chosen` by the
    /// user.
    Result<RootlessGrant> attach(const std::string& container, const std::vector<PortRequest>& ports,
                                 const std::vector<std::string>& names, ResolvConf conf, bool chosen) const;

    /// Sets up the network of a container whose first process `pid` exists and has not executed anything yet, and
    /// writes the container's `resolv_file`. A process of its own keeps the network up and ends with the container's
    /// first process, whatever ends that.
    Result<void> start(const std::string& container, pid_t pid, const std::filesystem::path& resolv_file) const;

    /// Takes back what a container that has ended was granted; waits until its ports are free. Success for a container
    /// that has nothing.
    Result<void> detach(const std::string& container) const;

    std::optional<Attachment> find(const std::string& container) const;

  private:
    std::vector<Attachment> others_that_run(const std::string& container) const;
    std::filesystem::path folder(const std::string& container) const;

    std::filesystem::path root_;
};

} // namespace isolab
