// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/session_source.h"

#include <algorithm>

#include "compare/model/runner_observer.h"
#include "compare/report/privacy.h"
#include "engine/base/host_identity.h"

namespace isolab {
namespace {

/// As many saved results of an experiment are looked through for one that was made as it is made now.
constexpr std::size_t newest_looked_at = 8;

/// What was saved last of an experiment; empty: nothing.
Result<std::optional<ExperimentResult>> newest_of(const History& history, const Experiment& experiment) {
    HistoryFilter filter;
    filter.kind = ResultKind::experiment;
    filter.name = experiment.id;
    filter.with_parts = true;
    filter.most = newest_looked_at;
    ISOLAB_ASSIGN(const std::vector<HistoryEntry> entries, history.list(filter));
    std::optional<ExperimentResult> other;
    for (const HistoryEntry& entry : entries) {
        auto result = history.load_experiment(entry.id);
        if (!result)
            continue; // what cannot be read any more does not hide the others
        const bool whole = ended_by_itself(*result);
        if (whole && made_alike(experiment, result->experiment))
            return std::optional(std::move(*result));
        if (!other || (whole && !ended_by_itself(*other)))
            other = std::move(*result);
    }
    return other;
}

} // namespace

Result<Catalogue> SessionSource::open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) {
    ISOLAB_ASSIGN(std::shared_ptr<Session> opened, Session::open(options_, progress, stop));
    Catalogue catalogue;
    catalogue.workloads = listed_workloads(opened->workloads());
    for (const Workload& workload : catalogue.workloads)
        if (const auto image = opened->engine().images().find(workload.image);
            !image && image.error().kind == ErrorKind::not_found)
            catalogue.missing_images.insert(workload.image);
    const bool known = std::ranges::any_of(catalogue.workloads, [&](const Workload& w) { return w.id == wanted; });
    if (!wanted.empty() && !known) {
        if (auto workload = opened->find_workload(wanted))
            catalogue.workloads.push_back(std::move(*workload));
        else
            catalogue.unknown = std::move(workload).error();
    }
    const std::lock_guard lock(mutex_);
    session_ = std::move(opened);
    return catalogue;
}

Result<SessionStatus> SessionSource::status(const StopToken& stop) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->status(stop);
}

std::vector<WorldStatus> SessionSource::worlds(const StopToken& stop) {
    const auto opened = session();
    return opened ? (*opened)->worlds(stop) : std::vector<WorldStatus>();
}

Result<ComparisonResult> SessionSource::run(const ComparisonPlan& plan, RunnerObserver& observer,
                                            const StopToken& stop) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->run(plan, observer, stop);
}

std::vector<Prerequisite> SessionSource::check() { return Session::check(options_); }

Result<std::vector<HistoryEntry>> SessionSource::list(const HistoryFilter& filter) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().list(filter);
}

Result<AnyResult> SessionSource::load_any(const std::string& id) {
    ISOLAB_ASSIGN(const auto opened, session());
    return isolab::load_any(opened->history(), id);
}

Result<void> SessionSource::change_tags(const std::string& id, const std::vector<std::string>& added,
                                        const std::vector<std::string>& removed) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().change_tags(id, added, removed);
}

Result<void> SessionSource::set_note(const std::string& id, const std::string& note) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().set_note(id, note);
}

Result<void> SessionSource::remove_all(const std::vector<std::string>& ids) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().remove_all(ids);
}

Result<PortableResult> SessionSource::portable(const std::string& id, bool is_private) {
    ISOLAB_ASSIGN(const auto opened, session());
    ISOLAB_ASSIGN(PortableResult result, portable_result(opened->history(), id, host_name()));
    if (!is_private)
        return result;
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(options_));
    return without_identity(result, read_host_identity("/", root));
}

Result<std::vector<ImportOutcome>> SessionSource::import_results(const std::vector<PortableResult>& results) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().import_results(results);
}

Result<ComparisonResult> SessionSource::load(const std::string& id) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->history().load(id);
}

Result<Suite> SessionSource::suite(const std::string& id, bool quick) {
    ISOLAB_ASSIGN(const auto opened, session());
    ISOLAB_ASSIGN(const ExperimentCatalogue catalogue, opened->experiments(quick));
    return catalogue.find_suite(id);
}

Result<std::vector<ExperimentResult>> SessionSource::saved(const Suite& suite) {
    ISOLAB_ASSIGN(const auto opened, session());
    std::vector<ExperimentResult> all;
    for (const Experiment& experiment : suite.experiments) {
        ISOLAB_ASSIGN(auto newest, newest_of(opened->history(), experiment));
        if (newest)
            all.push_back(std::move(*newest));
    }
    return all;
}

Result<SuiteResult> SessionSource::run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->run(suite, observer, stop);
}

Result<ExperimentResult> SessionSource::run(const Experiment& experiment, ExperimentObserver& observer,
                                            const StopToken& stop) {
    ISOLAB_ASSIGN(const auto opened, session());
    return opened->run(experiment, observer, stop);
}

void SessionSource::close() {
    std::shared_ptr<Session> last;
    const std::lock_guard lock(mutex_);
    last.swap(session_);
}

Result<std::shared_ptr<Session>> SessionSource::session() const {
    const std::lock_guard lock(mutex_);
    if (!session_)
        return fail(ErrorKind::unavailable, "reach", "the data folder", "it is not open");
    return session_;
}

} // namespace isolab
