// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/other_runtime.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/subprocess.h"
#include "engine/base/text.h"
#include "engine/cgroup/cgroup_scope_record.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/error_relay.h"
#include "engine/launcher/setup/mounts.h"
#include "engine/runtime/spec_json.h"
#include "engine/runtime/watcher_lock.h"

namespace isolab::launcher {
namespace {

constexpr std::uint64_t largest_document = 16U << 20U;
constexpr std::size_t longest_word = 1000; // runtimes name paths first and the reason last
constexpr const char* groups_mount = "/sys/fs/cgroup";

std::string last_line(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \n") + 1);
    return std::string(text.substr(text.rfind('\n') + 1));
}

Nanoseconds cpu_of_run(const rusage& usage) {
    const auto of = [](const timeval& time) {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// What is mounted from here on is seen by this process and its children alone, and goes with them.
Result<void> enter_own_mount_namespace() {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
        return fail_errno(errno, "make a mount namespace");
    return {};
}

/// crun refuses to work where cgroup2 beside v1 has controllers that v1 lacks, and no limit of ours needs it: in this
/// process's own mount namespace an empty folder is in its place, into which the runtime may write what it likes.
Result<void> hide_unified_groups(CgroupLayout& layout) {
    if (layout.version != CgroupVersion::v1 || layout.beside.empty())
        return {};
    if (::mount("none", layout.beside.c_str(), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") != 0)
        return fail_errno(errno, "hide from the runtime", layout.beside);
    layout.beside.clear();
    return {};
}

bool is_overlay_root(const Mount& mount) { return mount.type == "overlay" && mount.destination == "/"; }

/// One container by one runtime.
class OtherRuntime {
  public:
    OtherRuntime(const Options& options, Events& events, ErrorRelay& relay, UniqueFd workload_errors)
        : options_(options), events_(events), relay_(relay), workload_errors_(std::move(workload_errors)) {}

    const Nanoseconds& spent() const noexcept { return spent_; }

    /// Mounts the root and writes the runtime's bundle.
    Result<void> prepare() {
        const auto file = options_.bundle / "config.json";
        ISOLAB_ASSIGN(const std::string text, read_file(file, largest_document));
        ISOLAB_ASSIGN(Json document, parse_json(text, file.string()));
        ISOLAB_ASSIGN(const RuntimeSpec spec, parse_runtime_spec(document, file.string()));
        if (spec.process.terminal)
            return fail(ErrorKind::unsupported, "run container", options_.id,
                        "a terminal cannot be had from another runtime");
        ISOLAB_TRY(mount_overlay_root(spec));
        own_pid_namespace_ = spec.is_separate(&NamespaceSet::pid, "pid");
        own_network_ = spec.is_separate(&NamespaceSet::network, "network");
        CgroupLayout layout = find_cgroup_layout(recorded_scope(options_.root));
        ISOLAB_TRY(hide_unified_groups(layout));
        if (layout.version != CgroupVersion::none && !spec.cgroups_path.empty()) {
            ISOLAB_ASSIGN(group_, ControlGroup::at(layout, spec.cgroups_path));
            if (layout.version == CgroupVersion::v2) // below the scope that systemd may have given us
                document["linux"]["cgroupsPath"] =
                    group_->directory(CgroupController::memory).substr(std::string_view(groups_mount).size());
        }
        return write_bundle(document, spec);
    }

    Result<RunningContainer> start() {
        ISOLAB_TRY(create());
        workload_errors_.reset(); // so that its end can be seen
        RunningContainer container;
        ISOLAB_ASSIGN(container.pid, created_process());
        container.pidfd.reset(static_cast<int>(::syscall(SYS_pidfd_open, container.pid, 0)));
        if (!container.pidfd)
            return fail_errno(errno, "watch process", std::to_string(container.pid));
        mark(Phase::setup, container.pid);
        ISOLAB_TRY(perform({"start", options_.id}));
        events_.send(StartedRecord{container.pid, spent_});
        mark(Phase::exec, container.pid);
        container.group = group_;
        container.own_pid_namespace = own_pid_namespace_;
        container.own_network = own_network_;
        container.leaves_orphans = true;
        container.spent = &spent_;
        container.take_down = [this] { remove(); };
        return container;
    }

    void remove() {
        if (auto removed = perform({"delete", "--force", options_.id}); !removed)
            events_.warn(removed.error().message());
    }

    /// After a start that failed: what is left of it, also where the runtime's own `delete` fails.
    void give_up() {
        if (created_) [[maybe_unused]]
            const auto removed = perform({"delete", "--force", options_.id});
        RunningContainer rest;
        rest.group = group_;
        rest.leaves_orphans = true;
        if (auto removed = remove_group(rest); !removed)
            events_.warn(removed.error().message());
    }

  private:
    std::filesystem::path folder() const { return options_.bundle / "runtime"; }

    Result<void> mount_overlay_root(const RuntimeSpec& spec) const {
        const auto overlay = std::ranges::find_if(spec.mounts, is_overlay_root);
        if (overlay == spec.mounts.end())
            return {};
        MountRequest request;
        request.root_path = (options_.bundle / spec.root_path).string();
        request.mounts = {*overlay};
        request.devices_are_limited = true; // the runtime sees to its devices
        ISOLAB_ASSIGN(const MountPlan plan, plan_mounts(request));
        ISOLAB_TRY(mount_root(plan));
        return {};
    }

    Result<void> write_bundle(Json& document, const RuntimeSpec& spec) const {
        document["root"]["path"] = (options_.bundle / spec.root_path).string();
        Json& mounts = document["mounts"];
        for (std::size_t i = mounts.size(); i > 0; --i)
            if (is_overlay_root(spec.mounts.at(i - 1)))
                mounts.erase(i - 1);
        if (::mkdir(folder().c_str(), 0700) != 0)
            return fail_errno(errno, "create", folder().string());
        return write_file_atomically(folder() / "config.json", document.dump(), 0600);
    }

    Result<void> create() {
        Command command = command_for(
            {"create", "--bundle", folder().string(), "--pid-file", (folder() / "pid").string(), options_.id});
        command.fds = {{STDOUT_FILENO, STDOUT_FILENO}, {STDERR_FILENO, workload_errors_.get()}};
        ISOLAB_ASSIGN(ChildProcess runtime, start_program(command));
        created_ = true;
        mark(Phase::create, runtime.pid());
        std::string said;
        ISOLAB_TRY(follow(runtime, relay_, "create", said));
        if (!said.empty())
            events_.warn(options_.with->string() + ": " + plain_text(last_line(said), longest_word));
        return {};
    }

    /// Another verb than create.
    Result<void> perform(const std::vector<std::string>& words) {
        ISOLAB_ASSIGN(Pipe errors, Pipe::create());
        Command command = command_for(words);
        command.fds = {{STDERR_FILENO, errors.write.get()}};
        ISOLAB_ASSIGN(ChildProcess runtime, start_program(command));
        errors.write.reset();
        ErrorRelay relay(std::move(errors.read));
        std::string said;
        return follow(runtime, relay, words.front(), said);
    }

    Command command_for(const std::vector<std::string>& words) const {
        Command command;
        command.argv = {options_.with->string(), "--root", (folder() / "state").string()};
        if (options_.with->filename() == "crun") // its default is that of systemd where it finds it
            command.argv.emplace_back("--cgroup-manager=cgroupfs");
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        return command;
    }

    Result<ChildProcess> start_program(const Command& command) const {
        auto started = spawn(command);
        if (!started)
            return fail(started.error().within("use runtime", options_.with->string()));
        return started;
    }

    /// To its end, or until nobody wants the container any more: then it is killed.
    Result<void> follow(ChildProcess& runtime, ErrorRelay& relay, const std::string& verb, std::string& said) {
        bool wanted = true;
        for (bool running = true; running;) {
            // A request of the caller's stays unread until the container is watched; only its going is looked for.
            std::array<pollfd, 3> fds{{{runtime.pidfd(), POLLIN, 0},
                                       {relay.end().get(), POLLIN, 0},
                                       {wanted && verb != "delete" ? events_.socket() : -1, POLLRDHUP, 0}}};
            if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
                break;
            relay.take(said);
            running = fds[0].revents == 0;
            if (fds[2].revents != 0) {
                wanted = false;
                runtime.kill(SIGKILL);
            }
        }
        ISOLAB_ASSIGN(const ChildExit exit, runtime.wait());
        relay.take(said);
        spent_ += cpu_of_run(exit.usage);
        if (!wanted)
            return fail(ErrorKind::cancelled, verb + " container", options_.id, "its owner is gone");
        if (exit.code == 0)
            return {};
        std::string cause = plain_text(last_line(said), longest_word);
        if (cause.empty())
            cause = "it ended with code " + std::to_string(exit.code) + " and said nothing";
        return fail(ErrorKind::system, verb + " container with runtime", options_.with->string(), std::move(cause));
    }

    /// The first process, which is this process's child by now: its parent has ended.
    Result<pid_t> created_process() const {
        const auto file = folder() / "pid";
        ISOLAB_ASSIGN(const std::string text, read_file(file));
        pid_t pid = -1;
        std::from_chars(text.data(), text.data() + text.size(), pid);
        siginfo_t info{};
        if (pid <= 0 || ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
            return fail(ErrorKind::system, "use runtime", options_.with->string(),
                        "the process it names in " + file.string() + " was not left to its caller");
        return pid;
    }

    void mark(Phase phase, pid_t process) const {
        const Nanoseconds at = monotonic_now();
        const Nanoseconds own = process_cpu_time(::getpid()).value_or(Nanoseconds{0});
        events_.send(MarkRecord{phase, at, own + spent_ + process_cpu_time(process).value_or(Nanoseconds{0})});
    }

    const Options& options_;
    Events& events_;
    ErrorRelay& relay_;
    UniqueFd workload_errors_;
    std::optional<ControlGroup> group_;
    Nanoseconds spent_{0}; ///< CPU time of the runtime's processes that have ended
    bool own_pid_namespace_ = false;
    bool own_network_ = false;
    bool created_ = false;
};

Result<void> check_root(const Options& options) {
    if (::geteuid() == 0)
        return {};
    return fail(ErrorKind::unsupported, "use runtime", options.with->string(), "only root can compare other runtimes",
                "Run it as root");
}

} // namespace

tl::expected<int, LaunchFailure> run_by_other_runtime(const Options& options, Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    const auto watching = watch_together(options.bundle, false);
    if (auto allowed = check_root(options); !allowed)
        return failure(allowed.error());
    const auto signals = open_signals();
    if (!signals)
        return failure(signals.error());
    auto errors = Pipe::create();
    if (!errors)
        return failure(errors.error());
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (auto entered = enter_own_mount_namespace(); !entered)
        return failure(entered.error());
    ErrorRelay relay(std::move(errors->read));
    OtherRuntime runtime(options, events, relay, std::move(errors->write));
    if (auto prepared = runtime.prepare(); !prepared)
        return failure(prepared.error());
    const auto container = runtime.start();
    if (!container) {
        runtime.give_up();
        return failure(container.error());
    }
    return watch(*container, options, *signals, events, &relay);
}

} // namespace isolab::launcher
