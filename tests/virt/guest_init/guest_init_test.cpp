// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

using namespace isolab;
using namespace isolab::test;

/// What the guest's first process does for a workload, and tells when it cannot. Root file system: busybox.
class GuestInitTest : public QObject {
    Q_OBJECT

    MachineRequest request(ProcessSpec process) const {
        MachineRequest result;
        result.disk = disk_;
        result.process = std::move(process);
        result.limits = {1, 256 * mebibyte};
        result.hostname = "guest";
        return result;
    }

    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;

  private slots:
    void initTestCase();
    void lets_a_user_open_its_streams();
};

void GuestInitTest::initTestCase() {
    auto opened = Hypervisor::open(root_.options(), {});
    VERIFY_OK(opened);
    hypervisor_ = std::move(*opened);
    make_busybox_tree(root_.path() / "tree");
    NoProgress progress;
    auto disk = hypervisor_->make_disk(root_.path() / "tree", "sha256:busybox", progress, {});
    VERIFY_OK(disk);
    disk_ = *disk;
}

void GuestInitTest::lets_a_user_open_its_streams() {
    ProcessSpec process = busybox({"sh", "-c",
                                   "echo one >/dev/stdout; echo two >/proc/self/fd/2; cat </dev/stdin && "
                                   "busybox stat -L -c '%u %g' /dev/stdout /dev/stderr"});
    process.uid = 1000;
    process.gid = 1001;
    RecordingObserver observer;
    const auto machine = hypervisor_->start(request(process), observer, {});
    VERIFY_OK(machine);
    const auto exit = (*machine)->wait({}, patience);
    VERIFY_OK(exit);
    QCOMPARE(observer.output(OutputStream::err), std::string("two\n"));
    QCOMPARE(observer.output(OutputStream::out), std::string("one\n1000 1001\n1000 1001\n"));
    QCOMPARE(exit->status.code, 0);
}

ISOLAB_TEST(GuestInitTest)
#include "guest_init_test.moc"
