// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compare/measure/host_cpu.h"
#include "compare/statistics/statistics.h"
#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

using namespace std::chrono_literals;

constexpr Nanoseconds quantum = 1ms;
constexpr std::size_t work_pieces = 1000;
constexpr std::size_t sleeps = 500;
constexpr std::size_t starts = 60;
constexpr std::size_t writes = 50;
constexpr std::size_t memory_tries = 3;
constexpr std::size_t memory_size = 64U << 20U;
constexpr auto memory_pause = 3s; ///< hosts that take pages back do so after two
constexpr double mad_of_normal = 1.4826;
constexpr double median_error = 1.2533;
constexpr double two_sided_95 = 1.96;

// Where noise begins to be said.
constexpr double much_lost = 0.03;
constexpr double late_wake = 1e6; ///< ns beyond the sleep, of one in a hundred
constexpr double wide_starts = 0.15;
constexpr double much_foreign = 0.05;
constexpr double slow_return = 2;

double as_ns(Nanoseconds time) { return static_cast<double>(time.count()); }

NoiseFigure figure_of(std::string id, std::vector<double> values) {
    NoiseFigure figure;
    figure.id = std::move(id);
    figure.n = values.size();
    figure.median = quantile(values, 0.5);
    figure.p99 = quantile(values, 0.99);
    figure.most = *std::ranges::max_element(values);
    std::vector<double> distances;
    for (const double value : values)
        distances.push_back(std::abs(value - figure.median));
    figure.spread = figure.median > 0 ? mad_of_normal * quantile(std::move(distances), 0.5) / figure.median : 0;
    return figure;
}

/// Something that takes time and that no compiler leaves out.
void spin(std::uint64_t rounds) {
    volatile std::uint64_t state = 88172645463325252U;
    for (std::uint64_t i = 0; i < rounds; ++i) {
        std::uint64_t x = state;
        x ^= x << 13U;
        x ^= x >> 7U;
        x ^= x << 17U;
        state = x;
    }
}

double timed(const auto& work) {
    const Nanoseconds begin = monotonic_now();
    work();
    return as_ns(monotonic_now() - begin);
}

/// How many rounds take about a quantum.
std::uint64_t rounds_of_quantum() {
    std::uint64_t rounds = 1000;
    double fastest = timed([&] { spin(rounds); });
    while (fastest < as_ns(quantum) / 4) {
        rounds *= 2;
        fastest = timed([&] { spin(rounds); });
    }
    for (int i = 0; i < 20; ++i)
        fastest = std::min(fastest, timed([&] { spin(rounds); }));
    return static_cast<std::uint64_t>(static_cast<double>(rounds) * as_ns(quantum) / fastest);
}

/// One part of the watch: `once` as often as is wanted, unless a stop comes.
class Watch {
  public:
    Watch(ProgressSink& progress, const StopToken& stop) : progress_(progress), stop_(stop) {}

    template <class Once> Result<std::vector<double>> repeat(const char* task, std::size_t times, Once&& once) {
        std::vector<double> values;
        values.reserve(times);
        for (std::size_t i = 0; i < times; ++i) {
            ISOLAB_TRY(stop_.check("watch the noise of this machine"));
            if (i % 10 == 0)
                progress_.report({task, {}, i, times, false});
            ISOLAB_ASSIGN(const double value, once());
            values.push_back(value);
        }
        return values;
    }

  private:
    ProgressSink& progress_;
    const StopToken& stop_;
};

Result<double> start_once() {
    const Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(ChildProcess child, spawn({.argv = {"true"}, .env = {}, .fds = {}, .program = {}}));
    ISOLAB_TRY(child.wait());
    return as_ns(monotonic_now() - begin);
}

double late_once() {
    const Nanoseconds begin = monotonic_now();
    std::this_thread::sleep_for(quantum);
    return std::max(0.0, as_ns(monotonic_now() - begin - quantum));
}

Result<double> write_once(int fd, const std::string& name) {
    static const std::array<char, 4096> block{};
    const Nanoseconds begin = monotonic_now();
    if (::pwrite(fd, block.data(), block.size(), 0) != static_cast<ssize_t>(block.size()) || ::fdatasync(fd) != 0)
        return fail_errno(errno, "write", name);
    return as_ns(monotonic_now() - begin);
}

Result<std::vector<double>> watch_writes(Watch& watch, const std::filesystem::path& folder) {
    const std::string name = (folder / "noise-XXXXXX").string();
    std::string path = name;
    const UniqueFd fd(::mkostemp(path.data(), O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "make a file in", folder.string());
    ::unlink(path.c_str());
    return watch.repeat("write", writes, [&] { return write_once(fd.get(), path); });
}

Result<double> touch_memory() {
    const Nanoseconds begin = monotonic_now();
    void* const memory =
        ::mmap(nullptr, memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) // NOLINT(performance-no-int-to-ptr): as mmap(2) has it
        return fail_errno(errno, "get memory", "64 MiB");
    const double took = as_ns(monotonic_now() - begin);
    ::munmap(memory, memory_size);
    return took;
}

/// Memory after a pause over the same at once.
Result<double> watch_memory(Watch& watch, ProgressSink& progress, const StopToken& stop) {
    ISOLAB_TRY(touch_memory());
    ISOLAB_ASSIGN(std::vector<double> at_once, watch.repeat("memory", memory_tries, touch_memory));
    progress.report({"pause", {}, 0, 0, false});
    if (stop.wait_for(memory_pause))
        ISOLAB_TRY(stop.check("watch the noise of this machine"));
    ISOLAB_ASSIGN(const double later, touch_memory());
    return later / std::max(1.0, quantile(std::move(at_once), 0.5));
}

/// Ticks of "steal" in /proc/stat; empty where it is not told.
std::optional<double> stolen_ticks() {
    std::ifstream file("/proc/stat");
    std::string name;
    std::array<double, 8> ticks{};
    file >> name;
    for (double& one : ticks)
        file >> one;
    return file && name == "cpu" ? std::optional(ticks[7]) : std::nullopt;
}

Result<void> watch_all(NoiseReport& report, const std::filesystem::path& folder, ProgressSink& progress,
                       const StopToken& stop) {
    Watch watch(progress, stop);
    const std::uint64_t rounds = rounds_of_quantum();
    ISOLAB_ASSIGN(const std::vector<double> work,
                  watch.repeat("work", work_pieces, [&]() -> Result<double> { return timed([&] { spin(rounds); }); }));
    const double fastest = *std::ranges::min_element(work);
    double all = 0;
    for (const double piece : work)
        all += piece;
    report.lost_work = 1 - fastest * static_cast<double>(work.size()) / all;
    report.figures.push_back(figure_of("work", work));
    ISOLAB_ASSIGN(std::vector<double> late,
                  watch.repeat("sleep", sleeps, []() -> Result<double> { return late_once(); }));
    report.figures.push_back(figure_of("sleep", std::move(late)));
    ISOLAB_ASSIGN(std::vector<double> started, watch.repeat("start", starts, start_once));
    report.figures.push_back(figure_of("start", std::move(started)));
    ISOLAB_ASSIGN(std::vector<double> written, watch_writes(watch, folder));
    report.figures.push_back(figure_of("write", std::move(written)));
    ISOLAB_ASSIGN(report.memory_return, watch_memory(watch, progress, stop));
    return {};
}

Fact as_percent(double share) { return Fact::quantity(share * 100, "percent"); }

} // namespace

const NoiseFigure* NoiseReport::find(const std::string& id) const noexcept {
    const auto found = std::ranges::find(figures, id, &NoiseFigure::id);
    return found != figures.end() ? &*found : nullptr;
}

Result<NoiseReport> watch_noise(const std::filesystem::path& folder, ProgressSink& progress, const StopToken& stop) {
    NoiseReport report;
    const CpuReading before = read_cpu();
    const auto stolen_before = stolen_ticks();
    ISOLAB_TRY(watch_all(report, folder, progress, stop));
    const CpuReading after = read_cpu();
    report.seconds = as_ns(after.at - before.at) / 1e9;
    const unsigned cpus = std::max(1U, std::thread::hardware_concurrency());
    report.foreign_cpu = foreign_cpu_share(before, after, std::nullopt, cpus);
    if (const auto stolen_after = stolen_ticks(); stolen_before && stolen_after)
        report.stolen_cpu =
            (*stolen_after - *stolen_before) / (static_cast<double>(::sysconf(_SC_CLK_TCK)) * report.seconds * cpus);
    return report;
}

std::optional<double> smallest_difference(const NoiseReport& report, unsigned runs) {
    const NoiseFigure* start = report.find("start");
    if (start == nullptr || runs == 0)
        return std::nullopt;
    return two_sided_95 * median_error * start->spread * std::sqrt(2.0 / runs);
}

std::vector<Notice> judge_noise(const NoiseReport& report) {
    std::vector<Notice> notices;
    if (report.foreign_cpu.value_or(0) > much_foreign)
        notices.push_back({"foreign-work", Fact::said("noise.foreign", {as_percent(*report.foreign_cpu)}),
                           Fact::said("remedy.let_end")});
    if (report.stolen_cpu.value_or(0) > much_foreign)
        notices.push_back({"stolen", Fact::said("noise.stolen", {as_percent(*report.stolen_cpu)}),
                           Fact::said("remedy.other_guests")});
    if (report.lost_work > much_lost)
        notices.push_back(
            {"lost-work", Fact::said("noise.lost", {as_percent(report.lost_work)}), Fact::said("remedy.repeat")});
    if (const NoiseFigure* sleep = report.find("sleep"); sleep != nullptr && sleep->p99 > late_wake)
        notices.push_back({"late-wake", Fact::said("noise.late", {Fact::quantity(sleep->p99, "ns")}),
                           Fact::said("remedy.power_saving")});
    if (const NoiseFigure* start = report.find("start"); start != nullptr && start->spread > wide_starts)
        notices.push_back(
            {"wide-starts", Fact::said("noise.wide", {as_percent(start->spread)}), Fact::said("remedy.repeat")});
    if (report.memory_return.value_or(1) > slow_return)
        notices.push_back({"returned-memory",
                           Fact::said("noise.returned", {Fact::quantity(*report.memory_return, "ratio")}),
                           Fact::said("remedy.returned")});
    return notices;
}

Json noise_json(const NoiseReport& report) {
    Json figures = Json::array();
    for (const NoiseFigure& figure : report.figures)
        figures.push_back({{"id", figure.id},
                           {"n", figure.n},
                           {"median_ns", figure.median},
                           {"p99_ns", figure.p99},
                           {"most_ns", figure.most},
                           {"spread", figure.spread}});
    const auto value = [](const std::optional<double>& known) { return known ? Json(*known) : Json(); };
    Json differences = Json::object();
    for (const unsigned runs : {5U, 10U, 20U, 50U})
        differences[std::to_string(runs)] = value(smallest_difference(report, runs));
    return {{"schema", "isolab.noise/1"},
            {"seconds", report.seconds},
            {"figures", figures},
            {"lost_work", report.lost_work},
            {"foreign_cpu", value(report.foreign_cpu)},
            {"stolen_cpu", value(report.stolen_cpu)},
            {"memory_return", value(report.memory_return)},
            {"smallest_difference", differences}};
}

} // namespace isolab
