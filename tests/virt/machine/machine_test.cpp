// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <csignal>
#include <fstream>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"
#include "virt/host/host_programs.h"

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

namespace {}

/// What a workload finds in a real guest, and what the host learns of it. Root file system: busybox.
class MachineTest : public QObject {
    Q_OBJECT

    struct Run {
        MachineExit exit;
        std::string out;
        std::string err;
    };

    MachineRequest request(ProcessSpec process, ResourceLimits limits = {1, 256 * mebibyte}) const {
        MachineRequest result;
        result.disk = disk_;
        result.process = std::move(process);
        result.limits = limits;
        result.hostname = "guest";
        return result;
    }
    Result<Run> run(const MachineRequest& what) {
        RecordingObserver observer;
        ISOLAB_ASSIGN(const auto machine, hypervisor_->start(what, observer, {}));
        ISOLAB_ASSIGN(const MachineExit exit, machine->wait({}, patience));
        return Run{exit, observer.output(OutputStream::out), observer.output(OutputStream::err)};
    }

    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;

  private slots:
    void initTestCase();
    void asks_no_qemu_but_its_own();
    void asks_its_qemu_once();
    void tells_phases_and_leaves_nothing();
    void gives_environment_user_and_folder();
    void sees_the_files_as_they_are();
    void loses_no_output();
    void names_a_missing_command();
    void ends_on_request();
    void probes_and_exchanges();
    void tells_memory_and_disk();
    void counts_what_was_written_last();
    void survives_another_hypervisor();
    void has_what_was_added();
    void has_the_cpus_asked_for();
    void tells_out_of_memory();
};

void MachineTest::initTestCase() {
    auto opened = Hypervisor::open(root_.options(), {});
    VERIFY_OK(opened);
    hypervisor_ = std::move(*opened);
    make_busybox_tree(root_.path() / "tree");
    NoProgress progress;
    auto disk = hypervisor_->make_disk(root_.path() / "tree", "sha256:busybox", progress, {});
    VERIFY_OK(disk);
    disk_ = *disk;
    // libvirt makes its folders with the first machine.
    RecordingObserver observer;
    const auto first = hypervisor_->start(request(busybox({"true"})), observer, {});
    VERIFY_OK(first);
    VERIFY_OK((*first)->wait({}, patience));
}

/// libvirt starts each QEMU twice to learn what it can do, for some seconds.
void MachineTest::asks_no_qemu_but_its_own() {
    const auto emulator = find_emulator();
    VERIFY_OK(emulator);
    const auto said = run_checked({emulator->string(), "--version"});
    VERIFY_OK(said);
    const std::string version = hypervisor_->facts({1, 256 * mebibyte}).qemu_version;
    QVERIFY2(!version.empty() && said->find("version " + version) != std::string::npos,
             (version + ": " + *said).c_str());
    const std::filesystem::directory_iterator known(DataFolder(root_.path()).libvirt_cache());
    QCOMPARE(std::distance(begin(known), end(known)), 1);
}

// libvirt asks again when a module of its own, loaded meanwhile, is newer than its answers.
void MachineTest::asks_its_qemu_once() {
    VERIFY_OK(run(request(busybox({"true"}))));
    const std::filesystem::directory_iterator stored(DataFolder(root_.path()).libvirt_cache());
    QVERIFY(stored != end(stored));
    const auto at_the_opening = read_file(stored->path());
    const auto now = read_file(root_.path() / "libvirt/0/cache/qemu/capabilities" / stored->path().filename());
    VERIFY_OK(at_the_opening);
    VERIFY_OK(now);
    QVERIFY(*at_the_opening == *now);
}

void MachineTest::tells_phases_and_leaves_nothing() {
    const auto before = list_traces(root_.path());
    const Nanoseconds begun = monotonic_now();
    RecordingObserver observer;
    {
        const auto machine = hypervisor_->start(request(busybox({"sh", "-c", "echo hello; exit 7"})), observer, {});
        VERIFY_OK(machine);
        const auto exit = (*machine)->wait({}, patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.code, 7);
        QCOMPARE(exit->status.signal, 0);
        QVERIFY(exit->gone_at >= exit->exited_at);
        QVERIFY(exit->cpu_total && *exit->cpu_total > 100ms);
        QVERIFY(exit->peak_rss && *exit->peak_rss > 50 * mebibyte);
    }
    QCOMPARE(observer.output(OutputStream::out), std::string("hello\n"));
    QCOMPARE(observer.exits(), 1);
    const auto marks = observer.marks();
    QCOMPARE(marks.size(), 6U);
    Nanoseconds last = begun;
    Nanoseconds last_cpu{0};
    for (std::size_t i = 0; i < marks.size(); ++i) {
        QCOMPARE(marks[i].phase, static_cast<Phase>(i));
        QVERIFY(marks[i].at >= last);
        QVERIFY(marks[i].cpu && *marks[i].cpu > Nanoseconds(0) && *marks[i].cpu >= last_cpu);
        last = marks[i].at;
        last_cpu = marks[i].cpu.value_or(Nanoseconds(0));
    }
    QVERIFY(marks[3].at - marks[2].at > 100ms); // the kernel really took its time
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineTest::gives_environment_user_and_folder() {
    ProcessSpec process =
        busybox({"sh", "-c", "id -u; id -g; id -G; pwd; hostname; echo \"$WORD\"; cat; cat /etc/hosts | wc -l"});
    process.env.emplace_back("WORD=two  spaces & 'quotes' <ü>");
    process.cwd = "/made/on/demand";
    process.uid = 1000;
    process.gid = 1001;
    process.additional_gids = {20, 30};
    const auto result = run(request(process));
    VERIFY_OK(result);
    QCOMPARE(result->out,
             std::string("1000\n1001\n1001 20 30\n/made/on/demand\nguest\ntwo  spaces & 'quotes' <ü>\n3\n"));
    QCOMPARE(result->err, std::string());
    QCOMPARE(result->exit.status.code, 0);
}

void MachineTest::sees_the_files_as_they_are() {
    namespace fs = std::filesystem;
    const fs::path tree = root_.path() / "odd-tree";
    make_busybox_tree(tree);
    fs::create_symlink(std::string(3000, 'x'), tree / "long");
    std::ofstream(tree / "late") << "late";
    const std::array times{timespec{4'102'444'800, 0}, timespec{4'102'444'800, 0}}; // the year 2100
    QCOMPARE(::utimensat(AT_FDCWD, (tree / "late").c_str(), times.data(), 0), 0);
    NoProgress progress;
    const auto disk = hypervisor_->make_disk(tree, "sha256:odd", progress, {});
    VERIFY_OK(disk);
    MachineRequest odd =
        request(busybox({"sh", "-c", "busybox readlink /long | busybox wc -c; busybox stat -c %Y /late"}));
    odd.disk = *disk;
    const auto result = run(odd);
    VERIFY_OK(result);
    QCOMPARE(result->out, std::string("3001\n4102444800\n"));
}

// 1 MB on standard output while the machine powers off right behind it, and a host that is slow to read it: what the
// port's queue and QEMU hold must not go with the machine. A long argument travels in.
void MachineTest::loses_no_output() {
    class SlowReader final : public RecordingObserver {
      public:
        void on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) override {
            if (stream == OutputStream::out && !std::exchange(waited_, true))
                std::this_thread::sleep_for(1s); // for longer than the guest needs to write the rest and to end
            RecordingObserver::on_output(stream, bytes, at);
        }

      private:
        bool waited_ = false;
    } observer;
    const std::string word(100'000, 'w');
    const auto machine =
        hypervisor_->start(request(busybox({"sh", "-c",
                                            "echo $1 >&2; dd if=/dev/zero bs=1000 count=1000 2>/dev/null | "
                                            "busybox tr '\\0' y >/tmp/out; cat /tmp/out",
                                            "sh", word})),
                           observer, {});
    VERIFY_OK(machine);
    VERIFY_OK((*machine)->wait({}, patience));
    const std::string out = observer.output(OutputStream::out);
    QCOMPARE(out.size(), std::size_t{1'000'000});
    QVERIFY(out == std::string(1'000'000, 'y'));
    QVERIFY(observer.output(OutputStream::err) == word + "\n");
}

void MachineTest::has_what_was_added() {
    const auto look = [this](const MachineExtras& extras) {
        MachineRequest bare = request(busybox({"sh", "-c",
                                               "echo /sys/class/net/*; cat /proc/net/route | busybox grep -c eth0; "
                                               "[ -d /sys/firmware/acpi/tables ] && echo acpi; "
                                               "set -- /sys/bus/pci/devices/*; [ $# -gt 15 ] && echo devices; true"}));
        bare.kind = MachineKind::lean;
        bare.extras = extras;
        return run(bare);
    };
    const auto least = look({});
    VERIFY_OK(least);
    QCOMPARE(least->out, std::string("/sys/class/net/lo\n0\n"));
    const auto all = look({true, true, true, true, true});
    VERIFY_OK(all);
    QCOMPARE(all->out, std::string("/sys/class/net/eth0 /sys/class/net/lo\n1\nacpi\ndevices\n"));
}

void MachineTest::names_a_missing_command() {
    const auto before = list_traces(root_.path());
    const auto result = run(request(busybox({"no-such-program"})));
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::not_found);
    QVERIFY(result.error().message().find("no-such-program") != std::string::npos);
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineTest::ends_on_request() {
    RecordingObserver observer;
    const auto polite = hypervisor_->start(
        request(busybox({"sh", "-c", "trap 'echo bye; exit 3' TERM; echo up; while :; do sleep 0.05; done"})), observer,
        {});
    VERIFY_OK(polite);
    QVERIFY(observer.wait_output("up"));
    const auto asked = (*polite)->stop(patience);
    VERIFY_OK(asked);
    QCOMPARE(asked->status.code, 3);
    QVERIFY(!asked->killed);
    QCOMPARE(observer.output(OutputStream::out), std::string("up\nbye\n"));

    RecordingObserver other;
    const auto deaf = hypervisor_->start(
        request(busybox({"sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"})), other, {});
    VERIFY_OK(deaf);
    QVERIFY(other.wait_output("up"));
    const auto killed = (*deaf)->stop(300ms);
    VERIFY_OK(killed);
    QVERIFY(killed->killed);
    QCOMPARE(killed->status.signal, SIGKILL);
    QCOMPARE(killed->status.code, 137);
    QVERIFY(!killed->status.out_of_memory);
}

void MachineTest::probes_and_exchanges() {
    MachineRequest web = request(busybox({"sh", "-c", "sleep 1; exec httpd -f -p 8080 -h /www"}));
    web.probe = PortProbe{8080, "/index.html"};
    RecordingObserver observer;
    const auto machine = hypervisor_->start(web, observer, {});
    VERIFY_OK(machine);
    QVERIFY(observer.wait_ready());
    QVERIFY(*observer.ready_at() - observer.marks().back().at > 250ms);
    const auto answer = (*machine)->exchange(8080, "GET / HTTP/1.0\r\n\r\n", "hello from inside", patience);
    VERIFY_OK(answer);
    QVERIFY(answer->find("200 OK") != std::string::npos);
    const auto refused = (*machine)->exchange(81, "x", "y", patience);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::unavailable);
    VERIFY_OK((*machine)->stop(0s));
}

void MachineTest::tells_memory_and_disk() {
    std::uint64_t idle = 0; // what a machine takes whose workload writes nothing
    {
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request(busybox({"sleep", "100"})), observer, {});
        VERIFY_OK(machine);
        QVERIFY(becomes_true([&] { // on a busy machine the guest may take too long to write its disk out
            const auto disk = (*machine)->disk();
            idle = disk ? disk->unique : 0;
            return disk.has_value();
        }));
        VERIFY_OK((*machine)->stop(0s));
    }
    QVERIFY(idle < 8 * mebibyte);
    RecordingObserver observer;
    const auto machine = hypervisor_->start(
        request(
            busybox({"sh", "-c", "dd if=/dev/zero of=/tmp/big bs=1M count=20 2>/dev/null; echo written; sleep 100"}),
            {1, 256 * mebibyte + 4096}), // a size that libvirt would round up
        observer, {});
    VERIFY_OK(machine);
    QVERIFY(observer.wait_output("written"));
    auto usage = (*machine)->usage();
    QVERIFY(becomes_true([&] { // nor may it answer in time
        usage = (*machine)->usage();
        return usage && usage->guest;
    }));
    QVERIFY(usage->vmm_pid > 0 && usage->cpu);
    const auto cpu = (*machine)->cpu();
    VERIFY_OK(cpu);
    QVERIFY(*cpu >= *usage->cpu && *usage->cpu >= *observer.marks().back().cpu);
    QVERIFY(usage->guest_ram_resident && *usage->guest_ram_resident > 30 * mebibyte &&
            *usage->guest_ram_resident <= 256 * mebibyte);
    QVERIFY(usage->code_cache && *usage->code_cache > 4 * mebibyte);
    QVERIFY(usage->guest->total > 180 * mebibyte && usage->guest->total < 256 * mebibyte);
    QVERIFY(usage->guest->cached >= 20 * mebibyte);
    auto disk = (*machine)->disk();
    QVERIFY(becomes_true([&] {
        disk = (*machine)->disk();
        return disk && disk->unique > idle + 19 * mebibyte;
    }));
    QCOMPARE(disk->allocated, disk->shared + disk->unique);
    QVERIFY(disk->shared > 0);
    VERIFY_OK((*machine)->stop(0s));
}

/// A guest that has just ended still holds in memory what it wrote.
void MachineTest::counts_what_was_written_last() {
    RecordingObserver observer;
    const auto machine =
        hypervisor_->start(request(busybox({"dd", "if=/dev/zero", "of=/tmp/big", "bs=1M", "count=20"})), observer, {});
    VERIFY_OK(machine);
    COMPARE_SOON(observer.exits(), 1);
    const auto disk = (*machine)->disk();
    VERIFY_OK(disk);
    QVERIFY(disk->unique > 20 * mebibyte);
    QCOMPARE(disk->allocated, disk->shared + disk->unique);
    VERIFY_OK((*machine)->wait({}, patience));
}

void MachineTest::survives_another_hypervisor() {
    RecordingObserver observer;
    const auto machine = hypervisor_->start(
        request(busybox({"sh", "-c", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done"})), observer, {});
    VERIFY_OK(machine);
    QVERIFY(observer.wait_output("up"));
    const auto another = Hypervisor::open(root_.options(), {});
    VERIFY_OK(another);
    const auto exit = (*machine)->stop(patience);
    VERIFY_OK(exit);
    QCOMPARE(exit->status.code, 3);
}

void MachineTest::has_the_cpus_asked_for() {
    QVERIFY(hypervisor_->facts({2, 256 * mebibyte}).acpi);
    const auto result = run(request(busybox({"nproc"}), {2, 256 * mebibyte}));
    VERIFY_OK(result);
    QCOMPARE(result->out, std::string("2\n"));
}

void MachineTest::tells_out_of_memory() {
    // Takes memory fast: near the limit a slow one makes the kernel read the same program pages again and again.
    const auto result = run(request(busybox({"busybox", "tail", "/dev/zero"}), {1, 96 * mebibyte}));
    VERIFY_OK(result);
    QCOMPARE(result->exit.status.code, 137);
    QVERIFY(result->exit.status.out_of_memory);
}

ISOLAB_TEST(MachineTest)
#include "machine_test.moc"
