// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/process_watch.h"
#include "tests/support/test_main.h"

#include <string>

#include <unistd.h>

#include <QtTest>

using namespace isolab;

namespace {

/// Writes down what it is told.
class Listener final : public InstanceObserver {
  public:
    void on_process(pid_t) override { heard += "process "; }
    void on_mark(const PhaseMark&) override { heard += "mark "; }
    void on_output(OutputStream, std::string_view bytes, Nanoseconds) override { heard += bytes; }
    void on_warning(std::string_view text) override { heard += text; }
    void on_probe_ready(Nanoseconds, std::optional<Nanoseconds>) override { heard += "ready "; }
    void on_exit(const ExitStatus&, Nanoseconds, std::optional<Nanoseconds>) override { heard += "exit "; }
    void on_lost(Nanoseconds) override { heard += "lost "; }
    std::string heard;
};

} // namespace

class ProcessWatchTest : public QObject {
    Q_OBJECT
  private slots:
    void everything_is_passed_on() {
        Listener listener;
        ProcessWatch watch(listener);
        QCOMPARE(watch.pid(), -1);
        watch.on_process(::getpid());
        watch.on_mark({Phase::exec, {}, {}});
        watch.on_output(OutputStream::out, "text ", {});
        watch.on_warning("warning ");
        watch.on_probe_ready({}, {});
        watch.on_exit({}, {}, {});
        watch.on_lost({});
        QCOMPARE(listener.heard, std::string("process mark text warning ready exit lost "));
    }
    void process_and_its_peak_are_remembered() {
        Listener listener;
        ProcessWatch watch(listener);
        watch.on_process(::getpid());
        watch.on_mark({Phase::setup, {}, {}});
        QCOMPARE(watch.peak_at_exec(), std::uint64_t{0});
        watch.on_mark({Phase::exec, {}, {}});
        QCOMPARE(watch.pid(), ::getpid());
        QVERIFY(watch.peak_at_exec() > 1U << 20U);
    }
};

ISOLAB_TEST(ProcessWatchTest)
#include "process_watch_test.moc"
