// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <map>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/unix_socket.h"
#include "engine/checkpoint/criu_check.h"
#include "engine/launcher/checkpoint/checkpoint.h"
#include "engine/launcher/checkpoint/checkpoint_notes.h"
#include "engine/launcher/launch/launch_planner.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/container_lookup.h"
#include "engine/launcher/oci/lifecycle.h"
#include "engine/launcher/setup/hook_runner.h"
#include "engine/launcher/setup/mounts.h"

namespace isolab::launcher {
namespace {

constexpr const char* restore_operation = "restore container";
constexpr const char* restore_log = "restore.log";

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

/// A folder of states for the id; that of a stopped container, such as one that was checkpointed, is cleared first.
Result<StateFolder> claim_id(const Options& options, Events& events) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    if (auto former = StateFolder::open(states, options.id))
        if (const auto record = former->read(); record && former->status(*record) == ContainerStatus::stopped)
            ISOLAB_TRY(remove_container(*former, *record, events));
    return StateFolder::create(states, options.id);
}

/// Whether another mount of the plan covers what lies at `target` below the root.
bool is_covered(const MountPlan& plan, const std::string& target) {
    return std::ranges::any_of(plan.mounts, [&target](const MountStep& step) {
        return target != step.target && target.starts_with(step.target + "/");
    });
}

/// CRIU mounts on what there is; a root that is a fresh one does not have it all.
Result<void> make_mount_points(const MountPlan& plan, const UniqueFd& root) {
    for (const MountStep& step : plan.mounts) {
        if (is_covered(plan, step.target) || step.target == "/")
            continue;
        std::error_code failed;
        if (step.kind == MountStep::Kind::bind && !std::filesystem::is_directory(step.source, failed))
            ISOLAB_TRY(make_file_in(root, step.target));
        else
            ISOLAB_TRY(make_directory_in(root, step.target));
    }
    return {};
}

/// A mount namespace of this process's own, in which the root is mounted where no other sees it. It goes when this
/// process has left it again, and CRIU has ended.
class PrivateMounts {
  public:
    static Result<PrivateMounts> make(const MountPlan& plan) {
        PrivateMounts mounts;
        mounts.former_.reset(::open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
        mounts.folder_.reset(::open(".", O_PATH | O_CLOEXEC));
        if (!mounts.former_ || !mounts.folder_ || ::unshare(CLONE_NEWNS) != 0)
            return fail_errno(errno, "make a mount namespace");
        if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
            return fail_errno(errno, "keep mounts from the host");
        ISOLAB_TRY(make_parent_private(plan.root_path));
        ISOLAB_ASSIGN(const UniqueFd root, mount_root(plan));
        ISOLAB_TRY(make_mount_points(plan, root));
        return mounts;
    }
    PrivateMounts(PrivateMounts&&) noexcept = default;
    PrivateMounts& operator=(PrivateMounts&&) = delete;
    ~PrivateMounts() {
        if (former_ && ::setns(former_.get(), CLONE_NEWNS) == 0)
            (void)!::fchdir(folder_.get());
    }

  private:
    PrivateMounts() = default;

    UniqueFd former_;
    UniqueFd folder_; ///< entering a mount namespace leads to its root
};

/// What the bundle says comes first: it may lie elsewhere now.
std::map<std::string, std::string> sources_of(const MountPlan& plan, const CheckpointNotes& notes) {
    std::map<std::string, std::string> sources;
    for (const ExternalMount& mount : notes.mounts)
        sources[mount.target] = mount.source;
    for (const MountStep& step : plan.mounts)
        if (step.kind == MountStep::Kind::bind)
            if (const auto found = sources.find(step.target); found != sources.end())
                if (std::error_code failed; std::filesystem::exists(step.source, failed))
                    found->second = std::filesystem::canonical(step.source, failed).string(); // CRIU follows no link
    return sources;
}

class Restoration {
  public:
    Restoration(const Options& options, const LaunchPlan& plan, const CheckpointFolders& folders,
                const Recorder& recorder)
        : options_(options), plan_(plan), folders_(folders), recorder_(recorder) {}

    /// The first process, whose parent is this one.
    Result<pid_t> perform(const Criu& criu, const CheckpointNotes& notes) {
        ISOLAB_ASSIGN(CriuOptions request, common_criu_options(options_, folders_));
        request.log_file = restore_log;
        request.root = plan_.mounts.root_path;
        request.as_sibling = true;
        request.orphan_terminals = plan_.spec.process.terminal;
        for (const auto& [target, source] : sources_of(plan_.mounts, notes))
            request.external.push_back("mnt[" + target + "]:" + source);
        ISOLAB_TRY(pass_on(request, notes));
        CriuCall call;
        call.descriptors = passed_;
        call.started = [this](pid_t pid) { return enter_group(pid); };
        call.notified = [this](const CriuNotification& notification, UniqueFd descriptor) {
            return take_notification(notification, std::move(descriptor));
        };
        name_groups(request);
        auto response = criu.ask({CriuMessageType::restore, request, {}, {}}, call);
        if (!response)
            return fail(response.error().within(restore_operation, options_.id));
        if (!response->success)
            return fail(criu_failure(restore_operation, options_.id, *response, folders_.work / restore_log));
        return response->restored_pid != 0 ? response->restored_pid : pid_;
    }

    /// Of the restored process; 0 before there is one.
    pid_t pid() const noexcept { return pid_; }

  private:
    /// Standard streams from outside are now this process's; a network that is joined is the specification's.
    Result<void> pass_on(CriuOptions& request, const CheckpointNotes& notes) {
        for (int fd = 0; fd < 3; ++fd) {
            const std::string& stream = notes.streams.at(static_cast<std::size_t>(fd));
            if (is_outside_file(stream) && ::lseek(fd, 0, SEEK_CUR) < 0) // where CRIU restores the file's offset
                return fail(ErrorKind::invalid_argument, restore_operation, options_.id,
                            "its standard stream " + std::to_string(fd) + " was a file, and is now none",
                            "Give it a file or /dev/null");
            if (is_outside_file(stream) || is_pipe(stream))
                request.inherited.emplace_back(stream, fd);
            if (is_outside_file(stream))
                request.external.push_back(stream);
        }
        if (const OpenedNamespace* network = plan_.joined_of(CLONE_NEWNET)) {
            constexpr int first_free = 4; // CRIU's socket is 3
            passed_.emplace_back(first_free, network->file.get());
            request.inherited.emplace_back(external_network, first_free);
        }
        return {};
    }

    /// CRIU's process is in the new group when it begins, and what it makes stays there.
    Result<void> enter_group(pid_t criu) const { return plan_.group ? plan_.group->attach(criu) : Result<void>{}; }

    void name_groups(CriuOptions& request) const {
        if (!plan_.group || request.groups == CriuGroupMode::ignore)
            return;
        if (plan_.layout.version == CgroupVersion::v2) {
            request.group_roots.emplace_back("", plan_.group->path());
            return;
        }
        for (const auto& [controller, hierarchy] : plan_.layout.v1)
            request.group_roots.emplace_back(std::string(cgroup_controller_id(controller)), plan_.group->path());
    }

    Result<void> take_notification(const CriuNotification& notification, UniqueFd descriptor) {
        if (notification.script == "setup-namespaces") {
            const std::string state = plan_.hook_state(notification.pid);
            ISOLAB_TRY(run_hooks(plan_.spec.hooks, HookPoint::prestart, state));
            return run_hooks(plan_.spec.hooks, HookPoint::create_runtime, state);
        }
        if (notification.script == "post-restore") {
            pid_ = notification.pid;
            return recorder_.keep(pid_);
        }
        if (notification.script == "orphan-pts-master" && descriptor && plan_.console)
            return send_descriptor(plan_.console.get(), descriptor, "/dev/ptmx");
        return {};
    }

    const Options& options_;
    const LaunchPlan& plan_;
    const CheckpointFolders& folders_;
    const Recorder& recorder_;
    std::vector<std::pair<int, int>> passed_{{0, 0}, {1, 1}, {2, 2}};
    pid_t pid_ = 0;
};

Result<RunningContainer> restore_in_group(const Options& options, const LaunchPlan& plan, const Recorder& recorder,
                                          const Criu& criu, const CheckpointFolders& folders) {
    ISOLAB_ASSIGN(const CheckpointNotes notes, read_notes(folders.images));
    Restoration restoration(options, plan, folders, recorder);
    RunningContainer container;
    ISOLAB_ASSIGN(container.pid, restoration.perform(criu, notes));
    container.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, container.pid, 0)));
    if (!container.pidfd)
        return fail_errno(errno, restore_operation, options.id);
    container.group = plan.group;
    container.own_pid_namespace = plan.spec.namespaces.pid;
    container.own_network = plan.spec.namespaces.network;
    container.own_user_namespace = plan.spec.namespaces.user;
    return container;
}

/// Makes the control group and what is in it; on failure neither is left.
Result<RunningContainer> restore_in(const StateFolder& folder, const Options& options, LaunchPlan& plan,
                                    ContainerRecord& record, Events& events) {
    // Opened in the new mount namespace: CRIU mounts below them.
    ISOLAB_ASSIGN(const PrivateMounts mounts, PrivateMounts::make(plan.mounts));
    ISOLAB_ASSIGN(const CheckpointFolders folders, open_checkpoint_folders(options, false));
    ISOLAB_ASSIGN(const Criu criu, Criu::find(options.checkpoint.criu));
    ISOLAB_TRY(check_criu(criu));
    const Recorder recorder = keep_record(folder, options, plan, record);
    ISOLAB_TRY(recorder.announce());
    std::vector<std::string> warnings;
    if (plan.group)
        ISOLAB_TRY(plan.group->create(plan.spec.resources, &warnings));
    for (std::string& warning : warnings)
        events.warn(std::move(warning));
    auto container = restore_in_group(options, plan, recorder, criu, folders);
    if (!container && plan.group) {
        plan.group->kill_all();
        if (auto removed = plan.group->remove(); !removed)
            events.warn(removed.error().message());
    }
    return container;
}

Result<LaunchPlan> plan_of(const Options& options, Events& events) {
    ISOLAB_ASSIGN(LaunchPlan plan, make_launch_plan(options, events));
    if (plan.spec.process.terminal && options.detach && !plan.console)
        return fail(ErrorKind::invalid_argument, restore_operation, options.id,
                    "its process has a terminal, and nobody to receive it",
                    "Give --console-socket, or leave --detach out");
    return plan;
}

} // namespace

tl::expected<ForegroundContainer, LaunchFailure> restore_in_foreground(const Options& options, Events& events) {
    auto plan = plan_of(options, events);
    if (!plan)
        return failure(plan.error());
    auto console = LocalConsole::open(plan->spec.process.terminal && !plan->console);
    if (!console)
        return failure(console.error());
    if (UniqueFd sender = console->take_sender())
        plan->console = std::move(sender);
    const auto folder = claim_id(options, events);
    if (!folder)
        return failure(folder.error());
    ContainerRecord record;
    auto restored = restore_in(*folder, options, *plan, record, events);
    if (!restored) {
        if (auto removed = folder->remove(); !removed)
            events.warn(removed.error().message());
        return failure(restored.error());
    }
    events.mark(Phase::exec, restored->pid);
    run_late_hooks(plan->spec.hooks, HookPoint::poststart, record, ContainerStatus::running, events);
    return ForegroundContainer{std::move(*restored), std::move(*console)};
}

tl::expected<int, LaunchFailure> restore_container(const Options& options, Events& events) {
    auto signals = options.detach ? Result<UniqueFd>() : open_signals();
    if (!signals)
        return failure(signals.error());
    auto restored = restore_in_foreground(options, events);
    if (!restored)
        return tl::unexpected(restored.error());
    if (options.detach)
        return 0;
    const auto relay = restored->console.start_relay();
    if (!relay)
        events.warn(relay.error().message());
    const int code = watch(restored->container, options, *signals, events, relay ? relay->get() : nullptr);
    if (auto removed = forget_container(options, events); !removed && removed.error().kind != ErrorKind::not_found)
        events.warn(removed.error().message());
    return code;
}

} // namespace isolab::launcher
