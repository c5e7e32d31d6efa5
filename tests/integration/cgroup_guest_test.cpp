// SPDX-License-Identifier: GPL-3.0-or-later
//
// Control groups of both versions against a kernel that has them all: control_group_test runs in a machine of ours,
// whose control groups are mounted as the test wants them, whatever this host's are.
#include <fstream>
#include <sstream>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/virt/vm_fixture.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

void copy_to(const fs::path& tree, const fs::path& file) {
    const fs::path target = tree / file.relative_path();
    fs::create_directories(target.parent_path());
    fs::copy_file(fs::canonical(file), target, fs::copy_options::skip_existing);
}

/// Copies a program with the libraries that the dynamic linker loads for it.
Result<void> copy_program(const fs::path& tree, const std::string& program) {
    ISOLAB_ASSIGN(const std::string libraries, run_checked({"ldd", program}));
    std::istringstream words(libraries);
    for (std::string word; words >> word;)
        if (word.starts_with('/'))
            copy_to(tree, word);
    fs::copy_file(program, tree / "control_group_test");
    return {};
}

/// The functions that the report of QtTest says were skipped.
std::string skipped_in(const std::string& report) {
    std::istringstream lines(report);
    std::string skipped;
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("SKIP"))
            skipped += line + "\n";
    return skipped;
}

} // namespace

class CgroupGuestTest : public QObject {
    Q_OBJECT
    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;

    /// Standard output of a shell command in the guest; what went wrong comes after it.
    std::string run(const std::string& command) {
        MachineRequest request;
        request.disk = disk_;
        request.process = busybox({"sh", "-c", command});
        request.process.env.emplace_back("LC_ALL=C.UTF-8");
        request.limits = {2, 512U << 20U};
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request, observer, {});
        if (!machine)
            return machine.error().message();
        const auto exit = (*machine)->wait({}, std::chrono::seconds(200));
        std::string out = observer.output(OutputStream::out) + observer.output(OutputStream::err);
        return exit ? out + "exit " + std::to_string(exit->status.code) + "\n" : out + exit.error().message();
    }

    /// All tests of the guest passed and none was skipped.
    static void verify_report(const std::string& report, const char* mode) {
        if (!report.ends_with("exit 0\n"))
            qWarning("%s", report.c_str()); // QVERIFY2 shows only its beginning
        QVERIFY(report.ends_with("exit 0\n"));
        QVERIFY(report.find(mode) != std::string::npos);
        QCOMPARE(skipped_in(report), std::string());
    }

  private slots:
    void initTestCase() {
        auto opened = Hypervisor::open(root_.options(), {});
        QVERIFY2(opened, opened ? "" : opened.error().message().c_str());
        hypervisor_ = std::move(*opened);
        const fs::path tree = root_.path() / "tree";
        make_busybox_tree(tree);
        const auto copied = copy_program(tree, CONTROL_GROUP_TEST);
        QVERIFY2(copied, copied ? "" : copied.error().message().c_str());
        NoProgress progress;
        auto disk = hypervisor_->make_disk(tree, "sha256:control-groups", progress, {});
        QVERIFY2(disk, disk ? "" : disk.error().message().c_str());
        disk_ = *disk;
    }
    void kernel_has_what_the_tests_need() {
        const std::string out = run("mount -t cgroup2 none /sys/fs/cgroup && cat /sys/fs/cgroup/cgroup.controllers");
        for (const char* controller : {"cpuset", "cpu", "io", "memory", "hugetlb", "pids"})
            QVERIFY2((" " + out).find(std::string(" ") + controller) != std::string::npos, out.c_str());
    }
    void cgroup2() {
        const std::string out = run("mount -t cgroup2 none /sys/fs/cgroup && exec /control_group_test");
        verify_report(out, "control groups: v2");
    }
    void every_controller_of_v1() {
        const std::string out =
            run("mount -t tmpfs none /sys/fs/cgroup && cd /sys/fs/cgroup && for c in memory cpu,cpuacct pids cpuset "
                "blkio devices "
                "freezer hugetlb net_cls,net_prio perf_event rdma misc; do mkdir $c && "
                "mount -t cgroup -o $c none $c || rmdir $c; done; mkdir systemd && "
                "mount -t cgroup -o none,name=systemd none systemd && ls && exec /control_group_test");
        verify_report(out, "control groups: v1");
    }
};

QTEST_GUILESS_MAIN(CgroupGuestTest)
#include "cgroup_guest_test.moc"
