// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/run.h"

#include <sys/prctl.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/launch/launch_planner.h"
#include "engine/launcher/launch/local_console.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/lifecycle.h"
#include "engine/runtime/watcher_lock.h"

namespace isolab::launcher {
namespace {

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

tl::expected<int, LaunchFailure> run_detached(const Options& options, Events& events) {
    if (auto created = create_container(options, events); !created)
        return tl::unexpected(created.error());
    const auto started = start_created(options, events);
    if (started)
        return 0;
    Options removal = options;
    removal.force = true;
    if (auto removed = delete_container(removal, events); !removed)
        events.warn(removed.error().message());
    return tl::unexpected(started.error());
}

} // namespace

tl::expected<int, LaunchFailure> run_for_caller(const Options& options, Events& events) {
    const auto watching = watch_together(options.bundle, false); // an owner makes the file; others need none
    auto signals = open_signals();
    if (!signals)
        return failure(signals.error());
    tl::expected<RunningContainer, LaunchFailure> container;
    bool orphans = false;
    { // the plan's memory and descriptors are not held while the container runs
        auto plan = make_launch_plan(options, events);
        if (!plan)
            return failure(plan.error());
        if (!plan->mounts.in_own_namespace) // nobody would remember what is mounted in the caller's
            return failure({ErrorKind::unsupported, "run container", options.id,
                            "it has no mount namespace of its own, and nothing is kept of it",
                            "Add a mount namespace, or leave --event-fd out"});
        const Recorder record{[] { return Result<void>{}; },
                              [&options](pid_t pid) -> Result<void> {
                                  return options.pid_file ? write_user_file(*options.pid_file, std::to_string(pid))
                                                          : Result<void>{};
                              }};
        orphans = !plan->spec.is_separate(&NamespaceSet::pid, "pid");
        if (orphans)
            ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        container = launch(*plan, events, record);
    }
    if (!container)
        return tl::unexpected(container.error());
    container->leaves_orphans = orphans;
    return watch(*container, options, *signals, events);
}

tl::expected<int, LaunchFailure> run_container(const Options& options, Events& events) {
    if (options.detach)
        return run_detached(options, events);
    auto signals = open_signals();
    if (!signals)
        return failure(signals.error());
    auto started = start_in_foreground(options, events);
    if (!started)
        return tl::unexpected(started.error());
    const auto relay = started->console.start_relay();
    if (!relay)
        events.warn(relay.error().message());
    const int code = watch(started->container, options, *signals, events, relay ? relay->get() : nullptr);
    if (options.keep)
        return code;
    // Another may have deleted it since it ended, which is as good.
    if (auto removed = forget_container(options, events); !removed && removed.error().kind != ErrorKind::not_found)
        events.warn(removed.error().message());
    return code;
}

} // namespace isolab::launcher
