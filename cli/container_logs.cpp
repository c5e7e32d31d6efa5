// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include "cli/container_commands.h"
#include "cli/container_values.h"
#include "cli/interrupt.h"
#include "engine/base/duration.h"
#include "engine/base/utc_time.h"
#include "engine/containers/output_log.h"

namespace isolab {
namespace {

struct LogOptions {
    std::string reference;
    bool follow = false;
    bool timestamps = false;
    std::string tail = "all";
    std::optional<std::string> since;
    std::optional<std::string> until;
};

/// A time, or how long ago.
Result<std::optional<Nanoseconds>> moment(const std::optional<std::string>& text) {
    if (!text)
        return std::nullopt;
    if (const auto time = parse_utc_text(*text))
        return time;
    if (const auto day = parse_utc_text(*text + "T00:00:00Z"))
        return day;
    const auto ago = parse_duration(*text);
    if (ago)
        return realtime_now() - *ago;
    return fail(ErrorKind::invalid_argument, "use time", *text, "it is neither a time nor a duration",
                "Write it as 2026-01-31T10:00:00Z or 10m");
}

Result<void> put(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(file, text.data(), text.size());
        if (count < 0 && errno != EINTR)
            return fail_errno(errno, "write output");
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

Result<void> show(const GlobalOptions& globals, const LogOptions& options) {
    LogQuery query;
    ISOLAB_ASSIGN(query.since, moment(options.since));
    ISOLAB_ASSIGN(query.until, moment(options.until));
    ISOLAB_ASSIGN(query.tail, parse_tail(options.tail));
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const ContainerInfo container, open.containers.inspect(options.reference));
    const std::string id = container.settings.id;
    if (!container.settings.supervision.log.enabled)
        return fail(ErrorKind::unsupported, "show the log of container", container.settings.name,
                    "it keeps none (--log-driver none)");
    const Interrupt interrupt;
    const auto is_running = [&]() {
        const auto now = open.containers.inspect(id);
        return now && now->is_up();
    };
    const auto print = [&](const OutputLine& line) {
        const std::string text = options.timestamps ? utc_text(line.time) + " " + line.text : line.text;
        return put(line.error_stream ? STDERR_FILENO : STDOUT_FILENO, text);
    };
    auto done = read_output_log(open.containers.folder(container.settings) / output_log_file, query, print,
                                options.follow ? std::function<bool()>(is_running) : nullptr, interrupt.token());
    if (!done && done.error().kind == ErrorKind::not_found) // it was never started
        return {};
    return done;
}

} // namespace

void add_log_verbs(const VerbPlace& place) {
    auto options = std::make_shared<LogOptions>();
    const CommandParser verb = place.group.add_subcommand("logs", "Show what a container has written");
    verb.add_option("container", options->reference, "Name or id").required().type_name("CONTAINER");
    verb.add_flag("-f,--follow", options->follow, "Go on with what it writes");
    verb.add_flag("-t,--timestamps", options->timestamps, "With times");
    verb.add_option("-n,--tail", options->tail, "The last lines only").type_name("N").capture_default_str();
    verb.add_option("--since", options->since, "From a time on, or from so long ago").type_name("TIME");
    verb.add_option("--until", options->until, "Up to a time, or to so long ago").type_name("TIME");
    place.on_run(verb, [options, &globals = place.globals] { return show(globals, *options); });
}

} // namespace isolab
