// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/exec.h"

#include <algorithm>
#include <cerrno>

#include <linux/keyctl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/cgroup/group_entrance.h"
#include "engine/launcher/launch/launch_planner.h"
#include "engine/launcher/launch/local_console.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/container_lookup.h"
#include "engine/launcher/setup/launch_plan.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/process_setup.h"
#include "engine/runtime/process_json.h"

namespace isolab::launcher {
namespace {

/// Everything that is decided before the process exists.
struct ExecPlan {
    RuntimeProcess process;
    std::optional<SeccompProgram> seccomp;
    std::optional<SeccompAgent> agent; ///< of a filter that notifies
    ContainerRecord record;
    ContainerStatus status = ContainerStatus::running;
    UniqueFd first_process; ///< of the container
    int namespaces = 0;     ///< to enter, as for setns(2)
    UniqueFd console;
    bool outlives_launcher = false;
    unsigned preserved_fds = 0;
};

void add_capabilities(RuntimeProcess& process, const std::vector<std::string>& names) {
    if (names.empty())
        return;
    CapabilitySets sets = process.capabilities.value_or(CapabilitySets{});
    for (auto* set : {&sets.bounding, &sets.effective, &sets.permitted})
        for (const std::string& name : names)
            if (std::ranges::find(*set, name) == set->end())
                set->push_back(name);
    process.capabilities = std::move(sets);
}

void set_variable(std::vector<std::string>& env, const std::string& variable) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    std::erase_if(env, [&name](const std::string& one) { return one.starts_with(name); });
    env.push_back(variable);
}

/// The container's own process with the changes of the command line.
Result<RuntimeProcess> changed_process(const Options& options, RuntimeProcess process) {
    const ExecOptions& changes = options.exec;
    if (options.words.empty())
        return fail(ErrorKind::invalid_argument, "run a process in", options.id, "no command is given",
                    "Name one after the container's id, or give --process");
    process.args = options.words;
    process.cwd = changes.cwd.value_or(process.cwd);
    for (const std::string& variable : changes.env)
        set_variable(process.env, variable);
    process.uid = changes.uid.value_or(process.uid);
    process.gid = changes.gid.value_or(process.gid);
    if (!changes.additional_gids.empty())
        process.additional_gids = changes.additional_gids;
    add_capabilities(process, changes.capabilities);
    if (!changes.apparmor_profile.empty())
        process.apparmor_profile = changes.apparmor_profile;
    if (!changes.selinux_label.empty())
        process.selinux_label = changes.selinux_label;
    process.no_new_privileges = process.no_new_privileges || changes.no_new_privileges;
    process.terminal = false;
    return process;
}

Result<RuntimeProcess> process_of(const Options& options, const RuntimeSpec& spec) {
    RuntimeProcess process;
    if (options.exec.process) {
        const std::string file = options.exec.process->string();
        ISOLAB_ASSIGN(const Json document, read_json_file(file));
        ISOLAB_ASSIGN(process, parse_runtime_process(document, file));
    } else {
        ISOLAB_ASSIGN(process, changed_process(options, spec.process));
    }
    process.terminal = process.terminal || options.exec.terminal;
    if (!process.cwd.starts_with("/"))
        return fail(ErrorKind::invalid_argument, "use working directory", process.cwd, "it is not an absolute path");
    return process;
}

Result<void> check_moment(const Options& options, ContainerStatus status) {
    const bool alive = status == ContainerStatus::created || status == ContainerStatus::running;
    if (alive || (status == ContainerStatus::paused && options.exec.ignore_paused))
        return {};
    return wrong_status("run a process in", options, status,
                        status == ContainerStatus::paused ? "Resume it first" : "Start it first");
}

Result<ExecPlan> make_exec_plan(const Options& options, Events& events) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(ContainerView view, look_with_group(states, options.id));
    ISOLAB_TRY(check_moment(options, view.status));
    ISOLAB_ASSIGN(const RuntimeSpec spec, read_kept_spec(states, options.id));
    ExecPlan plan;
    ISOLAB_ASSIGN(plan.process, process_of(options, spec));
    ISOLAB_TRY(check_attributes(plan.process));
    ISOLAB_ASSIGN(plan.seccomp, compile_filter(spec, options, options.id, events));
    ISOLAB_ASSIGN(plan.agent, SeccompAgent::connect(spec, plan.seccomp, options.id));
    ISOLAB_ASSIGN(plan.first_process, open_first_process(view.record));
    ISOLAB_ASSIGN(plan.namespaces, foreign_namespaces(view.record.pid));
    if (options.console_socket) {
        ISOLAB_ASSIGN(plan.console, connect_console(options.console_socket->string()));
    }
    plan.outlives_launcher = options.detach;
    ISOLAB_TRY(check_preserved(options));
    plan.preserved_fds = options.preserved_fds;
    plan.record = std::move(view.record);
    plan.status = view.status;
    if (plan.process.terminal && options.detach && !plan.console)
        return fail(ErrorKind::invalid_argument, "run a process in", options.id,
                    "it has a terminal, and nobody to receive it", "Give --console-socket, or leave --detach out");
    return plan;
}

/// The process that is added, inside the container's namespaces from its birth.
class AddedProcess {
  public:
    AddedProcess(const ExecPlan& plan, int socket) : plan_(plan), channel_(socket) {}

    [[noreturn]] void become_program() {
        auto program = prepare();
        const Error refused = program ? execute_program(setup(), *program, channel_) : std::move(program).error();
        channel_.report(ErrorRecord{refused, exit_code_of(refused)});
        ::_exit(EXIT_FAILURE);
    }

  private:
    ProcessSetup setup() const {
        return {plan_.process,
                plan_.seccomp ? &*plan_.seccomp : nullptr,
                terminal_ ? &*terminal_ : nullptr,
                true,
                plan_.preserved_fds,
                plan_.agent ? plan_.agent->socket() : -1,
                agent_message_};
    }

    Result<WorkloadProgram> prepare() {
        die_with_parent();
        leave_caller();
        if ((plan_.namespaces & CLONE_NEWUSER) != 0 && (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0))
            return fail_errno(errno, "become root of the user namespace");
        ISOLAB_ASSIGN(const auto entrance, channel_.receive_entrance());
        ISOLAB_TRY(enter_through(entrance));
        if (plan_.agent) {
            ISOLAB_ASSIGN(agent_message_, channel_.receive_text());
        }
        ISOLAB_TRY(set_affinity(0, plan_.process.affinity.final)); // a cpuset's own has just replaced the initial one
        ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
        if (plan_.process.terminal) {
            ISOLAB_ASSIGN(const UniqueFd root, open_directory("/"));
            ISOLAB_ASSIGN(terminal_, Terminal::open(root, plan_.process));
        }
        const SetupChannel channel = channel_;
        ISOLAB_ASSIGN(WorkloadProgram program,
                      prepare_program(setup(), [channel](std::string text) { channel.warn(std::move(text)); }));
        if (terminal_)
            ISOLAB_TRY(terminal_->send_master(plan_.console.get()));
        if (plan_.outlives_launcher) // not before the last step that may fail, and that the launcher would have to tell
            outlive_parent();
        return program;
    }

    const ExecPlan& plan_;
    SetupChannel channel_;
    std::optional<Terminal> terminal_;
    std::string agent_message_; ///< to the seccomp agent; empty: there is none
};

Result<SetupChild> clone_into(const ExecPlan& plan) {
    CloneRequest request;
    request.enter = [&plan]() -> Result<void> {
        ISOLAB_TRY(set_oom_score(plan.process)); // by the host's /proc
        ISOLAB_TRY(set_affinity(0, plan.process.affinity.initial));
        if (plan.namespaces != 0 && ::setns(plan.first_process.get(), plan.namespaces) != 0)
            return fail_errno(errno, "enter the namespaces of container", plan.record.id);
        return {};
    };
    return SetupChild::clone(request, [&plan](int socket) { AddedProcess(plan, socket).become_program(); });
}

/// The process enters the container's control group before it does anything else.
Result<void> admit(const ExecPlan& plan, const SetupChild& child) {
    std::vector<UniqueFd> entrance;
    if (const auto group = group_of(plan.record); group && group->exists()) {
        ISOLAB_ASSIGN(entrance, group->open_entrance());
        if (entrance.empty())
            ISOLAB_TRY(group->attach(child.pid()));
    }
    ISOLAB_TRY(tell_entrance(child.socket(), entrance));
    if (!plan.agent)
        return {};
    const Json state = state_document(plan.record, plan.status);
    return tell(child.socket(), plan.agent->message(state, child.pid()));
}

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

} // namespace

tl::expected<int, LaunchFailure> exec_in_container(const Options& options, Events& events) {
    auto plan = make_exec_plan(options, events);
    if (!plan)
        return failure(plan.error());
    auto console = LocalConsole::open(plan->process.terminal && !plan->console);
    if (!console)
        return failure(console.error());
    if (UniqueFd sender = console->take_sender())
        plan->console = std::move(sender);
    auto signals = open_signals();
    if (!signals)
        return failure(signals.error());
    auto child = clone_into(*plan);
    if (!child)
        return failure(child.error());
    if (auto admitted = admit(*plan, *child); !admitted)
        return failure(admitted.error());
    if (auto done = child->follow(events); !done)
        return tl::unexpected(done.error());
    if (options.pid_file)
        if (auto written = write_user_file(*options.pid_file, std::to_string(child->pid())); !written)
            return failure(written.error());
    RunningContainer added;
    added.pidfd = child->take_pidfd();
    added.pid = child->release();
    if (options.detach)
        return 0;
    const auto relay = console->start_relay();
    if (!relay)
        events.warn(relay.error().message());
    return watch(added, options, *signals, events, relay ? relay->get() : nullptr);
}

} // namespace isolab::launcher
