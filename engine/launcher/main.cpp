// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-runtime: runs and watches one container, or does one verb of an OCI runtime. Single-threaded, so that
// namespaces of every kind can be made.
#include <algorithm>
#include <array>
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
#include "engine/launcher/lifecycle.h"
#include "engine/launcher/log.h"
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

/// A caller may have closed them; what is opened next would take their place.
void open_missing_standard_streams() {
    for (const int fd : {0, 1, 2})
        if (::fcntl(fd, F_GETFD) < 0)
            (void)!::open("/dev/null", O_RDWR); // the lowest free number: this one
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

int report_launch_failure(const Events& events, const LaunchFailure& failure) {
    events.send(ErrorRecord{failure.error, failure.exit_code});
    events.send(GoneRecord{monotonic_now(), process_cpu_time(::getpid()).value_or(Nanoseconds{0})});
    return failure.exit_code;
}

int run(const Options& options, Events& events) {
    const auto code = run_container(options, events);
    return code ? *code : report_launch_failure(events, code.error());
}

int create(const Options& options, Events& events) {
    const auto created = create_container(options, events);
    return created ? 0 : report_launch_failure(events, created.error());
}

/// A verb that starts nothing.
struct PlainVerb {
    Verb verb;
    Result<void> (*perform)(const Options&);
};
constexpr std::array plain_verbs{
    PlainVerb{Verb::start, start_created},  PlainVerb{Verb::state, print_state},
    PlainVerb{Verb::kill, kill_container},  PlainVerb{Verb::remove, delete_container},
    PlainVerb{Verb::list, list_containers}, PlainVerb{Verb::adopt, adopt_files},
};

int perform(const Options& options) {
    const auto log = Log::open(options);
    if (!log) {
        Events(options.event_fd).send(ErrorRecord{log.error(), own_failure});
        return own_failure;
    }
    Events events(options.event_fd, &*log);
    if (options.verb == Verb::run)
        return run(options, events);
    if (options.verb == Verb::create)
        return create(options, events);
    const auto done = std::ranges::find(plain_verbs, options.verb, &PlainVerb::verb)->perform(options);
    if (!done)
        events.send(ErrorRecord{done.error(), own_failure});
    return done ? 0 : own_failure;
}

bool makes_processes(Verb verb) { return verb == Verb::run || verb == Verb::create || verb == Verb::adopt; }

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
    if (makes_processes(options->verb))
        if (auto safe = run_from_protected_executable(argv); !safe) {
            Events(options->event_fd).send(ErrorRecord{safe.error(), own_failure});
            return own_failure;
        }
    open_missing_standard_streams();
    close_foreign_descriptors(options->event_fd);
    ::prctl(PR_SET_NAME, "isolab-runtime", 0, 0, 0);
    return perform(*options);
}

} // namespace
} // namespace isolab::launcher

int main(int argc, char** argv) { return isolab::launcher::start({argv + 1, argv + argc}, argv); }
