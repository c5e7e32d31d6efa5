// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: containers, as `isolab container` shows them. One specification (container_settings.h), one store, one
// way to start; who watches a container is a part of its settings: a supervisor, which lets it outlive the program that
// started it, or that program, its owner.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/data_folder.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/cgroup/control_group.h"
#include "engine/containers/container.h"
#include "engine/containers/container_settings.h"
#include "engine/containers/container_store.h"
#include "engine/containers/shared_namespaces.h"
#include "engine/network/network.h"
#include "engine/rootfs/snapshotter.h"
#include "engine/rootfs/volume_store.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime_client/supervisor_client.h"

namespace isolab {

/// What containers are made with; the engine's. Everything outlives the Containers.
struct ContainerTools {
    std::filesystem::path root;     ///< data folder
    std::filesystem::path launcher; ///< isolab-runtime; its file, since containers outlive a copy of ours
    std::string own_launcher;       ///< what to execute for those that do not: LauncherProgram::executable()
    CgroupLayout layout;
    SharedJson seccomp; ///< the default profile, resolved
    const LayerStore* layers = nullptr;
    Snapshotter* snapshotter = nullptr;
    Snapshotter* copier = nullptr; ///< for containers that do without the overlay
    /// isolab-container-helper and its first word (engine/helper/main.cpp). Empty: there is none, and the next verb
    /// tidies up.
    std::vector<std::string> helper;
};

enum class ContainerPhase : std::uint8_t { created, running, paused, restarting, exited };
std::string_view container_phase_id(ContainerPhase phase) noexcept; ///< "created", …

/// A container as it is now.
struct ContainerInfo {
    ContainerSettings settings;
    ContainerPhase phase = ContainerPhase::created;
    SupervisionReport report; ///< nothing in it while the phase is `created`
    std::optional<Attachment> network;
    bool has_checkpoint = false; ///< in its own folder

    bool is_up() const noexcept { return phase != ContainerPhase::created && phase != ContainerPhase::exited; }
};

/// What `exec` adds to a container.
struct ExecRequest {
    std::vector<std::string> command;
    std::vector<std::string> env;
    std::optional<std::string> cwd;
    std::string user; ///< "name[:group]" or ids; empty: as the container's process
    bool terminal = false;
    bool detach = false;
    bool privileged = false;
};

/// Changes of a container's limits and restart policy; what is unset stays.
struct UpdateRequest {
    CgroupResources resources;
    std::optional<RestartPolicy> restart;
};

/// A container saved in files by CRIU, and where it goes on from them.
struct CheckpointRequest {
    std::filesystem::path folder;       ///< of the files; empty: in the container's own folder
    std::string criu;                   ///< the program; empty: that of PATH
    bool leave_running = false;         ///< otherwise it ends, without being started again
    bool tcp_established = false;       ///< with its open TCP connections
    bool external_unix_sockets = false; ///< with its connections to sockets outside
    bool file_locks = false;            ///< with the locks that it holds
};
struct RestoreRequest {
    std::filesystem::path folder; ///< as in CheckpointRequest
    std::string criu;
    bool keep = false; ///< the files, in the container's own folder; elsewhere they are kept anyway
};

struct NetworkGrant;
struct StartFacts;

/// The image that a container was made of, with the fields that its layers need; its name may belong to another image
/// by now.
Result<Image> container_image(const ContainerSettings& settings);

/// Thread-safe; several processes may act on the same containers. References are names, ids, or beginnings of ids.
/// not_found where there is no such container. What waits for others ends with cancelled when it is stopped, and has
/// then done nothing or all of it, but for a start, whose container is ended.
class Containers {
  public:
    static Result<Containers> open(ContainerTools tools);

    /// Makes a container, stopped. `settings` get an id and, if they have none, a name; image, layers and snapshotter
    /// are filled in. The image's layers must be unpacked. On failure nothing is left.
    Result<void> create(ContainerSettings& settings, const Image& image, const StopToken& stop);

    /// Starts it and returns when the workload was executed; `warnings` receives those of the start, such as that this
    /// user can set no limits. Success for a container that runs already, but already_exists when a client is given.
    /// `client_end` is the supervisor's end of SupervisorClient::make_pair(), whose packets are read before the
    /// workload starts; may be null.
    Result<void> start(const std::string& reference, const UniqueFd* client_end, std::vector<std::string>& warnings,
                       const StopToken& stop);

    /// Makes and starts a container that this process owns: it lives as long as the returned object, and nothing is
    /// left of it then. Returns after execve(2) of the workload succeeded, with the marks prepare, create, setup and
    /// exec delivered; on failure nothing is left. The image's layers must be unpacked. What has the network of a
    /// bridge, or other containers' namespaces, needs a supervisor: unsupported. `observer` must outlive the container.
    Result<std::unique_ptr<Container>> run(const ContainerRequest& request, InstanceObserver& observer,
                                           const StopToken& stop) const;

    /// Sends its stop signal, and SIGKILL after the timeout; it is not started again. Returns its exit code. Success
    /// for a container that does not run.
    Result<int> stop(const std::string& reference, std::optional<std::chrono::seconds> timeout, const StopToken& stop);
    /// Sends a signal to the first process; SIGKILL counts as a user's stop.
    Result<void> kill(const std::string& reference, int signal, const StopToken& stop);
    Result<void> pause(const std::string& reference, const StopToken& stop);
    Result<void> unpause(const std::string& reference, const StopToken& stop);

    /// Saves a running or paused container with its processes' memory; its files stay in its snapshot. In the
    /// container's own folder an earlier checkpoint is replaced; another folder must be empty or missing. On failure
    /// the container runs on and nothing is left. permission_denied without root; unsupported where CRIU does not work.
    Result<void> checkpoint(const std::string& reference, const CheckpointRequest& request, const StopToken& stop);
    /// Starts a container where its checkpoint left it, under its address if that is free. not_found without one.
    Result<void> restore(const std::string& reference, const RestoreRequest& request,
                         std::vector<std::string>& warnings, const StopToken& stop);
    std::filesystem::path checkpoint_folder(const ContainerSettings& settings) const {
        return folder(settings) / "checkpoint";
    }

    /// Removes a container that does not run, with its anonymous volumes if `volumes`; `force` ends it first.
    Result<void> remove(const std::string& reference, bool force, bool volumes, const StopToken& stop);
    Result<void> rename(const std::string& reference, const std::string& name, const StopToken& stop);
    Result<void> update(const std::string& reference, const UpdateRequest& request, std::vector<std::string>& warnings,
                        const StopToken& stop);

    Result<ContainerInfo> inspect(const std::string& reference) const;
    /// All ids, in no particular order.
    Result<std::vector<std::string>> ids() const { return store_.ids(); }
    /// The newest first. What an ended supervisor left behind is tidied up on the way.
    Result<std::vector<ContainerInfo>> list(const StopToken& stop);

    /// Ids of those that do not run: what may be removed without `force`.
    Result<std::vector<std::string>> ended(const StopToken& stop);

    /// Cleans up after one container that has ended: its network, its group, and the container itself when it was to be
    /// removed at its end. Does nothing to a container that runs.
    Result<void> tidy_up(const std::string& reference, const StopToken& stop);
    /// The same for all; an error is the last of those that happened.
    Result<void> tidy_up(const StopToken& stop);

    Result<VolumeStore> volumes() const { return VolumeStore::open(DataFolder(tools_.root).volumes()); }
    /// Gives `settings` the volumes and bind mounts of another container, where they have nothing at their places.
    Result<void> add_mounts_of(const std::string& reference, bool read_only, ContainerSettings& settings) const;
    /// Names of the containers that have a volume, running or not.
    Result<std::vector<std::string>> users_of_volume(const std::string& name) const;

    /// The networks that containers are connected by; permission_denied without root.
    Result<Networks> networks() const;
    /// Names of the containers that have a network, running or not.
    Result<std::vector<std::string>> users_of_network(const std::string& name) const;

    /// Repairs the networks that others have damaged, and removes those that no container uses. Without root there are
    /// none.
    Result<void> tidy_up_networks() const;

    /// For attaching, waiting and the like. unavailable when it does not run.
    Result<SupervisorClient> connect(const std::string& reference) const;
    /// Waits for its end and returns its exit code, at once for a container that does not run.
    Result<int> wait(const std::string& reference, const StopToken& stop) const;

    /// The launcher's command lines for what needs a process of its own: `exec`, and the table of processes.
    Result<Command> exec_command(const std::string& reference, const ExecRequest& request) const;
    Result<Command> processes_command(const std::string& reference, const std::vector<std::string>& ps_options) const;

    /// What its control group counts; zeros when it does not run. unsupported where there are no groups.
    Result<GroupOverview> overview(const std::string& id) const;
    Result<Nanoseconds> cpu_time(const std::string& id) const;
    Result<SnapshotDisk> disk(const ContainerInfo& container) const;

    /// Its snapshot, held against removal of its layers.
    Result<Snapshot> snapshot(const ContainerSettings& settings) const;
    std::filesystem::path folder(const ContainerSettings& settings) const { return store_.folder(settings.id); }
    const std::filesystem::path& data_folder() const noexcept { return store_.root(); } ///< that of the launcher
    const ContainerTools& tools() const noexcept { return tools_; }

  private:
    Containers(ContainerTools tools, ContainerStore store) : tools_(std::move(tools)), store_(std::move(store)) {}
    Result<ControlGroup> group(const std::string& id) const;

    Result<ContainerInfo> supervised(const std::string& reference, const std::string& operation) const;
    Result<ContainerInfo> look(const std::string& id) const;
    Result<ContainerInfo> look_tidily(const std::string& id, const StopToken& stop) const;
    Result<void> settle(ContainerInfo& container, const StopToken& stop) const;
    Result<void> end_group(const std::string& id) const;
    bool has_remains(const std::string& id) const;
    Result<void> end_remains(const std::string& id, const StopToken& stop) const;
    Result<StartFacts> base_facts(const ContainerSettings& settings) const;
    Result<Hook> network_hook(const ContainerSettings& settings) const;
    Result<void> make_volumes(ContainerSettings& settings) const;
    Result<void> fill_volumes(const ContainerSettings& settings) const;
    Result<void> complete(ContainerSettings& settings, const Image& image) const;
    Result<void> show_network(const ContainerSettings& settings, const NetworkGrant& granted, StartFacts& facts) const;
    Result<void> write_spec(const ContainerSettings& settings, const StartFacts& facts) const;
    Result<void> write_order(const ContainerSettings& settings, const StartFacts& facts) const;
    Result<void> tell_restart_policy(const ContainerSettings& settings) const;
    /// For a container that does not run; `restored`: from this checkpoint instead of from the beginning.
    Result<void> start_locked(const ContainerSettings& settings, const ContainerStore::Lock& lock,
                              const UniqueFd* client_end, std::optional<RestoreOrder> restored,
                              std::vector<std::string>& warnings, const StopToken& stop) const;
    /// What a supervisor gets from who starts it.
    struct SupervisorLegacy {
        const ContainerStore::Lock& lock;
        const UniqueFd* client_end = nullptr; ///< none: no first client
        const SharedNamespaces& shared;
    };
    Result<void> spawn_supervisor(const ContainerSettings& settings, const SupervisorLegacy& legacy,
                                  std::vector<std::string>& warnings, const StopToken& stop) const;
    Result<void> give_up_start(const ContainerSettings& settings) const;
    Result<void> run_launcher(const std::string& verb, const std::string& id, const std::vector<std::string>& options,
                              const StopToken& stop, std::vector<std::string>* warnings = nullptr) const;

    ContainerTools tools_;
    ContainerStore store_;
};

} // namespace isolab
