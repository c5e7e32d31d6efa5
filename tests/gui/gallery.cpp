// SPDX-License-Identifier: GPL-3.0-or-later
//
// Draws the window in its states from made-up values, for the eye of whoever works on its look:
// gui_gallery FOLDER WIDTH HEIGHT light|dark LANGUAGE SCALE
#include <QApplication>
#include <QDir>
#include <QStyleFactory>
#include <QTest>

#include "compare/model/runner_observer.h"
#include "gui/main_window.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_page.h"
#include "gui/translator.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/gui/support/sample_result.h"

using namespace isolab;
using namespace Qt::StringLiterals;

namespace {

template <class Condition> void wait_for(Condition condition) {
    if (!QTest::qWaitFor(condition, 20000))
        qFatal("the fake comparison did not get there");
}

void take(QWidget& window, const QString& file) {
    QTest::qWait(250);
    window.grab().save(file);
}

Result<ComparisonResult> broken(const ComparisonPlan&, RunnerObserver&, const StopToken&) {
    ComparisonResult result = test::sample_result(5);
    test::remove_runs(result, "vm");
    result.ratios.clear();
    result.sides[1].metrics.clear();
    result.sides[1].error = Error{ErrorKind::unavailable, "find a guest kernel in", "/boot", "none can be read",
                                  "Run ./dev build, which fetches one"};
    result.complete = false;
    return result;
}

/// The second of three experiments goes on until it is stopped.
Result<ExperimentResult> slow_second(const Experiment& experiment, ExperimentObserver& observer,
                                     const StopToken& stop) {
    ExperimentResult result = test::sample_experiment_result(experiment);
    observer.on_part(result, 1, 4, Fact::said("world.vm"));
    observer.on_run_started("vm", 2, false);
    if (experiment.id == "memory")
        stop.wait_for(std::chrono::seconds(60));
    result.complete = !stop.stop_requested();
    observer.on_experiment(result);
    return result;
}

void draw_book(MainWindow& window, SuiteController& suite, test::FakeSource& source, const QString& prefix) {
    window.show_page(MainWindow::book);
    take(window, prefix + u"book-empty.png"_s);
    for (const Experiment& experiment : test::sample_suite(true).experiments)
        if (experiment.id != "kernel")
            source.saved_results.push_back(test::sample_experiment_result(experiment));
    suite.load();
    wait_for([&] { return suite.has_results(); });
    take(window, prefix + u"book.png"_s);
    source.on_experiment = slow_second;
    suite.start();
    wait_for([&] { return suite.live().experiment == "memory" && !suite.live().side.empty(); });
    take(window, prefix + u"book-running.png"_s);
    suite.stop();
    wait_for([&] { return !suite.busy(); });
    const QSize size = window.size();
    window.resize(960, 700);
    take(window, prefix + u"book-stopped.png"_s);
    window.resize(size);
    source.suite_error = Error{ErrorKind::corrupt, "read", "experiments/start.json", "it is empty", "Install it again"};
    suite.load();
    wait_for([&] { return suite.state() == SuiteController::State::failed; });
    take(window, prefix + u"book-failed.png"_s);
}

void draw(MainWindow& window, ComparisonController& controller, SuiteController& suite, test::FakeSource& source,
          const QString& prefix) {
    wait_for([&] { return controller.host().status().has_value(); });
    take(window, prefix + u"idle.png"_s);
    source.on_run = test::played_run(std::chrono::milliseconds(4000));
    window.compare_page().controls().choose_workload("http");
    window.compare_page().start(Mode::measure);
    QTest::qWait(2150);
    take(window, prefix + u"running.png"_s);
    wait_for([&] { return controller.stage() == Stage::finished; });
    take(window, prefix + u"finished.png"_s);
    const QSize size = window.size();
    window.resize(size.width(), size.height() + 760);
    take(window, prefix + u"tall.png"_s);
    window.resize(size);
    source.on_run = broken;
    window.compare_page().start(Mode::measure);
    wait_for([&] { return controller.stage() == Stage::finished; });
    take(window, prefix + u"failed.png"_s);
    draw_book(window, suite, source, prefix);
    window.show_page(MainWindow::history);
    take(window, prefix + u"history.png"_s);
    window.show_page(MainWindow::system);
    take(window, prefix + u"system.png"_s);
}

} // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() != 7)
        return 2;
    install_language(arguments[5]);
    Theme theme;
    theme.choose(theme_choice(arguments[4]));
    theme.set_scale(arguments[6].toInt());
    test::FakeSource source;
    SessionHost host(source);
    ComparisonController controller(host, source);
    SuiteController suite(host, source);
    ResultsController results(host, source);
    MainWindow window(theme, {host, controller, suite, results});
    window.resize(arguments[2].toInt(), arguments[3].toInt());
    window.show();
    host.open();
    draw(window, controller, suite, source, arguments[1] + QDir::separator());
    return 0;
}
