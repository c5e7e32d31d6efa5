// SPDX-License-Identifier: GPL-3.0-or-later
//
// A delay of known length in each phase of a container comes back in that phase and in no other. All phases are
// delayed in the same run, each by another time, so that one phase's cannot be taken for another's.
//
// firmware and kernel do not exist here. Seen on two busy processors: errors up to 0.9 ms.
#include <cstdlib>

#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/truth/two_worlds.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ContainerDelaysTest : public QObject {
    Q_OBJECT
    DelayTrial trial_{{{"prepare", 20},
                       {"create", 30},
                       {"firmware", 0},
                       {"kernel", 0},
                       {"setup", 35},
                       {"exec", 25},
                       {"ready", 45},
                       {"stop", 55}},
                      2,
                      6,
                      {},
                      {}};

    /// A service that takes so long until it is up and to end, in seconds.
    static Workload slow(const std::string& ready, const std::string& stop) {
        return scripted("trap 'sleep " + stop + "; exit 0' TERM; sleep " + ready + "; echo up; sleep 1000 & wait");
    }

  private slots:
    void initTestCase() {
        const GoFirst priority;
        TwoWorlds worlds(helper_file("delayed_runtime"));
        const auto container = worlds.container();
        const Workload quick = slow("0", "0");
        const Workload delayed = slow("0.045", "0.055");
        const auto quick_deployment = deploy(*container, quick);
        const auto delayed_deployment = deploy(*container, delayed);
        RunnerObserver nobody;
        try_delays(trial_, {9, 27}, [&](bool late) {
            ::setenv(delays_variable, late ? "prepare=20,start=30,setup=35,exec=25" : "", 1);
            return measure_phases(*container, late ? *delayed_deployment : *quick_deployment, late ? delayed : quick,
                                  nobody);
        });
        ::unsetenv(delays_variable);
        qInfo("%s", trial_.text().c_str());
    }

    void a_delay_comes_back_in_its_phase_data() {
        QTest::addColumn<QString>("phase");
        for (const auto& delay : trial_.delays)
            QTest::newRow(delay.first.c_str()) << QString::fromStdString(delay.first);
    }
    void a_delay_comes_back_in_its_phase() {
        QFETCH(QString, phase);
        const std::string name = phase.toStdString();
        const bool came_back = std::abs(trial_.error_of(name)) <= trial_.bound_of(name);
        if (!came_back && !trial_.is_quiet(name))
            QSKIP("this machine is so busy that the phase does not repeat without a delay either");
        QVERIFY2(came_back, trial_.text().c_str());
    }
};

ISOLAB_TEST(ContainerDelaysTest)
#include "container_delays_test.moc"
