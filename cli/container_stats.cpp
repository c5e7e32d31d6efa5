// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/container_commands.h"
#include "cli/interrupt.h"
#include "compare/report.h"
#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds first_interval{100};
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
Traffic traffic_of(pid_t pid) {
    Traffic sum;
    std::istringstream lines(read_file("/proc/" + std::to_string(pid) + "/net/dev").value_or(""));
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

struct Sample {
    ContainerInfo container;
    CgroupStatistics statistics;
    Nanoseconds at{0};
};

Result<std::vector<Sample>> take_samples(OpenContainers& open, const StatsOptions& options) {
    std::vector<ContainerInfo> wanted;
    if (options.references.empty()) {
        ISOLAB_ASSIGN(wanted, open.containers.list());
    }
    for (const std::string& reference : options.references) {
        ISOLAB_ASSIGN(ContainerInfo container, open.containers.inspect(reference));
        wanted.push_back(std::move(container));
    }
    std::vector<Sample> samples;
    for (ContainerInfo& container : wanted) {
        if (!container.is_up() && !options.all && options.references.empty())
            continue;
        Sample sample{std::move(container), {}, monotonic_now()};
        if (sample.container.is_up()) {
            ISOLAB_ASSIGN(sample.statistics, open.containers.statistics(sample.container));
        }
        samples.push_back(std::move(sample));
    }
    return samples;
}

double cpu_percent(const Sample& now, const std::vector<Sample>& before) {
    const auto earlier = std::ranges::find_if(
        before, [&](const Sample& one) { return one.container.settings.id == now.container.settings.id; });
    if (earlier == before.end() || now.at <= earlier->at || now.statistics.cpu.total < earlier->statistics.cpu.total)
        return 0;
    return 100.0 * static_cast<double>((now.statistics.cpu.total - earlier->statistics.cpu.total).count()) /
           static_cast<double>((now.at - earlier->at).count());
}

std::string bytes(std::uint64_t count) { return format_bytes(static_cast<double>(count)); }

Json row_of(const Sample& now, const std::vector<Sample>& before, std::uint64_t host_memory) {
    const MemoryStatistics& memory = now.statistics.memory;
    const std::uint64_t limit = std::min(memory.memory.limit == 0 ? host_memory : memory.memory.limit, host_memory);
    const std::uint64_t used = memory.memory.usage - std::min(memory.cache, memory.memory.usage);
    const Traffic traffic = now.container.report.pid > 0 ? traffic_of(now.container.report.pid) : Traffic{};
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    for (const BlockIoCount& count : now.statistics.block_io.bytes) {
        read += count.operation == "Read" ? count.value : 0;
        written += count.operation == "Write" ? count.value : 0;
    }
    return {{"ID", now.container.settings.id},
            {"Name", now.container.settings.name},
            {"CPUPerc", fmt::format("{:.2f}%", cpu_percent(now, before))},
            {"MemUsage", bytes(used) + " / " + bytes(limit)},
            {"MemPerc", fmt::format("{:.2f}%", limit == 0 ? 0.0 : 100.0 * double(used) / double(limit))},
            {"NetIO", bytes(traffic.received) + " / " + bytes(traffic.sent)},
            {"BlockIO", bytes(read) + " / " + bytes(written)},
            {"PIDs", std::to_string(now.statistics.pids)}};
}

std::string table_of(const std::vector<Sample>& now, const std::vector<Sample>& before, std::uint64_t host_memory) {
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
    if (!options.format.empty() && options.format != "json")
        return fail(ErrorKind::invalid_argument, "use format", options.format, "it is not known", "There is json");
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
    const Interrupt interrupt;
    const auto host_memory =
        static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    const bool redraws = ::isatty(STDOUT_FILENO) == 1 && !options.once && options.format.empty();
    ISOLAB_ASSIGN(std::vector<Sample> before, take_samples(open, options));
    for (Nanoseconds wait = first_interval;; wait = usual_interval) {
        if (interrupt.token().wait_for(wait))
            return {};
        ISOLAB_ASSIGN(std::vector<Sample> now, take_samples(open, options));
        std::string text = redraws ? "\033[2J\033[H" : "";
        if (options.format.empty())
            text += table_of(now, before, host_memory);
        else
            for (const Sample& sample : now)
                text += row_of(sample, before, host_memory).dump() + "\n";
        ISOLAB_TRY(write_result(text, {}));
        if (options.once)
            return {};
        before = std::move(now);
    }
}

} // namespace

void add_stats_verbs(const VerbPlace& place) {
    auto options = std::make_shared<StatsOptions>();
    CLI::App* verb = place.group.add_subcommand("stats", "Show what containers use, again and again");
    verb->add_option("container", options->references, "Names or ids; default: all that run")->type_name("CONTAINER");
    verb->add_flag("-a,--all", options->all, "Also those that do not run");
    verb->add_flag("--no-stream", options->once, "Once");
    verb->add_option("--format", options->format, "json")->type_name("FORM");
    place.on_run(verb, [options, &globals = place.globals] { return show(globals, *options); });
}

} // namespace isolab
