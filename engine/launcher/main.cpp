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
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/base/standard_streams.h"
#include "engine/launcher/checkpoint/checkpoint.h"
#include "engine/launcher/command/log.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/copy/copy.h"
#include "engine/launcher/oci/adopt.h"
#include "engine/launcher/oci/exec.h"
#include "engine/launcher/oci/features.h"
#include "engine/launcher/oci/group_verbs.h"
#include "engine/launcher/oci/lifecycle.h"
#include "engine/launcher/oci/other_runtime.h"
#include "engine/launcher/oci/processes.h"
#include "engine/launcher/oci/run.h"
#include "engine/launcher/own_executable.h"
#include "engine/launcher/setup/process_title.h"
#include "engine/supervisor/supervise.h"

namespace isolab::launcher {
namespace {

constexpr int own_failure = 125;

/// Descriptors of the caller that nobody meant for us never reach the container (CVE-2024-21626).
void close_foreign_descriptors(const Options& options) {
    const unsigned first = 3 + options.preserved_fds;
    const int meant = std::max(options.event_fd, options.copy.host_fd); // no verb has both
    if (meant < 0) {
        ::close_range(first, ~0U, 0);
        return;
    }
    const auto kept = static_cast<unsigned>(meant);
    if (kept > first)
        ::close_range(first, kept - 1, 0);
    ::close_range(std::max(kept + 1, first), ~0U, 0);
    ::fcntl(meant, F_SETFD, FD_CLOEXEC);
}

/// A caller may have closed them; what is opened next would take their place. For a workload, which may write there.
void open_missing_standard_streams() {
    for (const int fd : {0, 1, 2})
        if (::fcntl(fd, F_GETFD) < 0)
            (void)!::open("/dev/null", O_RDWR); // the lowest free number: this one
}

int report_launch_failure(const Events& events, const LaunchFailure& failure) {
    events.send(ErrorRecord{failure.error, failure.exit_code});
    events.send(GoneRecord{monotonic_now(), process_cpu_time(::getpid()).value_or(Nanoseconds{0})});
    return failure.exit_code;
}

/// A verb that starts something.
struct StartingVerb {
    Verb verb;
    tl::expected<int, LaunchFailure> (*perform)(const Options&, Events&);
};
template <auto perform> tl::expected<int, LaunchFailure> without_code(const Options& options, Events& events) {
    if (auto done = perform(options, events); !done)
        return tl::unexpected(std::move(done).error());
    return 0;
}
tl::expected<int, LaunchFailure> run_verb(const Options& options, Events& events) {
    if (options.with)
        return run_by_other_runtime(options, events);
    const bool listed = options.event_fd < 0 && !options.root.empty();
    return listed ? run_container(options, events) : run_for_caller(options, events);
}
constexpr std::array starting_verbs{
    StartingVerb{Verb::run, run_verb},
    StartingVerb{Verb::create, without_code<create_container>},
    StartingVerb{Verb::start, without_code<start_created>},
    StartingVerb{Verb::exec, exec_in_container},
    StartingVerb{Verb::supervise, supervisor::supervise},
    StartingVerb{Verb::restore, restore_container},
};

/// Any other.
struct PlainVerb {
    Verb verb;
    Result<void> (*perform)(const Options&, Events&);
};
constexpr std::array plain_verbs{
    PlainVerb{Verb::state, print_state},
    PlainVerb{Verb::kill, kill_container},
    PlainVerb{Verb::remove, delete_container},
    PlainVerb{Verb::list, list_containers},
    PlainVerb{Verb::ps, print_processes},
    PlainVerb{Verb::pause, pause_container},
    PlainVerb{Verb::resume, resume_container},
    PlainVerb{Verb::update, update_container},
    PlainVerb{Verb::events, print_events},
    PlainVerb{Verb::spec, write_example_spec},
    PlainVerb{Verb::features, print_features},
    PlainVerb{Verb::adopt, adopt_files},
    PlainVerb{Verb::checkpoint, checkpoint_container},
    PlainVerb{Verb::copy, copy_files},
};

int perform_verb(const Options& options) {
    const auto log = Log::open(options);
    if (!log) {
        Events(options.event_fd).send(ErrorRecord{log.error(), own_failure});
        return own_failure;
    }
    Events events(options.event_fd, &*log);
    if (const auto* starting = std::ranges::find(starting_verbs, options.verb, &StartingVerb::verb);
        starting != starting_verbs.end()) {
        const auto code = starting->perform(options, events);
        return code ? *code : report_launch_failure(events, code.error());
    }
    const auto done = std::ranges::find(plain_verbs, options.verb, &PlainVerb::verb)->perform(options, events);
    if (!done)
        events.send(ErrorRecord{done.error(), own_failure});
    return done ? 0 : own_failure;
}

/// Of which one could be made to write to this program's file (CVE-2019-5736).
bool makes_processes(Verb verb) {
    return verb == Verb::run || verb == Verb::create || verb == Verb::exec || verb == Verb::supervise ||
           verb == Verb::adopt || verb == Verb::copy || verb == Verb::restore;
}

int start_program(const std::vector<std::string>& arguments, char** argv) {
    const auto options = parse_options(arguments);
    if (!options) {
        std::fprintf(stderr, "isolab-runtime: %s\n", options.error().message().c_str());
        return own_failure;
    }
    if (options->help || options->version) {
        block_closed_standard_streams();
        const auto shown = write_standard_output(options->help ? usage() : "isolab-runtime " ISOLAB_VERSION "\n");
        if (!shown)
            std::fprintf(stderr, "isolab-runtime: %s\n", shown.error().message().c_str());
        return shown ? 0 : own_failure;
    }
    if (makes_processes(options->verb))
        if (auto safe = run_from_protected_executable(argv); !safe) {
            Events(options->event_fd).send(ErrorRecord{safe.error(), own_failure});
            return own_failure;
        }
    if (makes_processes(options->verb))
        open_missing_standard_streams();
    else
        block_closed_standard_streams();
    close_foreign_descriptors(*options);
    ::prctl(PR_SET_NAME, "isolab-runtime", 0, 0, 0);
    return perform_verb(*options);
}

} // namespace
} // namespace isolab::launcher

int main(int argc, char** argv) {
    isolab::launcher::remember_arguments(argc, argv);
    return isolab::launcher::start_program({argv + 1, argv + argc}, argv);
}
