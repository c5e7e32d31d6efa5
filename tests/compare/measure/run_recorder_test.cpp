// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "compare/measure/run_recorder.h"
#include "tests/support/test_main.h"

using namespace isolab;

class RunRecorderTest : public QObject {
    Q_OBJECT
  private slots:
    void the_last_line_is_the_workloads() {
        RunnerObserver nobody;
        SideFeed feed(nobody, "vm");
        RunRecorder recorder({}, feed);
        recorder.on_output(OutputStream::console, "[    0.5] ACPI: no tables\r\n", {});
        QCOMPARE(recorder.last_line(), std::string());
        recorder.on_output(OutputStream::out, "listening on ", {});
        recorder.on_output(OutputStream::console, "[    1.6] reboot: Power down\r\n", {});
        recorder.on_output(OutputStream::err, "port 80\r\n\n", {});
        QCOMPARE(recorder.last_line(), std::string("listening on port 80"));
        QCOMPARE(recorder.output(), std::string("listening on port 80\r\n\n"));
    }
};

ISOLAB_TEST(RunRecorderTest)
#include "run_recorder_test.moc"
