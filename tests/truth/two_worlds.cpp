// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/truth/two_worlds.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include <sys/resource.h>

#include "compare/run/single_run.h"
#include "compare/statistics/bootstrap.h"
#include "compare/statistics/quantile.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/layout_builder.h"
#include "tests/support/patience.h"
#include "tests/support/places.h"

namespace isolab::test {
namespace {

constexpr const char* image_name = "truth:latest";

template <class Value> Value taken(Result<Value> result) {
    if (!result)
        throw std::runtime_error(result.error().message());
    if constexpr (!std::is_void_v<Value>)
        return std::move(*result);
}

std::vector<double> sample(const std::vector<PhaseTimes>& runs, const std::string& phase) {
    std::vector<double> values;
    for (const PhaseTimes& run : runs)
        values.push_back(run.at(phase));
    return values;
}

} // namespace

TwoWorlds::TwoWorlds(std::filesystem::path launcher)
    : scratch_(taken(make_temporary_directory("/tmp", "isolab-truth-"))),
      engine_(taken(Engine::open({root_.path(), std::move(launcher), std::nullopt}))),
      machine_options_(root_.options(MachineKind::lean)) {
    import_image();
}

void TwoWorlds::import_image() {
    std::filesystem::copy_file(helper_file("spin"), bundle_.rootfs() / "bin/spin");
    const auto tar = scratch() / "root.tar";
    taken(run_checked({"tar", "-C", bundle_.rootfs().string(), "-cf", tar.string(), "."}));
    const std::string layer = taken(read_file(tar));
    const LayoutBuilder builder(scratch() / "layout");
    Json config = taken(parse_json(builder.config({layer}), "configuration"));
    config["config"]["User"] = "0";
    const std::string media = "application/vnd.oci.image.";
    const Json manifest{{"schemaVersion", 2},
                        {"mediaType", media + "manifest.v1+json"},
                        {"config", builder.blob(media + "config.v1+json", config.dump())},
                        {"layers", Json::array({builder.blob(media + "layer.v1.tar", layer)})}};
    builder.index(Json::array({builder.blob(media + "manifest.v1+json", manifest.dump())}));
    NoProgress silent;
    taken(engine_->images().import(scratch() / "layout", image_name, silent, {}));
}

std::unique_ptr<Backend> TwoWorlds::machine() {
    const auto open = [this](const StopToken& stop) -> Result<Hypervisor*> {
        if (!hypervisor_) {
            ISOLAB_ASSIGN(hypervisor_, Hypervisor::open(machine_options_, stop));
        }
        return hypervisor_.get();
    };
    return std::make_unique<VmBackend>(*engine_, open, DataFolder(root()));
}

Workload scripted(const std::string& script, const std::string& readiness) {
    Workload workload;
    workload.id = workload.title = "truth";
    workload.image = image_name;
    workload.command = {"/bin/sh", "-c", script};
    workload.readiness = taken(Readiness::parse(readiness));
    workload.deadline = patience;
    workload.duration = std::chrono::milliseconds(1);
    return workload;
}

std::unique_ptr<PreparedWorkload> deploy(Backend& world, const Workload& workload) {
    NoProgress silent;
    return taken(world.deploy(workload, silent, {}));
}

PhaseTimes measure_phases(Backend& world, PreparedWorkload& deployment, const Workload& workload,
                          RunnerObserver& observer) {
    SideFeed feed(observer, world.side());
    const RunResult run = perform_run({world, deployment}, workload, {}, feed, {});
    if (run.error)
        throw std::runtime_error(run.error->message());
    PhaseTimes times;
    for (const PhaseSpan& span : run.phases)
        times[std::string(phase_id(span.phase))] = std::chrono::duration<double, std::milli>(span.duration).count();
    return times;
}

double DelayTrial::error_of(const std::string& phase) const {
    const auto found = delays.find(phase);
    return quantile(sample(delayed, phase), 0.5) - quantile(sample(control, phase), 0.5) -
           (found == delays.end() ? 0 : found->second);
}

double DelayTrial::noise_of(const std::string& phase) const {
    const std::vector<double> without = sample(control, phase);
    const Interval noise = *difference_of_medians(without, without, 1);
    return (noise.high - noise.low) / 2;
}

bool DelayTrial::holds() const {
    return std::ranges::all_of(
        delays, [this](const auto& delay) { return std::abs(error_of(delay.first)) <= bound_of(delay.first); });
}

std::string DelayTrial::text() const {
    std::string text;
    for (const auto& [phase, delay] : delays)
        text += fmt::format("{}: {:g} ms came back as {:.2f} ms, {:.2f} allowed; ", phase, delay,
                            delay + error_of(phase), bound_of(phase));
    return text + fmt::format("{} runs each", control.size());
}

GoFirst::GoFirst() : former_(::getpriority(PRIO_PROCESS, 0)) { ::setpriority(PRIO_PROCESS, 0, -20); }

GoFirst::~GoFirst() { ::setpriority(PRIO_PROCESS, 0, former_); }

void try_delays(DelayTrial& trial, Rounds rounds, const std::function<PhaseTimes(bool delayed)>& measure) {
    measure(true); // each comes after one of the other kind: what a run leaves behind is the same for all of a kind
    for (int round = 0; round < rounds.most && (round < rounds.least || !trial.holds()); ++round)
        for (const bool delayed : {false, true})
            (delayed ? trial.delayed : trial.control).push_back(measure(delayed));
}

} // namespace isolab::test
