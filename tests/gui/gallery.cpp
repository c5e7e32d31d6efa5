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

void draw(MainWindow& window, ComparisonController& controller, test::FakeSource& source, const QString& prefix) {
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
    ResultsController results(host, source);
    MainWindow window(theme, {host, controller, results});
    window.resize(arguments[2].toInt(), arguments[3].toInt());
    window.show();
    host.open();
    draw(window, controller, source, arguments[1] + QDir::separator());
    return 0;
}
