// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/session.h"

#include <algorithm>
#include <mutex>
#include <system_error>

#include "compare/adapters/image_plan.h"
#include "compare/adapters/session_lab.h"
#include "compare/adapters/vm_backend.h"
#include "compare/adapters/world_set.h"
#include "compare/model/runner_observer.h"
#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/work_folder.h"

namespace isolab {
namespace {

constexpr const char* default_image = "isolab/default:latest";

/// Folder `share/isolab` beside the folder of this program, in the build tree and when installed alike.
Result<std::filesystem::path> find_resources(const SessionOptions& options) {
    if (options.resources)
        return *options.resources;
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    const auto folder = program.parent_path().parent_path() / "share/isolab";
    if (error || !std::filesystem::is_directory(folder / "workloads", error))
        return fail(ErrorKind::unavailable, "find the workload catalogue", (folder / "workloads").string(),
                    "the folder is missing", "Build or install Isolab completely");
    return folder;
}

/// Digest of the (only) manifest in an OCI layout.
Result<std::string> layout_digest(const std::filesystem::path& layout) {
    const std::string index = (layout / "index.json").string();
    ISOLAB_ASSIGN(const Json document, read_json_file(index));
    if (!document.is_object() || !document.contains("manifests") || !document["manifests"].is_array() ||
        document["manifests"].empty())
        return fail(ErrorKind::corrupt, "read", index, "it lists no manifest");
    return json_string(document["manifests"].front(), "digest", index);
}

/// Makes sure that the store has the default image as it was built.
Result<void> ensure_default_image(Engine& engine, const std::filesystem::path& layout, ProgressSink& progress,
                                  const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string digest, layout_digest(layout));
    const auto present = engine.images().find(default_image);
    if (present && present->digest.text() == digest)
        return {};
    ISOLAB_TRY(engine.images().import(layout, default_image, progress, stop));
    return {};
}

EngineOptions engine_options(const SessionOptions& options) { return {options.root, {}, std::nullopt, true}; }

HypervisorOptions hypervisor_options(const SessionOptions& options) {
    HypervisorOptions result;
    result.root = options.root;
    result.uri = options.libvirt_uri;
    result.accelerator = options.accelerator;
    result.kind = options.machine_kind;
    result.kernel = options.kernel;
    return result;
}

} // namespace

struct Session::State {
    SessionOptions options;
    std::filesystem::path resources;
    std::unique_ptr<Engine> engine;
    std::optional<Error> leftovers_error;
    std::unique_ptr<History> history;
    std::vector<Workload> workloads;
    std::mutex mutex; ///< guards the two below
    std::unique_ptr<Hypervisor> hypervisor;
    std::optional<Error> hypervisor_error;
    std::unique_ptr<WorldSet> worlds;

    /// Opens once; a failure is remembered unless it was a stop.
    Result<Hypervisor*> open_hypervisor(const StopToken& stop) {
        const std::lock_guard lock(mutex);
        if (hypervisor)
            return hypervisor.get();
        if (hypervisor_error)
            return fail(*hypervisor_error);
        auto opened = Hypervisor::open(hypervisor_options(options), stop);
        if (!opened) {
            if (opened.error().kind != ErrorKind::cancelled)
                hypervisor_error = opened.error();
            return fail(std::move(opened).error());
        }
        hypervisor = std::move(*opened);
        return hypervisor.get();
    }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const SessionOptions& options, ProgressSink& progress,
                                               const StopToken& stop) {
    auto state = std::make_unique<State>();
    state->options = options;
    ISOLAB_ASSIGN(state->options.root, data_root(options));
    const std::filesystem::path& root = state->options.root;
    if (auto made = open_data_folder(root); !made)
        return fail(made.error().within("open the data folder", root.string()));

    ISOLAB_ASSIGN(state->resources, find_resources(options));
    const std::filesystem::path& resources = state->resources;
    ISOLAB_ASSIGN(state->workloads, load_workloads(resources / "workloads"));
    ISOLAB_ASSIGN(state->engine, Engine::open(engine_options(state->options)));
    if (auto removed = state->engine->tidy_up(stop); !removed) // hinders nobody, and the next session tries again
        state->leftovers_error = std::move(removed).error();
    const DataFolder data(root);
    ISOLAB_TRY(make_private_directory(data.temporary()));
    if (auto removed = WorkFolder::remove_abandoned(data.temporary()); !removed && !state->leftovers_error)
        state->leftovers_error = std::move(removed).error();
    ISOLAB_ASSIGN(state->history, History::open(data.history_file()));
    ISOLAB_TRY(ensure_default_image(*state->engine, resources / "default-image", progress, stop));

    const auto open_later = [&state = *state](const StopToken& token) { return state.open_hypervisor(token); };
    state->worlds = std::make_unique<WorldSet>(*state->engine, open_later, data, options.system);
    return std::unique_ptr<Session>(new Session(std::move(state)));
}

const std::vector<Workload>& Session::workloads() const noexcept { return state_->workloads; }

Result<Workload> Session::find_workload(const std::string& workload_or_image) const {
    for (const Workload& workload : state_->workloads)
        if (workload.id == workload_or_image)
            return workload;
    const auto image = state_->engine->images().find(workload_or_image);
    if (image) {
        Workload workload;
        workload.id = workload_or_image;
        workload.title = image->name.empty() ? image->digest.text() : image->name;
        workload.summary = "The image's own command, run to its end";
        workload.image = image->digest.text();
        return workload;
    }
    if (image.error().kind != ErrorKind::not_found)
        return fail(image.error());
    std::string known;
    for (const Workload& workload : listed_workloads(state_->workloads))
        known += (known.empty() ? "" : ", ") + workload.id;
    return fail(ErrorKind::not_found, "find workload or image", workload_or_image, "there is none of that name",
                "Workloads: " + known + ". Images: isolab image ls");
}

Engine& Session::engine() noexcept { return *state_->engine; }
History& Session::history() noexcept { return *state_->history; }
const std::optional<Error>& Session::leftovers_error() const noexcept { return state_->leftovers_error; }

SessionStatus Session::status(const StopToken& stop) {
    SessionStatus status;
    status.engine = state_->engine->facts();
    status.leftovers_error = state_->leftovers_error;
    if (const auto hypervisor = state_->open_hypervisor(stop))
        status.hypervisor = (*hypervisor)->facts({1, 256U << 20U});
    else
        status.hypervisor_error = hypervisor.error();
    return status;
}

std::vector<WorldStatus> Session::worlds(const StopToken& stop) {
    std::vector<WorldStatus> all;
    for (Backend* backend : state_->worlds->known()) {
        WorldStatus status{backend->world(), {}};
        if (auto usable = backend->check(stop); !usable)
            status.trouble = std::move(usable).error();
        all.push_back(std::move(status));
    }
    return all;
}

Result<ComparisonResult> Session::run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) {
    ISOLAB_TRY(find_image(*state_->engine, plan.workload)); // no world can do without
    std::vector<Backend*> backends = state_->worlds->known();
    for (const std::string& side : plan.sides)
        if (side.find('+') != std::string::npos) {
            ISOLAB_ASSIGN(Backend * step, state_->worlds->find(side));
            if (std::ranges::find(backends, step) == backends.end())
                backends.push_back(step);
        }
    Runner runner(std::move(backends), state_->history.get());
    return runner.run(plan, observer, stop);
}

ExperimentResult Session::run(const Experiment& experiment, ExperimentObserver& observer, const StopToken& stop) {
    SessionLab lab = this->lab();
    return run_experiment(experiment, lab, observer, stop);
}

SuiteResult Session::run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) {
    SessionLab lab = this->lab();
    return run_suite(suite, lab, observer, stop);
}

SessionLab Session::lab() {
    return SessionLab({*state_->engine, *state_->worlds, state_->history.get(),
                       [this](const std::string& name) { return find_workload(name); },
                       [this](const StopToken& token) { return state_->open_hypervisor(token); },
                       DataFolder(state_->options.root)});
}

Result<ExperimentCatalogue> Session::experiments(bool quick) const {
    return ExperimentCatalogue::load(state_->resources, quick);
}

std::vector<Prerequisite> Session::check(const SessionOptions& options) {
    const auto root = data_root(options);
    if (!root)
        return {{"data-folder", "data folder", Prerequisite::State::missing, root.error().cause, root.error().remedy}};
    SessionOptions resolved = options;
    resolved.root = *root;
    std::vector<Prerequisite> all = check_engine(engine_options(resolved));
    std::vector<Prerequisite> virt = check_virt(hypervisor_options(resolved));
    std::ranges::move(virt, std::back_inserter(all));
    return all;
}

} // namespace isolab
