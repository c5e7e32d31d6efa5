// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/container_commands.h"
#include "cli/interrupt.h"
#include "cli/output_template.h"
#include "compare/model/format.h"
#include "engine/base/file_tree.h"
#include "engine/base/host_facts.h"
#include "engine/base/json.h"
#include "engine/base/parallel.h"
#include "engine/base/process_identity.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds first_interval{50};
constexpr std::chrono::seconds usual_interval{1};

struct StatsOptions {
    std::vector<std::string> references;
    bool all = false;
    bool once = false;
    std::string format;
};

struct Traffic {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
};

/// All interfaces but loopback, of the network namespace of a process.
Traffic traffic_of(const ProcessIdentity& first) {
    Traffic sum;
    const auto process = open_process(first);
    std::istringstream lines(read_file("/proc/" + std::to_string(first.pid) + "/net/dev").value_or(""));
    if (!process || !has_number(*process))
        return sum;
    for (std::string line; std::getline(lines, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos || line.find("lo:") != std::string::npos)
            continue;
        std::istringstream numbers(line.substr(colon + 1));
        std::uint64_t value = 0;
        for (int field = 0; field < 9 && numbers >> value; ++field) {
            sum.received += field == 0 ? value : 0;
            sum.sent += field == 8 ? value : 0;
        }
    }
    return sum;
}

struct CpuMark {
    Nanoseconds used{0};
    Nanoseconds at{0};
};
using CpuMarks = std::map<std::string, CpuMark>; ///< by the container's id

struct Sample {
    ContainerInfo container;
    GroupOverview overview;
    Traffic traffic;
    Nanoseconds at{0};
};

Result<std::vector<ContainerInfo>> wanted_containers(Containers& containers, const StatsOptions& options,
                                                     const StopToken& stop) {
    std::vector<ContainerInfo> wanted;
    if (options.references.empty()) {
        ISOLAB_ASSIGN(wanted, containers.list(stop));
        std::erase_if(wanted, [&](const ContainerInfo& one) { return !one.is_up() && !options.all; });
    }
    for (const std::string& reference : options.references) {
        ISOLAB_ASSIGN(ContainerInfo container, containers.inspect(reference));
        wanted.push_back(std::move(container));
    }
    return wanted;
}

/// Of all that may be wanted. It is taken before anything else, so that looking at the containers is a part of the
/// interval and not an addition to it.
Result<CpuMarks> first_marks(Containers& containers, const StatsOptions& options) {
    std::vector<std::string> ids;
    if (options.references.empty()) {
        ISOLAB_ASSIGN(ids, containers.ids());
    }
    for (const std::string& reference : options.references) {
        ISOLAB_ASSIGN(const ContainerInfo container, containers.inspect(reference));
        ids.push_back(container.settings.id);
    }
    CpuMarks marks;
    for (const std::string& id : ids) {
        ISOLAB_ASSIGN(const Nanoseconds used, containers.cpu_time(id));
        marks[id] = {used, monotonic_now()};
    }
    return marks;
}

Result<std::vector<Sample>> take_samples(const Containers& containers, std::vector<ContainerInfo> of) {
    std::vector<Sample> samples;
    for (ContainerInfo& container : of)
        samples.push_back({std::move(container), {}, {}, {}});
    std::vector<Result<void>> results(samples.size());
    for_each_index(samples.size(), [&](std::size_t index) {
        Sample& sample = samples[index];
        if (!sample.container.is_up())
            return;
        sample.at = monotonic_now();
        if (auto overview = containers.overview(sample.container.settings.id))
            sample.overview = *overview;
        else
            results[index] = fail(overview.error());
        sample.traffic = traffic_of(sample.container.report.process);
    });
    for (const Result<void>& result : results)
        ISOLAB_TRY(result);
    return samples;
}

CpuMarks marks_of(const std::vector<Sample>& samples) {
    CpuMarks marks;
    for (const Sample& sample : samples)
        marks[sample.container.settings.id] = {sample.overview.cpu, sample.at};
    return marks;
}

double cpu_percent(const Sample& now, const CpuMarks& before) {
    const auto found = before.find(now.container.settings.id);
    if (found == before.end() || now.at <= found->second.at || now.overview.cpu < found->second.used)
        return 0;
    return 100.0 * static_cast<double>((now.overview.cpu - found->second.used).count()) /
           static_cast<double>((now.at - found->second.at).count());
}

std::string bytes(std::uint64_t count) { return format_bytes(static_cast<double>(count)); }

Json row_of(const Sample& now, const CpuMarks& before, std::uint64_t host_memory) {
    const GroupOverview& group = now.overview;
    const std::uint64_t limit = std::min(group.memory_limit == 0 ? host_memory : group.memory_limit, host_memory);
    const std::uint64_t used = group.memory_bytes - std::min(group.cache_bytes, group.memory_bytes);
    return {{"ID", now.container.settings.id},
            {"Container", now.container.settings.id},
            {"Name", now.container.settings.name},
            {"CPUPerc", fmt::format("{:.2f}%", cpu_percent(now, before))},
            {"MemUsage", bytes(used) + " / " + bytes(limit)},
            {"MemPerc", fmt::format("{:.2f}%", limit == 0 ? 0.0 : 100.0 * double(used) / double(limit))},
            {"NetIO", bytes(now.traffic.received) + " / " + bytes(now.traffic.sent)},
            {"BlockIO", bytes(group.bytes_read) + " / " + bytes(group.bytes_written)},
            {"PIDs", std::to_string(group.processes)}};
}

std::string table_of(const std::vector<Sample>& now, const CpuMarks& before, std::uint64_t host_memory) {
    constexpr const char* form = "{:<13} {:<22} {:>8} {:>24} {:>8} {:>22} {:>22} {:>6}\n";
    std::string text = fmt::format(form, "CONTAINER ID", "NAME", "CPU %", "MEM USAGE / LIMIT", "MEM %", "NET I/O",
                                   "BLOCK I/O", "PIDS");
    for (const Sample& sample : now) {
        const Json row = row_of(sample, before, host_memory);
        const auto field = [&](const char* key) { return row[key].get<std::string>(); };
        text += fmt::format(form, sample.container.settings.short_id(), field("Name"), field("CPUPerc"),
                            field("MemUsage"), field("MemPerc"), field("NetIO"), field("BlockIO"), field("PIDs"));
    }
    return text;
}

Result<void> show(const GlobalOptions& globals, const StatsOptions& options) {
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    const std::uint64_t host_memory = host_memory_bytes();
    const bool redraws = ::isatty(STDOUT_FILENO) == 1 && !options.once && options.format.empty();
    ISOLAB_ASSIGN(CpuMarks before, first_marks(open.containers, options));
    Nanoseconds begin = monotonic_now();
    for (Nanoseconds interval = first_interval;; interval = usual_interval) {
        ISOLAB_ASSIGN(std::vector<ContainerInfo> wanted,
                      wanted_containers(open.containers, options, interrupt.token()));
        if (interrupt.token().wait_for(std::max(Nanoseconds{0}, begin + interval - monotonic_now())))
            return {};
        begin = monotonic_now();
        ISOLAB_ASSIGN(const std::vector<Sample> now, take_samples(open.containers, std::move(wanted)));
        std::string text = redraws ? "\033[2J\033[H" : "";
        if (options.format.empty()) {
            text += table_of(now, before, host_memory);
        } else {
            std::vector<Json> rows;
            for (const Sample& sample : now)
                rows.push_back(row_of(sample, before, host_memory));
            ISOLAB_ASSIGN(const std::string lines, format_documents(options.format, rows));
            text += lines;
        }
        ISOLAB_TRY(write_result(text, {}));
        if (options.once)
            return {};
        before = marks_of(now);
    }
}

} // namespace

void add_stats_verbs(const VerbPlace& place) {
    auto options = std::make_shared<StatsOptions>();
    const CommandParser verb = place.group.add_subcommand("stats", "Show what containers use, again and again");
    verb.add_option("container", options->references, "Names or ids; default: all that run").type_name("CONTAINER");
    verb.add_flag("-a,--all", options->all, "Also those that do not run");
    verb.add_flag("--no-stream", options->once, "Once");
    verb.add_option("--format", options->format, "json, or fields as {{.Name}}").type_name("FORM");
    place.on_run(verb, [options, &globals = place.globals] { return show(globals, *options); });
}

} // namespace isolab
