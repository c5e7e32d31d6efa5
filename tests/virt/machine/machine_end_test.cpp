// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

using namespace isolab;
using namespace isolab::test;

/// Machines that end under their workload, by its own doing. Root file system: busybox.
class MachineEndTest : public QObject {
    Q_OBJECT

    TestRoot root_;
    std::map<MachineKind, std::unique_ptr<Hypervisor>> hypervisors_;
    GuestDisk disk_;

  private slots:
    void initTestCase();
    void tells_how_it_ended_data();
    void tells_how_it_ended();
};

void MachineEndTest::initTestCase() {
    for (const MachineKind kind : {MachineKind::standard, MachineKind::lean}) {
        auto opened = Hypervisor::open(root_.options(kind), {});
        VERIFY_OK(opened);
        hypervisors_[kind] = std::move(*opened);
    }
    make_busybox_tree(root_.path() / "tree");
    NoProgress progress;
    auto disk = hypervisors_.begin()->second->make_disk(root_.path() / "tree", "sha256:busybox", progress, {});
    VERIFY_OK(disk);
    disk_ = *disk;
}

/// A machine of one CPU of the lean kind has no ACPI under emulation: its kernel cannot switch it off.
void MachineEndTest::tells_how_it_ended_data() {
    QTest::addColumn<bool>("lean");
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("cause");
    QTest::newRow("power-off") << false << "busybox poweroff -f"
                               << "the machine powered off";
    QTest::newRow("halt") << false << "busybox halt -f"
                          << "the machine powered off";
    QTest::newRow("power-off without ACPI") << true << "busybox poweroff -f"
                                            << "the machine powered off";
    QTest::newRow("its key") << true << "echo o >/proc/sysrq-trigger"
                             << "the machine powered off";
    QTest::newRow("reboot") << true << "busybox reboot -f"
                            << "the machine restarted";
    QTest::newRow("reset") << true << "echo b >/proc/sysrq-trigger"
                           << "the machine restarted";
    QTest::newRow("panic without restart") << true << "echo 0 >/proc/sys/kernel/panic; echo c >/proc/sysrq-trigger"
                                           << "the guest's kernel panicked: sysrq triggered crash";
}

void MachineEndTest::tells_how_it_ended() {
    QFETCH(bool, lean);
    QFETCH(QString, command);
    QFETCH(QString, cause);
    MachineRequest request;
    request.disk = disk_;
    request.process = busybox({"sh", "-c", "echo up; " + command.toStdString() + "; sleep 1000"});
    request.limits = {1, 128 * mebibyte};
    RecordingObserver observer;
    const auto machine =
        hypervisors_.at(lean ? MachineKind::lean : MachineKind::standard)->start(request, observer, {});
    const auto exit = machine ? (*machine)->wait({}, patience) : fail(machine.error());
    QVERIFY(!exit);
    QCOMPARE(QString::fromStdString(exit.error().cause), cause);
    QCOMPARE(observer.exits(), 0);
    QCOMPARE(observer.losses(), 1);
}

ISOLAB_TEST(MachineEndTest)
#include "machine_end_test.moc"
