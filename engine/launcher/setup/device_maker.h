// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab::launcher {

/// A detached, read-only copy of a host device node, after checking that it is the device it should be: its inode
/// cannot be changed through it, the device can be used.
Result<UniqueFd> clone_device(const DeviceNode& device);

/// Makes device nodes as detached mounts, which can be put into a file system that is mounted nodev.
class DeviceMaker {
  public:
    DeviceMaker() = default;
    DeviceMaker(const DeviceMaker&) = delete;
    DeviceMaker& operator=(const DeviceMaker&) = delete;
    ~DeviceMaker();

    /// The host's node where that is what is asked for; otherwise a new one, which needs CAP_MKNOD on the host.
    Result<UniqueFd> make(const DeviceNode& device);

  private:
    Result<UniqueFd> make_new(const DeviceNode& device);

    UniqueFd shelf_; ///< a tmpfs that holds the new ones, over the host's /proc in this mount namespace: kernels before
                     ///< 6.15 copy only what is mounted
    unsigned made_ = 0;
};

} // namespace isolab::launcher
