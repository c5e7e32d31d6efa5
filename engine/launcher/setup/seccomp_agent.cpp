// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/seccomp_agent.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <memory>

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/unix_socket.h"
#include "engine/security/seccomp_profile.h"

namespace isolab::launcher {
namespace {

constexpr int pending = -1; ///< of a descriptor: the filter is not loaded yet
constexpr int none = -2;    ///< it could not be loaded
constexpr std::size_t stack_size = 64U << 10U;

/// Between the thread that loads the filter and the one that hands its descriptor over. They may not wait for each
/// other in the kernel: whatever system call that takes, the filter may be about it.
struct Handover {
    int socket;
    const std::string& message;
    std::atomic<int> descriptor = pending;
    int refused = 0;                ///< errno(3) of the sending
    std::atomic<pid_t> thread = -1; ///< the kernel clears it when the thread is gone (CLONE_CHILD_CLEARTID)
};

/// No memory is taken and no error number is set while the other thread uses them: it only waits by then.
int hand_over(void* argument) {
    auto& handover = *static_cast<Handover*>(argument);
    while (handover.descriptor == pending)
        ::sched_yield();
    if (handover.descriptor == none)
        return 0;
    const std::array sent{UniqueFd(handover.descriptor)}; // closed here: the filter may be about close(2) too
    handover.refused = try_send_descriptors(handover.socket, sent, handover.message);
    return 0;
}

constexpr int thread_flags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;

/// A thread that the C library does not know of, so that it does not take the process for one with many.
Result<void> start_thread(Handover& handover, char* stack) {
    static_assert(sizeof handover.thread == sizeof(pid_t) && std::atomic<pid_t>::is_always_lock_free);
    if (::clone(hand_over, stack + stack_size, thread_flags, &handover, nullptr, nullptr, &handover.thread) < 0)
        return fail_errno(errno, "start a thread for the seccomp agent");
    return {};
}

} // namespace

Result<std::optional<SeccompAgent>> SeccompAgent::connect(const RuntimeSpec& spec,
                                                          const std::optional<SeccompProgram>& program,
                                                          const std::string& subject) {
    if (!program || (program->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) == 0)
        return std::nullopt;
    ISOLAB_ASSIGN(const SeccompListener listener, parse_seccomp_listener(*spec.seccomp, subject));
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket)
        return fail_errno(errno, "create socket");
    if (auto connected = connect_socket(socket, listener.path); !connected) {
        Error error = std::move(connected).error();
        error.operation = "connect to the seccomp agent at";
        error.remedy = "Start the agent that listens there, or take listenerPath and the rules with SCMP_ACT_NOTIFY "
                       "out of linux.seccomp";
        return fail(std::move(error));
    }
    return SeccompAgent(std::move(socket), listener.metadata);
}

std::string SeccompAgent::message(const Json& state, pid_t pid) const {
    Json document{{"ociVersion", state.at("ociVersion")}, {"fds", {"seccompFd"}}, {"pid", pid}, {"state", state}};
    if (!metadata_.empty())
        document["metadata"] = metadata_;
    return document.dump();
}

Result<void> load_seccomp_for_agent(const SeccompProgram& program, int socket, const std::string& message) {
    Handover handover{socket, message};
    const auto stack = std::make_unique<char[]>(stack_size); // NOLINT(modernize-avoid-c-arrays): raw memory
    ISOLAB_TRY(start_thread(handover, stack.get()));
    const auto loaded = load_seccomp(program);
    handover.descriptor = loaded ? *loaded : none;
    while (handover.thread != 0) { // by no system call, see above
    }
    if (!loaded)
        return fail(loaded.error());
    if (handover.refused != 0)
        return fail_errno(handover.refused, "hand the seccomp filter's notifications to its agent");
    return {};
}

} // namespace isolab::launcher
