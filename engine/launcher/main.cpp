// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-runtime: runs and watches one container. Single-threaded, so that namespaces of every kind can be made.
#include <cstdio>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/adopt.h"
#include "engine/launcher/launch.h"
#include "engine/launcher/monitor.h"
#include "engine/launcher/options.h"
#include "engine/launcher/own_executable.h"

namespace isolab::launcher {
namespace {

constexpr int own_failure = 125;

/// Descriptors of the caller that nobody meant for us never reach the container (CVE-2024-21626).
void close_foreign_descriptors(int kept) {
    if (kept < 0) {
        ::close_range(3, ~0U, 0);
        return;
    }
    if (kept > 3)
        ::close_range(3, static_cast<unsigned>(kept) - 1, 0);
    ::close_range(static_cast<unsigned>(kept) + 1, ~0U, 0);
    ::fcntl(kept, F_SETFD, FD_CLOEXEC);
}

/// The engine sees by this shared lock that the container is watched.
UniqueFd lock_bundle(const Options& options) {
    UniqueFd lock(::open((options.bundle / "lock").c_str(), O_RDONLY | O_CLOEXEC));
    if (lock)
        ::flock(lock.get(), LOCK_SH);
    return lock;
}

Result<void> write_pid_file(const Options& options, pid_t pid) {
    return options.pid_file ? write_file_atomically(*options.pid_file, std::to_string(pid)) : Result<void>{};
}

tl::expected<int, LaunchFailure> run_container(const Options& options, Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    const UniqueFd lock = options.event_fd >= 0 ? lock_bundle(options) : UniqueFd{};
    auto signals = open_signals();
    if (!signals)
        return failure(signals.error());
    tl::expected<RunningContainer, LaunchFailure> container;
    {
        auto plan = make_launch_plan(options, events);
        if (!plan)
            return failure(plan.error());
        container = launch(*plan, events);
    }
    if (!container)
        return tl::unexpected(container.error());
    if (auto written = write_pid_file(options, container->pid); !written)
        events.warn(written.error().message());
    return watch(*container, options, *signals, events);
}

int run(const Options& options) {
    Events events(options.event_fd);
    ::prctl(PR_SET_NAME, "isolab-runtime", 0, 0, 0);
    const auto code = run_container(options, events);
    if (code)
        return *code;
    events.send(ErrorRecord{code.error().error, code.error().exit_code});
    events.send(GoneRecord{monotonic_now(), process_cpu_time(::getpid()).value_or(Nanoseconds{0})});
    return code.error().exit_code;
}

int adopt(const Options& options) {
    const auto adopted = adopt_files(options);
    if (!adopted)
        std::fprintf(stderr, "isolab-runtime: %s\n", adopted.error().message().c_str());
    return adopted ? 0 : own_failure;
}

int start(const std::vector<std::string>& arguments, char** argv) {
    const auto options = parse_options(arguments);
    if (!options) {
        std::fprintf(stderr, "isolab-runtime: %s\n", options.error().message().c_str());
        return own_failure;
    }
    if (options->help || options->version) {
        std::fputs(options->help ? usage().c_str() : "isolab-runtime " ISOLAB_VERSION "\n", stdout);
        return 0;
    }
    if (auto safe = run_from_protected_executable(argv); !safe) {
        Events(options->event_fd).send(ErrorRecord{safe.error(), own_failure});
        return own_failure;
    }
    close_foreign_descriptors(options->event_fd);
    return options->adopt ? adopt(*options) : run(*options);
}

} // namespace
} // namespace isolab::launcher

int main(int argc, char** argv) { return isolab::launcher::start({argv + 1, argv + argc}, argv); }
