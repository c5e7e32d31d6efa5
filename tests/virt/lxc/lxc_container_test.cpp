// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <csignal>
#include <filesystem>
#include <thread>

#include "engine/base/file_tree.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"
#include "virt/lxc/lxc.h"

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

/// Real containers of libvirt's LXC driver. Root file system: busybox.
class LxcContainerTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    std::unique_ptr<LxcDriver> driver_;
    int roots_ = 0;

    fs::path path() const { return folder_.path().toStdString(); }
    OverlayRoot make_root() {
        const fs::path own = path() / ("root" + std::to_string(++roots_));
        OverlayRoot root{{path() / "tree"}, own / "upper", own / "work", own / "root"};
        for (const auto& directory : {root.upper, root.work, root.root})
            fs::create_directories(directory);
        return root;
    }
    LxcRequest request(std::vector<std::string> command) {
        LxcRequest request;
        request.root = make_root();
        request.process = busybox(std::move(command));
        request.limits = {1, 128 * mebibyte};
        request.hostname = "inside";
        return request;
    }
    std::string groups() const;

  private slots:
    void initTestCase();
    void removes_what_killed_owners_left();
    void runs_a_workload();
    void has_a_place_of_its_own();
    void marks_are_in_order();
    void limits_hold();
    void several_live_side_by_side();
    void tells_why_nothing_ran_data();
    void tells_why_nothing_ran();
    void stops_when_it_is_asked();
    void is_killed_when_it_does_not_heed();
    void answers_at_its_ports();
    void is_ended_with_its_object();
    void start_can_be_stopped();
    void cleanupTestCase();
};

/// libvirt's, of everybody.
std::string LxcContainerTest::groups() const {
    std::string found;
    for (const auto& hierarchy : fs::directory_iterator("/sys/fs/cgroup"))
        for (const char* ours : {"machine", "isolab"}) {
            std::error_code none;
            for (const auto& group : fs::directory_iterator(hierarchy.path() / ours, none))
                if (group.path().filename().string().starts_with("lxc-"))
                    found += group.path().string() + "\n";
        }
    return found;
}

void LxcContainerTest::initTestCase() {
    if (::geteuid() != 0)
        QSKIP("libvirt's LXC driver is for root only");
    if (const auto there = check_lxc(); !there)
        QSKIP(there.error().message().c_str());
    make_busybox_tree(path() / "tree");
    auto opened = LxcDriver::open({path(), program_file("isolab-lxc-init")}, {});
    VERIFY_OK(opened);
    driver_ = std::move(*opened);
    QVERIFY(!driver_->libvirt_version().empty());
}

void LxcContainerTest::removes_what_killed_owners_left() {
    const std::string nobody = "/isolab/lxc-2147483646"; // the kernel has no such process
    const auto left = ControlGroup::at(find_cgroup_layout(), nobody);
    VERIFY_OK(left);
    VERIFY_OK(left->create({}));
    QVERIFY(groups().find(nobody) != std::string::npos);
    auto other = LxcDriver::open({path(), program_file("isolab-lxc-init")}, {}); // beside one that runs
    VERIFY_OK(other);
    QVERIFY(groups().find(nobody) == std::string::npos);
    RecordingObserver observer;
    auto container = driver_->start(request({"true"}), observer, {}); // the first one's group is as it was
    VERIFY_OK(container);
    VERIFY_OK((*container)->wait({}, patience));
    QVERIFY(observer.marks().back().cpu.value_or(Nanoseconds(0)) > Nanoseconds(0));
}

void LxcContainerTest::runs_a_workload() {
    LxcRequest wanted = request({"sh", "-c", "echo out; echo err >&2; echo written > /file; id -u; exit 7"});
    wanted.process.uid = 7;
    wanted.process.gid = 8;
    fs::permissions(wanted.root.upper, fs::perms(0777));
    RecordingObserver observer;
    auto container = driver_->start(wanted, observer, {});
    VERIFY_OK(container);
    const auto exit = (*container)->wait({}, patience);
    VERIFY_OK(exit);
    QCOMPARE(exit->status.code, 7);
    QVERIFY(!exit->killed);
    QCOMPARE(observer.output(OutputStream::out), std::string("out\n7\n"));
    QCOMPARE(observer.output(OutputStream::err), std::string("err\n"));
    QCOMPARE(observer.exits(), 1);
    QVERIFY(exit->gone_at >= exit->exited_at);
    QVERIFY(exit->peak_rss && *exit->peak_rss > mebibyte);
    QCOMPARE(read_file(wanted.root.upper / "file").value_or(""), std::string("written\n"));
    QVERIFY(!fs::exists(path() / "tree/file"));
    QVERIFY(!fs::exists(wanted.root.root / "bin")); // mounted for the container alone
}

void LxcContainerTest::has_a_place_of_its_own() {
    RecordingObserver observer;
    auto container =
        driver_->start(request({"sh", "-c",
                                "hostname; cat /etc/hostname; cat /proc/net/dev | tail -n +3 | cut -d: -f1; "
                                "readlink /proc/self/ns/mnt /proc/self/ns/net; ls -d /dev/shm /dev/fd /dev/pts; "
                                "ls /dev/.isolab; ls /proc/self/fd | tr '\\n' ' '"}),
                       observer, {});
    VERIFY_OK(container);
    VERIFY_OK((*container)->wait({}, patience));
    const std::string out = observer.output(OutputStream::out);
    QVERIFY2(out.starts_with("inside\ninside\n"), out.c_str());
    QVERIFY2(contains(out, "\n    lo\n"), out.c_str());
    for (const char* kind : {"mnt", "net"})
        QVERIFY2(!contains(out, fs::read_symlink(std::string("/proc/self/ns/") + kind).string()), out.c_str());
    QVERIFY2(contains(out, "/dev/fd\n/dev/pts\n/dev/shm\n"), out.c_str());
    QVERIFY2(out.ends_with("0 1 2 3 "), out.c_str()); // no descriptor of ours
    QVERIFY(contains(observer.output(OutputStream::err), "/dev/.isolab"));
}

void LxcContainerTest::marks_are_in_order() {
    RecordingObserver observer;
    const Nanoseconds before = monotonic_now();
    auto container = driver_->start(request({"true"}), observer, {});
    VERIFY_OK(container);
    const Nanoseconds after = monotonic_now();
    const auto marks = observer.marks();
    QCOMPARE(marks.size(), 4U);
    const std::array phases{Phase::prepare, Phase::create, Phase::setup, Phase::exec};
    Nanoseconds at = before;
    Nanoseconds cpu{0};
    for (std::size_t i = 0; i < marks.size(); ++i) {
        QCOMPARE(marks[i].phase, phases.at(i));
        QVERIFY(marks[i].at >= at);
        QVERIFY(marks[i].cpu && *marks[i].cpu >= cpu);
        at = marks[i].at;
        cpu = *marks[i].cpu;
    }
    QVERIFY(at <= after);
    const auto exit = (*container)->wait({}, patience);
    VERIFY_OK(exit);
    QVERIFY(exit->cpu_total && *exit->cpu_total >= cpu);
}

void LxcContainerTest::limits_hold() {
    RecordingObserver observer;
    LxcRequest wanted = request({"dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1"});
    wanted.limits.memory_bytes = 64 * mebibyte;
    auto container = driver_->start(wanted, observer, {});
    VERIFY_OK(container);
    const auto exit = (*container)->wait({}, patience);
    VERIFY_OK(exit);
    QCOMPARE(exit->status.code, 128 + SIGKILL);
}

void LxcContainerTest::several_live_side_by_side() {
    std::vector<std::unique_ptr<RecordingObserver>> observers;
    std::vector<std::unique_ptr<LxcContainer>> containers;
    for (int i = 0; i < 3; ++i) {
        observers.push_back(std::make_unique<RecordingObserver>());
        auto container = driver_->start(request({"sh", "-c", "echo up; sleep 1000"}), *observers.back(), {});
        VERIFY_OK(container);
        containers.push_back(std::move(*container));
    }
    for (std::size_t i = 0; i < containers.size(); ++i) {
        QVERIFY(observers[i]->wait_output("up\n"));
        const auto usage = containers[i]->usage();
        VERIFY_OK(usage);
        QCOMPARE(usage->monitors.size(), 2U);
        QVERIFY(!usage->workload.empty());
        QVERIFY(usage->group.memory_bytes.value_or(0) > 0);
        VERIFY_OK(containers[i]->cpu());
    }
    for (auto& container : containers) {
        const auto exit = container->stop(0s);
        VERIFY_OK(exit);
        QVERIFY(exit->status.signal == SIGTERM || exit->status.signal == SIGKILL); // no grace
        QVERIFY(!container->usage());
    }
}

void LxcContainerTest::tells_why_nothing_ran_data() {
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("cwd");
    QTest::addColumn<QString>("cause");
    QTest::newRow("no command") << "/no/such"
                                << "/"
                                << "/no/such";
    QTest::newRow("no directory") << "true"
                                  << "/bin/busybox/x"
                                  << "/bin/busybox/x";
}

void LxcContainerTest::tells_why_nothing_ran() {
    QFETCH(const QString, command);
    QFETCH(const QString, cwd);
    QFETCH(const QString, cause);
    LxcRequest wanted = request({command.toStdString()});
    wanted.process.args = {command.toStdString()};
    wanted.process.cwd = cwd.toStdString();
    RecordingObserver observer;
    const auto container = driver_->start(wanted, observer, {});
    QVERIFY(!container);
    QVERIFY2(contains(container.error().message(), cause.toStdString()), container.error().message().c_str());
}

void LxcContainerTest::stops_when_it_is_asked() {
    RecordingObserver observer;
    auto container = driver_->start(
        request({"sh", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.1; done"}), observer, {});
    VERIFY_OK(container);
    QVERIFY(observer.wait_output("up\n"));
    const auto exit = (*container)->stop(patience);
    VERIFY_OK(exit);
    QCOMPARE(exit->status.code, 3);
    QVERIFY(!exit->killed);
    QVERIFY(contains(observer.output(OutputStream::out), "bye\n"));
}

void LxcContainerTest::is_killed_when_it_does_not_heed() {
    RecordingObserver observer;
    auto container =
        driver_->start(request({"sh", "-c", "trap '' TERM; echo up; sleep 1000; sleep 1000"}), observer, {});
    VERIFY_OK(container);
    QVERIFY(observer.wait_output("up\n"));
    const auto exit = (*container)->stop(100ms);
    VERIFY_OK(exit);
    QCOMPARE(exit->status.signal, SIGKILL);
    QVERIFY(exit->killed);
}

void LxcContainerTest::answers_at_its_ports() {
    LxcRequest wanted = request({"httpd", "-f", "-p", "80", "-h", "/www"});
    wanted.probe = PortProbe{80, "/"};
    RecordingObserver observer;
    auto container = driver_->start(wanted, observer, {});
    VERIFY_OK(container);
    QVERIFY(observer.wait_ready());
    const auto answer = (*container)->exchange(80, "GET / HTTP/1.0\r\n\r\n", "200 OK", patience);
    VERIFY_OK(answer);
}

void LxcContainerTest::is_ended_with_its_object() {
    RecordingObserver observer;
    pid_t workload = -1;
    {
        auto container = driver_->start(request({"sleep", "1000"}), observer, {});
        VERIFY_OK(container);
        const auto usage = (*container)->usage();
        VERIFY_OK(usage);
        workload = usage->workload.at(0);
        QVERIFY(::kill(workload, 0) == 0);
    }
    QVERIFY(::kill(workload, 0) != 0);
    QCOMPARE(observer.exits() + observer.losses(), 1); // libvirtd kills process by process
}

void LxcContainerTest::start_can_be_stopped() {
    StopSource source;
    source.request_stop();
    RecordingObserver observer;
    const auto container = driver_->start(request({"true"}), observer, source.token());
    QVERIFY(!container);
    QCOMPARE(container.error().kind, ErrorKind::cancelled);
}

void LxcContainerTest::cleanupTestCase() {
    if (!driver_)
        return;
    const std::string alive = groups(); // the server's own
    QVERIFY2(contains(alive, "/isolab/lxc-"), alive.c_str());
    QVERIFY2(!contains(alive, "/machine/lxc-"), alive.c_str());
    driver_.reset();
    QCOMPARE(groups(), std::string());
    for (const auto& entry : fs::directory_iterator(path()))
        QVERIFY2(!entry.path().filename().string().starts_with(".work"), entry.path().c_str());
}

ISOLAB_TEST(LxcContainerTest)
#include "lxc_container_test.moc"
