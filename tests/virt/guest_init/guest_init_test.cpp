// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

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
    void tells_why_it_cannot_answer();
    void tells_that_its_probe_is_gone();
    void shows_host_names_data();
    void shows_host_names();
};

void GuestInitTest::initTestCase() {
    auto opened = Hypervisor::open(root_.options(MachineKind::lean), {});
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

/// Without /proc and without leave to make a process: the lowest limit of threads is below what the kernel has itself.
void GuestInitTest::tells_why_it_cannot_answer() {
    RecordingObserver observer;
    const auto machine =
        hypervisor_->start(request(busybox({"sh", "-c",
                                            "exec 3>/proc/sys/kernel/threads-max; busybox umount -l /proc; "
                                            "echo 20 >&3; echo alone; exec sleep 1000"})),
                           observer, {});
    VERIFY_OK(machine);
    QVERIFY(observer.wait_output("alone"));
    const auto answer = (*machine)->exchange(80, "x", "y", patience);
    QVERIFY(!answer);
    QVERIFY2(answer.error().message().find("Resource temporarily unavailable") != std::string::npos,
             answer.error().message().c_str());
    const auto disk = (*machine)->disk();
    QVERIFY(!disk);
    QVERIFY2(disk.error().message().find("Resource temporarily unavailable") != std::string::npos,
             disk.error().message().c_str());
    const auto usage = (*machine)->usage();
    VERIFY_OK(usage);
    QVERIFY(!usage->guest); // and not one without memory
    VERIFY_OK((*machine)->stop(0s));
}

/// A workload that will never be found ready.
void GuestInitTest::tells_that_its_probe_is_gone() {
    MachineRequest probed = request(busybox({"sh", "-c", "while :; do kill -9 -1; sleep 0.1; done"}));
    probed.probe = PortProbe{80, std::nullopt};
    RecordingObserver observer;
    const auto machine = hypervisor_->start(probed, observer, {});
    VERIFY_OK(machine);
    const auto exit = (*machine)->wait({}, patience);
    QVERIFY(!exit);
    QVERIFY2(exit.error().message().find("probe the workload") != std::string::npos, exit.error().message().c_str());
    QCOMPARE(observer.losses(), 1);
}

/// What an image may have in the place of /etc/hosts must not lead out of the image.
void GuestInitTest::shows_host_names_data() {
    QTest::addColumn<QString>("make");
    QTest::addColumn<QString>("seen");
    QTest::newRow("a link out of the root") << "mkdir etc run; ln -s ../../../run/hosts etc/hosts"
                                            << "/run/hosts\n";
    QTest::newRow("/etc elsewhere") << "mkdir -p usr/etc; ln -s /usr/etc etc"
                                    << "/usr/etc/hosts\n";
    QTest::newRow("/etc nowhere") << "ln -s /var/etc etc"
                                  << "/var/etc/hosts\n";
}

void GuestInitTest::shows_host_names() {
    QFETCH(QString, make);
    QFETCH(QString, seen);
    const auto tree = root_.path() / "names";
    std::filesystem::remove_all(tree);
    make_busybox_tree(tree);
    VERIFY_OK(run_checked({"sh", "-ec", "cd " + tree.string() + "; " + make.toStdString()}));
    NoProgress progress;
    const auto disk = hypervisor_->make_disk(tree, std::string("sha256:names") + QTest::currentDataTag(), progress, {});
    VERIFY_OK(disk);
    MachineRequest named = request(
        busybox({"sh", "-c", "busybox cut -d' ' -f5 /proc/self/mountinfo | busybox grep hosts; cat /etc/hosts"}));
    named.disk = *disk;
    RecordingObserver observer;
    const auto machine = hypervisor_->start(named, observer, {});
    VERIFY_OK(machine);
    VERIFY_OK((*machine)->wait({}, patience));
    QCOMPARE(QString::fromStdString(observer.output(OutputStream::out)),
             seen + "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\tguest\n");
}

ISOLAB_TEST(GuestInitTest)
#include "guest_init_test.moc"
