// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: the container engine's facade.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/instance.h"
#include "engine/base/prerequisite.h"
#include "engine/base/process_spec.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/containers/container.h"
#include "engine/containers/container_defaults.h"
#include "engine/containers/containers.h"
#include "engine/containers/process_resolution.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {

struct EngineOptions {
    std::filesystem::path root;             ///< data folder
    std::filesystem::path launcher;         ///< isolab-runtime; empty: beside this program, then PATH
    std::optional<std::string> snapshotter; ///< forced choice; empty: the best that works
    /// Whoever starts containers: where systemd manages control groups, this process enters the scope of this data
    /// folder's containers (cgroup/engine_scope.h).
    bool enter_scope = false;
};

/// Facts about how containers are run here, for the environment record and the status line.
struct EngineFacts {
    std::string cgroup_mode; ///< "v2", "v1", "hybrid", "none"
    bool limits_enforced = false;
    std::string limits_reason;      ///< why not, when they are not
    std::string snapshotter;        ///< "overlay", "copy"
    std::string snapshotter_reason; ///< why not overlay, when it is not
    bool rootless = false;
    std::string kernel;         ///< uname -r
    std::filesystem::path root; ///< data folder; containers write on its file system
};

/// The container engine over one data folder. Thread-safe except where noted.
class Engine {
  public:
    static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
    virtual ~Engine() = default;

    virtual ImageStore& images() noexcept = 0;
    virtual LayerStore& layers() noexcept = 0;
    virtual EngineFacts facts() const = 0;

    /// The image's process with overrides applied, user and group names looked up in the image's own
    /// /etc/passwd and /etc/group (layers must be unpacked). Used for both worlds.
    virtual Result<ProcessSpec> resolve_process(const Image& image, const ProcessOverrides& overrides) const = 0;

    /// Containers::run(): a container that this process owns.
    virtual Result<std::unique_ptr<Container>> start(const ContainerRequest& request, InstanceObserver& observer,
                                                     const StopToken& stop) = 0;

    /// All containers; the object must not outlive the engine.
    virtual Result<Containers> containers() = 0;

    /// Puts right what processes that no longer exist have left behind (after a crash or SIGKILL), and ends those that
    /// keep user namespaces for later starts.
    virtual Result<void> tidy_up(const StopToken& stop) = 0;
};

/// Looks at this machine and leaves nothing behind: data folder, namespaces, cgroups, overlayfs, seccomp, launcher.
std::vector<Prerequisite> check_engine(const EngineOptions& options);

} // namespace isolab
