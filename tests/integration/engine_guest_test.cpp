// SPDX-License-Identifier: GPL-3.0-or-later
//
// The engine against a kernel that has every controller of both cgroup versions, whatever this host has: its tests run
// in a machine of ours, whose control groups are mounted as the test wants them.
#include <sstream>

#include "tests/integration/guest_tree.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

/// The functions that the report of QtTest says were skipped.
std::string skipped_in(const std::string& report) {
    std::istringstream lines(report);
    std::string skipped;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("SKIP"))
            skipped += line + "\n";
    return skipped;
}

/// Those that look at control groups.
constexpr const char* launcher_tests =
    "launcher_test lifecycle_test exec_test group_verbs_test attributes_test seccomp_agent_test";

} // namespace

class EngineGuestTest : public QObject {
    Q_OBJECT
    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;
    std::string reports_; ///< of all that runs with cgroup2

    /// Standard output of a shell command in the guest; what went wrong comes after it.
    std::string run(const std::string& command) {
        MachineRequest request;
        request.disk = disk_;
        request.process = busybox({"sh", "-c", command});
        request.process.env = {"PATH=/bin:/usr/bin", "LC_ALL=C.UTF-8"};
        request.limits = {2, 512U << 20U};
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request, observer, {});
        if (!machine)
            return machine.error().message();
        const auto exit = (*machine)->wait({}, std::chrono::minutes(10));
        std::string out = observer.output(OutputStream::out) + observer.output(OutputStream::err);
        return exit ? out + "exit " + std::to_string(exit->status.code) + "\n" : out + exit.error().message();
    }

    /// One that passed, and which the machine has all for.
    static void verify_passed(const std::string& report) {
        if (!report.ends_with("exit 0\n"))
            qWarning("%s", report.c_str());
        QVERIFY(report.ends_with("exit 0\n"));
    }

    /// All tests of the guest passed and none was skipped.
    static void verify_report(const std::string& report, const char* mode) {
        if (!report.ends_with("exit 0\n"))
            qWarning("%s", report.c_str()); // QVERIFY2 shows only its beginning
        QVERIFY(report.ends_with("exit 0\n"));
        QVERIFY(report.find(mode) != std::string::npos);
        QCOMPARE(skipped_in(report), std::string());
    }

    /// From one machine for all that run with cgroup2: a boot is a good part of what they take.
    std::string report_of(const std::string& program) const {
        const std::string begin = "=== " + program + "\n";
        const auto at = reports_.find(begin);
        if (at == std::string::npos)
            return reports_;
        const std::string report = reports_.substr(at + begin.size());
        const auto code = report.find("\nexit ");
        return code == std::string::npos ? report : report.substr(0, report.find('\n', code + 1) + 1);
    }

  private slots:
    void initTestCase() {
        auto opened = Hypervisor::open(root_.options(MachineKind::lean), {});
        VERIFY_OK(opened);
        hypervisor_ = std::move(*opened);
        const fs::path tree = root_.path() / "tree";
        make_busybox_tree(tree);
        for (const char* name : {"cgroup_tests", "launcher_tests"})
            VERIFY_OK(copy_program(tree, helper_file(name)));
        VERIFY_OK(copy_program(tree, program_file("isolab-runtime")));
        for (const char* program : {"/usr/bin/setpriv", "/usr/bin/unshare", "/usr/bin/ps", "/usr/bin/chown"})
            QVERIFY2(copy_program(tree, program), program);
        add_host_files(tree);
        const auto modules = copy_modules(tree);
        VERIFY_OK(modules);
        NoProgress progress;
        auto disk = hypervisor_->make_disk(tree, "sha256:engine-tests", progress, {});
        VERIFY_OK(disk);
        disk_ = *disk;
        reports_ =
            run(std::string(load_modules) +
                "mount -t cgroup2 none /sys/fs/cgroup && one() { echo \"=== $1\"; shift; \"$@\"; echo \"exit $?\"; }; "
                "one controllers cat /sys/fs/cgroup/cgroup.controllers; one control_group_test " +
                helper_file("cgroup_tests") + " control_group_test; for t in " + launcher_tests + "; do one $t " +
                helper_file("launcher_tests") + " $t; done");
    }
    void kernel_has_what_the_tests_need() {
        const std::string out = report_of("controllers");
        for (const char* controller : {"cpuset", "cpu", "io", "memory", "hugetlb", "pids"})
            QVERIFY2((" " + out).find(std::string(" ") + controller) != std::string::npos, out.c_str());
    }
    void cgroup2() { verify_report(report_of("control_group_test"), "control groups: v2"); }
    void every_controller_of_v1() {
        const std::string out =
            run("mount -t tmpfs none /sys/fs/cgroup && cd /sys/fs/cgroup && for c in memory cpu,cpuacct pids cpuset "
                "blkio devices "
                "freezer hugetlb net_cls,net_prio perf_event rdma misc; do mkdir $c && "
                "mount -t cgroup -o $c none $c || rmdir $c; done; mkdir systemd && "
                "mount -t cgroup -o none,name=systemd none systemd && ls && exec " +
                helper_file("cgroup_tests") + " control_group_test");
        verify_report(out, "control groups: v1");
    }
    void launcher_with_cgroup2_data() {
        QTest::addColumn<QString>("program");
        for (const QString& name : QString(launcher_tests).split(' '))
            QTest::newRow(qPrintable(name)) << name;
    }
    void launcher_with_cgroup2() {
        QFETCH(const QString, program);
        verify_passed(report_of(program.toStdString()));
    }
};

ISOLAB_TEST(EngineGuestTest)
#include "engine_guest_test.moc"
