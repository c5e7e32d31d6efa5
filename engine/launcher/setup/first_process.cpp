// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/first_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <linux/keyctl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/cgroup/group_entrance.h"
#include "engine/launcher/setup/container_root.h"
#include "engine/launcher/setup/hook_runner.h"
#include "engine/launcher/setup/init_process.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/process_setup.h"
#include "engine/launcher/setup/sysctls.h"

namespace isolab::launcher {
namespace {

Result<void> make_network() {
    if (::unshare(CLONE_NEWNET) != 0)
        return fail_errno(errno, "make a network namespace");
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (!socket || ::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return fail_errno(errno, "raise the loopback interface");
    return {};
}

Result<void> set_host_facts(const RuntimeSpec& spec) {
    if (!spec.hostname.empty() && ::sethostname(spec.hostname.data(), spec.hostname.size()) != 0)
        return fail_errno(errno, "set host name", spec.hostname);
    if (!spec.domainname.empty() && ::setdomainname(spec.domainname.data(), spec.domainname.size()) != 0)
        return fail_errno(errno, "set domain name", spec.domainname);
    if (spec.namespaces.network)
        ISOLAB_TRY(make_network());
    ISOLAB_TRY(write_sysctls(spec.sysctls)); // those of the network belong to the new one
    ISOLAB_TRY(set_oom_score(spec.process)); // while the host's /proc is in reach
    ISOLAB_TRY(set_personality(spec.personality));
    return set_memory_policy(spec.memory_policy);
}

/// The state document as it is when the workload is about to be executed.
std::string state_before_start(const std::string& state) {
    auto document = parse_json(state, "state");
    if (!document)
        return state;
    (*document)["status"] = "created";
    return document->dump();
}

/// Leaves `first` and `second` and what is below `lowest` open. What was open before the clone, the lock of the state
/// folder among it, is not to be held as long as the container waits.
void close_all_but(unsigned lowest, int first, int second) {
    std::array kept{static_cast<unsigned>(first), static_cast<unsigned>(second)};
    std::ranges::sort(kept);
    unsigned from = lowest;
    for (const unsigned fd : kept) {
        if (fd > from)
            ::close_range(from, fd - 1, 0);
        from = fd + 1;
    }
    ::close_range(from, ~0U, 0);
}

class FirstProcess {
  public:
    FirstProcess(const LaunchPlan& plan, int socket) : plan_(plan), channel_(socket) {}

    [[noreturn]] void become_workload() {
        auto program = prepare();
        Result<void> ready = program ? pass_gate() : fail(std::move(program).error());
        if (ready && !plan_.spec.hooks.at(HookPoint::start_container).empty())
            ready = run_hooks(plan_.spec.hooks, HookPoint::start_container, state_before_start(state_));
        if (!ready)
            give_up(ready.error());
        if (plan_.init)
            if (auto workload = become_init(terminal_.has_value()); !workload) // goes on in the workload's process
                give_up(workload.error());
        give_up(execute_program(setup(), *program, channel_));
    }

  private:
    ProcessSetup setup() const {
        return {plan_.spec.process,
                plan_.seccomp ? &*plan_.seccomp : nullptr,
                terminal_ ? &*terminal_ : nullptr,
                plan_.keep_standard_input,
                plan_.preserved_fds,
                plan_.agent ? plan_.agent->socket() : -1,
                agent_message_};
    }

    [[noreturn]] void give_up(const Error& error) const {
        channel_.report(ErrorRecord{error, exit_code_of(error)});
        ::_exit(error_exit_code);
    }

    Result<WorkloadProgram> prepare() {
        die_with_parent();
        leave_caller();
        ISOLAB_TRY(build_world());
        if (plan_.new_keyring)
            ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); // a kernel without keys has none to hide
        const SetupChannel channel = channel_;
        ISOLAB_ASSIGN(WorkloadProgram program,
                      prepare_program(setup(), [channel](std::string text) { channel.warn(std::move(text)); }));
        if (terminal_ && plan_.console)
            ISOLAB_TRY(terminal_->send_master(plan_.console.get()));
        return program;
    }

    Result<void> build_world() {
        const RuntimeSpec& spec = plan_.spec;
        if (const OpenedNamespace* mount = plan_.joined_of(CLONE_NEWNS))
            ISOLAB_TRY(enter(*mount));
        if (spec.namespaces.user || plan_.joined_of(CLONE_NEWUSER) != nullptr)
            ISOLAB_TRY(become_root_of_user_namespace());
        ISOLAB_TRY(set_host_facts(spec));
        ISOLAB_ASSIGN(const ContainerRoot root,
                      ContainerRoot::mount(plan_.mounts, plan_.id_mapped, {plan_.layout, plan_.group},
                                           [this] { return enter_group(); }));
        if (spec.process.terminal) {
            ISOLAB_ASSIGN(terminal_, Terminal::open(root.top(), spec.process));
            ISOLAB_TRY(root.mount_console(terminal_->other_end()));
        }
        ISOLAB_TRY(enter_group());
        if (plan_.agent) {
            ISOLAB_ASSIGN(agent_message_, channel_.receive_text());
        }
        if (plan_.pauses_in_setup()) {
            channel_.report(StartedRecord{::getpid()});
            ISOLAB_ASSIGN(state_, channel_.receive_text());
            ISOLAB_TRY(run_hooks(spec.hooks, HookPoint::create_container, state_));
        }
        return root.enter();
    }

    Result<void> become_root_of_user_namespace() const {
        if (plan_.spec.namespaces.user)
            ISOLAB_TRY(channel_.await(ids_are_mapped));
        if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
            return fail_errno(errno, "become root of the user namespace");
        return {};
    }

    /// Moves into the control group, for which the parent may have to make it first.
    Result<void> enter_group() {
        if (std::exchange(in_group_, true))
            return {};
        ISOLAB_ASSIGN(const auto entrance, channel_.receive_entrance());
        ISOLAB_TRY(enter_through(entrance));
        // Entering a cpuset sets the affinity to its CPUs (cpuset(7)), so this comes afterwards.
        ISOLAB_TRY(set_affinity(0, plan_.spec.process.affinity.final));
        if (const OpenedNamespace* joined = plan_.joined_of(CLONE_NEWCGROUP))
            return enter(*joined);
        if (plan_.spec.namespaces.cgroup && ::unshare(CLONE_NEWCGROUP) != 0)
            return fail_errno(errno, "make a cgroup namespace");
        return {};
    }

    /// Waits until `start` opens the gate, as a process of its own: the launcher has ended by then.
    Result<void> pass_gate() {
        if (!plan_.start_gate)
            return {};
        close_all_but(3 + plan_.preserved_fds, channel_.socket(), plan_.start_gate.get());
        channel_.report(StartedRecord{::getpid()});
        ISOLAB_TRY(channel_.await(state_is_kept));
        outlive_parent();
        channel_.report(StartedRecord{::getpid()}); // the launcher ends only now, and cannot take this process along
        for (;;) {
            const int opener = ::accept4(plan_.start_gate.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (opener < 0 && errno == EINTR)
                continue;
            if (opener < 0)
                return fail_errno(errno, "wait for the start");
            channel_ = SetupChannel(opener); // open until the workload is executed
            if (channel_.await(workload_may_go)) {
                ::close(plan_.start_gate.get()); // nobody else can start it
                return {};
            }
            ::close(opener);
        }
    }

    static constexpr int error_exit_code = 125;

    const LaunchPlan& plan_;
    SetupChannel channel_;
    std::optional<Terminal> terminal_;
    std::string state_;         ///< as hooks get it; empty: there are none
    std::string agent_message_; ///< to the seccomp agent; empty: there is none
    bool in_group_ = false;
};

} // namespace

void run_first_process(const LaunchPlan& plan, int socket) { FirstProcess(plan, socket).become_workload(); }

} // namespace isolab::launcher
