// SPDX-License-Identifier: GPL-3.0-or-later
//
// Experiments in worlds that follow a script.
#include <algorithm>
#include <map>
#include <memory>

#include <sys/mount.h>

#include "compare/lab/experiment_run.h"
#include "compare/report/book_table.h"
#include "compare/report/experiment_json.h"
#include "compare/textbook/row.h"
#include "engine/base/json.h"
#include "tests/support/fake_backend.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

class FakeLab final : public Lab {
  public:
    FakeBackend& add(FakeScript script) {
        worlds_.push_back(std::make_unique<FakeBackend>(std::move(script)));
        return *worlds_.back();
    }
    Result<Backend*> world(const std::string& id, const StopToken&) override {
        for (const auto& world : worlds_)
            if (world->side() == id)
                return world.get();
        return fail(ErrorKind::unavailable, "use world", id, "it is not installed", "Install it");
    }
    Result<Workload> workload(const std::string& name) override {
        if (name == "nothing")
            return fail(ErrorKind::not_found, "find workload", name, "there is none");
        Workload workload;
        workload.id = workload.image = name;
        workload.readiness = *Readiness::parse(name == "service" || name == "burn" ? "log:up" : "exit");
        workload.duration = std::chrono::milliseconds(1);
        return workload;
    }
    History* history() override { return nullptr; }
    std::filesystem::path data_root() const override { return folder; }
    Result<std::unique_ptr<Lab>> empty_lab(ProgressSink&, const StopToken&) override {
        auto lab = std::make_unique<FakeLab>();
        lab->add(script_of_empty);
        return lab;
    }
    Result<void> bring_image(const Workload&, ProgressSink&, const StopToken&) override { return {}; }

    FakeScript script_of_empty;
    std::filesystem::path folder = "/";

  private:
    std::vector<std::unique_ptr<FakeBackend>> worlds_;
};

FakeScript service(const char* side) {
    FakeScript script;
    script.side = side;
    script.output = {"up\n"};
    return script;
}

FakeScript command(const char* side, const char* output = "done\n") {
    FakeScript script;
    script.side = side;
    script.output = {output};
    script.exit = ExitStatus{};
    return script;
}

Experiment experiment_of(Method method, std::vector<std::string> worlds, const char* workload) {
    Experiment experiment;
    experiment.id = "trial";
    experiment.title = "Trial";
    experiment.method = method;
    experiment.workloads = {workload};
    experiment.worlds = std::move(worlds);
    experiment.repetitions = 2;
    experiment.warmup = 0;
    experiment.seed = 7;
    return experiment;
}

/// Stops as soon as there is an observation.
class Stopper final : public ExperimentObserver {
  public:
    explicit Stopper(StopSource& source) : source_(source) {}
    void on_experiment(const ExperimentResult& result) override {
        if (!result.observations.empty())
            source_.request_stop();
    }

  private:
    StopSource& source_;
};

} // namespace

class LabTest : public QObject {
    Q_OBJECT
    ExperimentObserver nobody_;

    static void verify_written_and_read(const ExperimentResult& result) {
        const Json written = experiment_result_json(result);
        const auto again = parse_experiment_result(Json::parse(written.dump()), "trial");
        VERIFY_OK(again);
        QCOMPARE(Json::diff(experiment_result_json(*again), written).dump(), std::string("[]"));
        QCOMPARE(experiment_table(*again, {}), experiment_table(result, {}));
    }

  private slots:
    void each_cell_is_a_comparison() {
        FakeLab lab;
        lab.add(command("container"));
        lab.add(command("vm"));
        Experiment experiment = experiment_of(Method::comparison, {"container", "runc", "vm"}, "hello");
        experiment.factors.cpus = {1, 2};
        experiment.figures = {"ready", "disk.*"};
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(result.complete);
        QCOMPARE(result.cells.size(), std::size_t{2});
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(result.cells[i].comparison != nullptr);
            QCOMPARE(result.cells[i].comparison->plan.workload.limits.cpus, unsigned(i + 1));
            QCOMPARE(result.cells[i].comparison->runs.size(), std::size_t{4});
        }
        QCOMPARE(result.absent.size(), std::size_t{1});
        QCOMPARE(result.absent.front().world, std::string("runc"));
        const std::vector<BookRow> rows = book_rows(result);
        QCOMPARE(rows.size(), std::size_t{10}); // ready and four columns of the disk, twice
        QCOMPARE(rows.front().figure, std::string("ready"));
        QCOMPARE(rows.front().base, std::string("container"));
        QVERIFY(rows.front().worlds[1].ratio.has_value());
        verify_written_and_read(result);
    }

    void density_ends_at_the_cap_and_leaves_nothing() {
        FakeLab lab;
        FakeBackend& container = lab.add(service("container"));
        Experiment experiment = experiment_of(Method::density, {"container"}, "service");
        experiment.factors.most_instances = 12;
        experiment.figures = {"held", "rate", "memory", "start"};
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(result.complete);
        QCOMPARE(container.started(), 12U);
        QCOMPARE(container.alive(), 0);
        QCOMPARE(result.observations.size(), std::size_t{13}); // and all of them at the end
        QCOMPARE(result.observations.back().index, 12U);
        QCOMPARE(result.observations.back().figures.at("memory"), 120e6);
        QCOMPARE(result.observations.back().figures.at("disk.unique"), 600.0);
        QCOMPARE(result.observations.back().figures.at("disk.allocated"), 750.0);
        QCOMPARE(result.ends.size(), std::size_t{1});
        QCOMPARE(result.ends.front().reason.id, std::string("end.cap"));
        const std::vector<BookRow> rows = book_rows(result);
        QCOMPARE(rows.size(), std::size_t{4});
        QCOMPARE(rows[0].worlds.front().value, 12.0);
        QVERIFY(rows[1].worlds.front().value > 0);
        QCOMPARE(rows[2].worlds.front().value, 10e6); // what each further one costs
        verify_written_and_read(result);
    }

    void density_keeps_the_disk_from_being_filled() {
        const QTemporaryDir place;
        const int code = in_own_namespaces(CLONE_NEWNS, [&] {
            if (::mount("none", place.path().toStdString().c_str(), "tmpfs", 0, "size=32m") != 0)
                return no_namespaces;
            FakeLab lab;
            lab.folder = place.path().toStdString();
            const FakeBackend& container = lab.add(service("container"));
            Experiment experiment = experiment_of(Method::density, {"container"}, "service");
            experiment.factors.most_instances = 12;
            const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
            const bool ended = result.ends.size() == 1 && result.ends.front().reason.id == "end.disk";
            return ended && container.started() == 0 ? 0 : 1;
        });
        if (code == no_namespaces)
            QSKIP("this user may not mount in a user namespace");
        QCOMPARE(code, 0);
    }

    void an_instance_that_does_not_start_ends_a_series() {
        FakeLab lab;
        FakeScript script = service("vm");
        script.start_error = Error{ErrorKind::no_space, "start", "vm", "the disk is full", ""};
        script.start_error_after = 3;
        FakeBackend& vm = lab.add(script);
        lab.add(service("container"));
        Experiment experiment = experiment_of(Method::density, {"vm", "container"}, "service");
        experiment.factors.most_instances = 5;
        experiment.figures = {"held"};
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QCOMPARE(vm.alive(), 0);
        QCOMPARE(result.ends.front().reason.id, std::string("end.failed"));
        const std::vector<BookRow> rows = book_rows(result);
        QCOMPARE(rows.front().worlds.size(), std::size_t{2});
        QCOMPARE(rows.front().worlds[0].value, 3.0);
        QCOMPARE(rows.front().worlds[1].value, 5.0);
    }

    void what_ends_cannot_be_counted() {
        FakeLab lab;
        lab.add(command("container"));
        Experiment experiment = experiment_of(Method::density, {"container"}, "hello");
        experiment.factors.most_instances = 5;
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(result.error && !result.complete);
        QCOMPARE(result.error->kind, ErrorKind::invalid_argument);
        QVERIFY(
            english(book_rows(result).front().measured).starts_with("not measurable here, because it runs to its end"));
    }

    void a_stop_keeps_what_was_measured() {
        FakeLab lab;
        FakeBackend& container = lab.add(service("container"));
        Experiment experiment = experiment_of(Method::density, {"container"}, "service");
        experiment.factors.most_instances = 1000;
        StopSource source;
        Stopper stopper(source);
        const ExperimentResult result = run_experiment(experiment, lab, stopper, source.token());
        QVERIFY(!result.complete);
        QCOMPARE(result.observations.size(), std::size_t{1});
        QCOMPARE(container.alive(), 0);
    }

    void a_probe_reports_what_it_sees() {
        FakeLab lab;
        lab.add(command("container", R"({"kernel":"6.18"})"));
        FakeScript killed = command("vm", "out of memory");
        killed.exit = ExitStatus{137, 9, true};
        lab.add(killed);
        const ExperimentResult result =
            run_experiment(experiment_of(Method::probe, {"container", "vm"}, "probe"), lab, nobody_, {});
        QCOMPARE(result.observations.size(), std::size_t{4});
        QCOMPARE((*result.observations[0].evidence)["report"]["kernel"].get<std::string>(), std::string("6.18"));
        QVERIFY(!result.observations[0].error);
        QVERIFY((*result.observations[2].evidence)["exit"]["out_of_memory"].get<bool>());
        QVERIFY(!result.observations[2].error); // a limit that held is evidence
        verify_written_and_read(result);
    }

    void a_victim_is_measured_beside_its_neighbour() {
        FakeLab lab;
        FakeScript script =
            command("container", R"({"schema":"isolab.bench/1","results":[{"kernel":"requests","ops_per_second":500,)"
                                 R"("latency_ns":{"p99":2000}}]})");
        lab.add(script);
        Experiment experiment = experiment_of(Method::interference, {"container"}, "victim");
        experiment.factors.neighbours = {"burn"};
        experiment.factors.limited = {true};
        experiment.figures = {"work.*", "latency.*"};
        // The neighbour would have to stay: here it prints its document and ends, which is told.
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QCOMPARE(figures_of(result, "container", 0, "work.requests"), (std::vector<double>{500, 500}));
        QCOMPARE(figures_of(result, "container", 0, "latency.requests.p99"), (std::vector<double>{2000, 2000}));
        QVERIFY(std::ranges::any_of(result.observations, [](const Observation& o) { return o.cell == 1 && o.error; }));
        verify_written_and_read(result);
    }

    void deployments_are_made_in_an_empty_place_and_again() {
        FakeLab lab;
        FakeBackend& here = lab.add(command("container"));
        lab.script_of_empty = command("container");
        Experiment experiment = experiment_of(Method::deployment, {"container"}, "hello");
        experiment.figures = {"first.total", "second.total"};
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(result.complete);
        QCOMPARE(here.started(), 0U);
        QCOMPARE(result.observations.size(), std::size_t{2});
        for (const char* figure : {"first.import", "first.prepare", "first.start", "first.total", "second.total"})
            QVERIFY2(result.observations[0].figures.contains(figure), figure);
        QCOMPARE(result.observations[0].figures.at("first.prepare"), 1e6);
        QCOMPARE(book_rows(result).size(), std::size_t{2});
    }

    void a_deadline_leaves_the_rest_out_and_says_so() {
        FakeLab lab;
        FakeScript slow = command("container");
        slow.step_time = std::chrono::milliseconds(20);
        lab.add(slow);
        Experiment experiment = experiment_of(Method::comparison, {"container"}, "hello");
        experiment.repetitions = 1000;
        experiment.deadline = std::chrono::milliseconds(200);
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(!result.complete);
        QVERIFY(result.cells.front().comparison->runs.size() < 1000);
        QVERIFY(std::ranges::any_of(result.notices, [](const Notice& notice) { return notice.id == "deadline"; }));
        verify_written_and_read(result);
    }

    void the_line_and_its_doubt_speak_of_the_machines_in_whatever_order() {
        FakeLab lab;
        lab.add(command("container"));
        FakeScript slow = command("vm");
        slow.phase_time = std::chrono::milliseconds(20);
        lab.add(slow);
        lab.add(command("native")); // as fast as the container
        for (const auto& worlds :
             {std::vector<std::string>{"container", "vm", "native"}, {"container", "native", "vm"}}) {
            Experiment experiment = experiment_of(Method::comparison, worlds, "hello");
            experiment.repetitions = 6;
            const BookRow row = book_rows(run_experiment(experiment, lab, nobody_, {})).front();
            QVERIFY2(english(row.measured).starts_with("Virtual machine "), english(row.measured).c_str());
            QVERIFY2(english(row.measured).find("Host") == std::string::npos, english(row.measured).c_str());
            QVERIFY2(row.doubt.empty(), english(row.doubt).c_str());
        }
    }

    void no_world_at_all_is_a_reason() {
        FakeLab lab;
        Experiment experiment = experiment_of(Method::comparison, {"youki"}, "hello");
        const ExperimentResult result = run_experiment(experiment, lab, nobody_, {});
        QVERIFY(result.error.has_value());
        const BookRow row = book_rows(result).front();
        QVERIFY(!row.answered);
        QCOMPARE(english(row.measured), std::string("not measurable here, because it is not installed"));
    }

    void a_suite_goes_on_after_an_experiment_that_cannot_be_made() {
        FakeLab lab;
        lab.add(command("container"));
        Suite suite{"all",
                    "All",
                    {experiment_of(Method::comparison, {"container"}, "nothing"),
                     experiment_of(Method::comparison, {"container"}, "hello")}};
        suite.experiments[1].figures = {"ready"};
        const SuiteResult result = run_suite(suite, lab, nobody_, {});
        QVERIFY(!result.complete);
        QCOMPARE(result.experiments.size(), std::size_t{2});
        QVERIFY(result.experiments[0].error && result.experiments[1].complete);
        const Json written = suite_result_json(result);
        const auto again = parse_suite_result(Json::parse(written.dump()), "suite");
        VERIFY_OK(again);
        QCOMPARE(suite_table(*again, {}), suite_table(result, {}));
    }
};

ISOLAB_TEST(LabTest)
#include "lab_test.moc"
