// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include <elf.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"
#include "virt/host/host_programs.h"
#include "virt/libvirt/connection.h"
#include "virt/storage/disk_stamp.h"

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

namespace {

/// A kernel with a PVH entry that halts for ever: an ELF file of one page of code and one note.
void write_hanging_kernel(const std::filesystem::path& path) {
    constexpr std::uint64_t entry = 0x1000000;
    struct {
        Elf64_Ehdr header{};
        Elf64_Phdr load{};
        Elf64_Phdr note{};
        Elf64_Nhdr note_header{4, 8, 18};
        std::array<char, 4> name{'X', 'e', 'n', 0};
        std::uint64_t address = entry;
    } file;
    std::memcpy(file.header.e_ident, ELFMAG, SELFMAG);
    file.header.e_ident[EI_CLASS] = ELFCLASS64;
    file.header.e_ident[EI_DATA] = ELFDATA2LSB;
    file.header.e_ident[EI_VERSION] = EV_CURRENT;
    file.header.e_type = ET_EXEC;
    file.header.e_machine = EM_X86_64;
    file.header.e_version = EV_CURRENT;
    file.header.e_entry = entry;
    file.header.e_phoff = offsetof(decltype(file), load);
    file.header.e_ehsize = sizeof(Elf64_Ehdr);
    file.header.e_phentsize = sizeof(Elf64_Phdr);
    file.header.e_phnum = 2;
    file.load = {PT_LOAD, PF_R | PF_X, 4096, entry, entry, 4096, 4096, 4096};
    const std::uint64_t note_at = offsetof(decltype(file), note_header);
    file.note = {PT_NOTE, PF_R, note_at, 0, 0, 24, 24, 4};
    std::string content(8192, '\x90');
    std::memcpy(content.data(), &file, sizeof file);
    std::memcpy(content.data() + 4096, "\xfa\xf4\xeb\xfd", 4); // cli; hlt; jump back to hlt
    std::ofstream(path, std::ios::binary) << content;
}

/// The number in a pid file of libvirt's driver, which is there before QEMU is; 0 without one.
pid_t newest_emulator(const std::filesystem::path& slot) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(slot / "run" / "qemu", error))
        if (entry.path().extension() == ".pid" && entry.path().filename() != "driver.pid")
            return static_cast<pid_t>(std::atoi(read_file(entry.path(), 64).value_or("0").c_str()));
    return 0;
}

} // namespace

/// Machines that fail, are stopped or lose their process. Each case lists what is there before and after.
class MachineFaultsTest : public QObject {
    Q_OBJECT

    MachineRequest request(ProcessSpec process) const {
        MachineRequest result;
        result.disk = disk_;
        result.process = std::move(process);
        result.limits = {1, 128 * mebibyte};
        return result;
    }
    Result<std::unique_ptr<Hypervisor>> open_with_kernel(const std::function<void(const std::filesystem::path&)>& write,
                                                         std::chrono::nanoseconds deadline);

    TestRoot root_;
    std::unique_ptr<Hypervisor> hypervisor_;
    GuestDisk disk_;
    bool own_mounts_ = false;

  private slots:
    void initTestCase();
    void refuses_impossible_sizes();
    void gives_up_on_a_hanging_kernel();
    void tells_why_qemu_did_not_start();
    void reports_a_guest_that_dies();
    void discards_a_disk_that_the_guest_cannot_use_data();
    void discards_a_disk_that_the_guest_cannot_use();
    void goes_on_when_its_disk_is_removed();
    void stops_in_mid_boot();
    void tells_that_the_host_is_full();
    void gives_up_on_a_paused_machine();
    void runs_three_at_once();
    void cleans_up_after_a_killed_process_data();
    void cleans_up_after_a_killed_process();
    void learns_damaged_capabilities_again_data();
    void learns_damaged_capabilities_again();
    void tells_of_a_system_that_does_not_boot();
    void refuses_a_second_data_folder();
    void tells_that_qemu_is_missing();
};

void MachineFaultsTest::initTestCase() {
    // Before any other thread: what is mounted here stays here.
    own_mounts_ = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    auto opened = Hypervisor::open(root_.options(MachineKind::lean), {});
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

Result<std::unique_ptr<Hypervisor>>
MachineFaultsTest::open_with_kernel(const std::function<void(const std::filesystem::path&)>& write,
                                    std::chrono::nanoseconds deadline) {
    const auto folder = root_.path() / "odd-kernel";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    ISOLAB_ASSIGN(const KernelSource real, find_kernel(kernel_search(root_.options())));
    std::filesystem::create_directory_symlink(real.modules, folder / "modules");
    write(folder / "vmlinux");
    HypervisorOptions options = root_.options();
    options.kernel = folder / "vmlinux";
    options.boot_deadline = deadline;
    return Hypervisor::open(options, {});
}

void MachineFaultsTest::refuses_impossible_sizes() {
    RecordingObserver observer;
    for (const ResourceLimits limits : {ResourceLimits{0, 256 * mebibyte}, ResourceLimits{1, mebibyte},
                                        ResourceLimits{4096, 256 * mebibyte}, ResourceLimits{1, 1ULL << 50U}}) {
        MachineRequest odd = request(busybox({"true"}));
        odd.limits = limits;
        const auto machine = hypervisor_->start(odd, observer, {});
        QVERIFY(!machine);
        QCOMPARE(machine.error().kind, ErrorKind::invalid_argument);
    }
    QVERIFY(observer.marks().empty());
}

void MachineFaultsTest::gives_up_on_a_hanging_kernel() {
    const auto hypervisor = open_with_kernel(write_hanging_kernel, 2s);
    VERIFY_OK(hypervisor);
    const auto before = list_traces(root_.path());
    RecordingObserver observer;
    const Nanoseconds begun = monotonic_now();
    const auto machine = (*hypervisor)->start(request(busybox({"true"})), observer, {});
    QVERIFY(!machine);
    QCOMPARE(machine.error().kind, ErrorKind::timeout);
    QVERIFY2(machine.error().cause.find("console") != std::string::npos, machine.error().message().c_str());
    const Nanoseconds took = monotonic_now() - begun;
    QVERIFY(took >= 2s && took < patience);
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineFaultsTest::tells_why_qemu_did_not_start() {
    const auto hypervisor = open_with_kernel(
        [](const std::filesystem::path& path) { std::ofstream(path) << std::string(100'000, 'g'); }, patience);
    VERIFY_OK(hypervisor);
    const auto before = list_traces(root_.path());
    RecordingObserver observer;
    const auto machine = (*hypervisor)->start(request(busybox({"true"})), observer, {});
    QVERIFY(!machine);
    QVERIFY2(machine.error().message().find("kernel") != std::string::npos, machine.error().message().c_str());
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineFaultsTest::reports_a_guest_that_dies() {
    const auto before = list_traces(root_.path());
    {
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request(busybox({"sh", "-c", "echo up; sleep 100"})), observer, {});
        VERIFY_OK(machine);
        const auto usage = (*machine)->usage();
        VERIFY_OK(usage);
        ::kill(usage->vmm_pid, SIGKILL);
        const auto exit = (*machine)->wait({}, patience);
        QVERIFY(!exit);
        QVERIFY2(exit.error().cause.find("ended before") != std::string::npos, exit.error().message().c_str());
        QCOMPARE(observer.losses(), 1);
        QCOMPARE(observer.exits(), 0);
    }
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

/// Damage that only the guest's kernel can find, since the disk is stamped after it.
void MachineFaultsTest::discards_a_disk_that_the_guest_cannot_use_data() {
    QTest::addColumn<QString>("command");
    QTest::newRow("a feature from the future") << "set_super_value feature_incompat 0x400002c2";
    QTest::newRow("no root folder") << "clri <2>";
}

void MachineFaultsTest::discards_a_disk_that_the_guest_cannot_use() {
    QFETCH(QString, command);
    VERIFY_OK(run_checked({"debugfs", "-w", "-R", command.toStdString(), disk_.path.string()}));
    VERIFY_OK(stamp_disk(UniqueFd(::open(disk_.path.c_str(), O_RDWR | O_CLOEXEC)), disk_.digest, "disk"));
    auto before = list_traces(root_.path());
    const auto odd = hypervisor_->find_disk(disk_.digest);
    VERIFY_OK(odd);
    disk_ = *odd;
    RecordingObserver observer;
    const auto machine = hypervisor_->start(request(busybox({"true"})), observer, {});
    QVERIFY(!machine);
    const std::string message = machine.error().message();
    QVERIFY2(machine.error().kind == ErrorKind::corrupt, message.c_str());
    QCOMPARE(machine.error().subject, disk_.path.string());
    QVERIFY2(message.find("mount the guest's disk") != std::string::npos, message.c_str());
    QVERIFY2(message.find("EXT4-fs") != std::string::npos, message.c_str()); // as its console says
    QVERIFY2(message.find("It was removed") != std::string::npos, message.c_str());
    QVERIFY(!std::filesystem::exists(disk_.path));
    before.erase(disk_.path.lexically_relative(root_.path()).string());
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());

    NoProgress progress;
    const auto again = hypervisor_->make_disk(root_.path() / "tree", disk_.digest, progress, {});
    VERIFY_OK(again);
    disk_ = *again;
    const auto works = hypervisor_->start(request(busybox({"true"})), observer, {});
    VERIFY_OK(works);
    VERIFY_OK((*works)->wait({}, patience));
}

void MachineFaultsTest::goes_on_when_its_disk_is_removed() {
    NoProgress progress;
    MachineRequest own = request(busybox({"sh", "-c", "echo up; cat /www/index.html; sleep 100"}));
    auto disk = hypervisor_->make_disk(root_.path() / "tree", "sha256:removed", progress, {});
    VERIFY_OK(disk);
    own.disk = *disk;
    RecordingObserver observer;
    const auto machine = hypervisor_->start(own, observer, {});
    VERIFY_OK(machine);
    VERIFY_OK(GuestImages(root_.path() / "disks").remove_all_but({disk_.digest}));
    QVERIFY(!hypervisor_->find_disk("sha256:removed"));
    QVERIFY(observer.wait_output("hello from inside"));
    const auto measured = (*machine)->disk();
    VERIFY_OK(measured);
    QCOMPARE(measured->shared, disk->allocated);
    VERIFY_OK((*machine)->stop(patience));
}

void MachineFaultsTest::stops_in_mid_boot() {
    const auto hypervisor = open_with_kernel(write_hanging_kernel, 1h); // never gets further
    VERIFY_OK(hypervisor);
    const auto before = list_traces(root_.path());
    for (const auto delay : {20ms, 600ms}) {
        StopSource stop;
        Nanoseconds asked{0};
        std::thread later([&] {
            std::this_thread::sleep_for(delay);
            asked = monotonic_now();
            stop.request_stop();
        });
        RecordingObserver observer;
        const auto machine = (*hypervisor)->start(request(busybox({"true"})), observer, stop.token());
        const Nanoseconds returned = monotonic_now();
        later.join();
        QVERIFY(!machine);
        QCOMPARE(machine.error().kind, ErrorKind::cancelled);
        QVERIFY2(returned - asked < patience, std::to_string((returned - asked).count()).c_str());
        QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
    }
}

/// The guest hears of it as of any I/O error, and goes on; its figures do not count.
void MachineFaultsTest::tells_that_the_host_is_full() {
    if (!own_mounts_)
        QSKIP("mounting a small file system needs root");
    const std::string place = DataFolder(root_.path()).machines().string();
    QVERIFY(::mount("none", place.c_str(), "tmpfs", 0, "size=8m") == 0);
    {
        RecordingObserver observer;
        const auto machine = hypervisor_->start(
            request(busybox({"sh", "-c", "dd if=/dev/zero of=/tmp/big bs=1M count=32 conv=fsync; echo code $?"})),
            observer, {});
        VERIFY_OK(machine);
        const auto exit = (*machine)->wait({}, patience);
        QVERIFY(!exit);
        QVERIFY2(exit.error().kind == ErrorKind::no_space, exit.error().message().c_str());
        QVERIFY2(exit.error().cause.find("the disk of the host that holds " + place) != std::string::npos,
                 exit.error().message().c_str());
        QVERIFY(!exit.error().remedy.empty());
        QCOMPARE(observer.output(OutputStream::out), std::string("code 1\n"));
        QVERIFY2(observer.output(OutputStream::err).find("Input/output error") != std::string::npos,
                 observer.output(OutputStream::err).c_str());
        QCOMPARE(observer.warnings(), exit.error().message());
    }
    QCOMPARE(::umount(place.c_str()), 0);
}

void MachineFaultsTest::gives_up_on_a_paused_machine() {
    const auto before = list_traces(root_.path());
    {
        RecordingObserver observer;
        const auto machine = hypervisor_->start(request(busybox({"sleep", "1000"})), observer, {});
        VERIFY_OK(machine);
        const auto connection = open_connection(root_.path(), {}, {}); // the same one
        VERIFY_OK(connection);
        const std::string name = Slot::domain_prefix((*connection)->root) +
                                 std::to_string((*connection)->slot.number()) + "-" + (*machine)->id();
        const DomainHandle domain(virDomainLookupByName((*connection)->handle.get(), name.c_str()));
        QVERIFY(domain);
        virDomainSuspend(
            domain.get()); // may fail: it is ended as soon as it is paused, which can be before this returns
        const auto exit = (*machine)->wait({}, patience);
        QVERIFY(!exit);
        QVERIFY2(exit.error().cause.find("paused") != std::string::npos, exit.error().message().c_str());
    }
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineFaultsTest::runs_three_at_once() {
    const auto before = list_traces(root_.path());
    std::array<std::string, 3> results;
    {
        std::array<std::jthread, 3> threads;
        for (std::size_t i = 0; i < threads.size(); ++i)
            threads[i] = std::jthread([&, i] {
                RecordingObserver observer;
                const auto text = "machine " + std::to_string(i);
                const auto machine = hypervisor_->start(request(busybox({"echo", text})), observer, {});
                const auto exit = machine ? (*machine)->wait({}, patience) : fail(machine.error());
                results[i] = exit ? observer.output(OutputStream::out) : exit.error().message();
            });
    }
    for (std::size_t i = 0; i < results.size(); ++i)
        QCOMPARE(results[i], "machine " + std::to_string(i) + "\n");
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineFaultsTest::cleans_up_after_a_killed_process_data() {
    QTest::addColumn<QString>("moment");
    QTest::newRow("as soon as there is a QEMU") << "create";
    for (const char* moment : {"start", "run", "stop"})
        QTest::newRow(moment) << moment;
    QTest::newRow("a whole machine") << "system";
}

/// A second process uses the same data folder at the same time and is killed. Nobody opens the folder after it.
void MachineFaultsTest::cleans_up_after_a_killed_process() {
    QFETCH(QString, moment);
    if (moment == "system")
        make_empty_system(root_.path());
    const auto before = list_traces(root_.path());
    pid_t vmm = -1;
    std::array<int, 2> pipe{};
    QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const UniqueFd read_end(pipe[0]);
    UniqueFd write_end(pipe[1]);
    auto holder = spawn({{helper_file("virt_hold_machine"), root_.path().string(), disk_.digest, moment.toStdString()},
                         std::nullopt,
                         {{1, write_end.get()}, {2, 2}},
                         true});
    VERIFY_OK(holder);
    write_end.reset();
    if (moment == "create")
        VERIFY_SOON((vmm = newest_emulator(root_.path() / "libvirt/1")) > 0);
    else
        QVERIFY(::read(read_end.get(), &vmm, sizeof vmm) == sizeof vmm);
    const UniqueFd emulator(static_cast<int>(::syscall(SYS_pidfd_open, vmm, 0)));
    QVERIFY(emulator);
    if (moment == "run")
        ::kill(vmm, SIGSTOP); // so that the guest cannot notice by itself and power off
    holder->kill(SIGKILL);
    VERIFY_OK(holder->wait({}, patience));
    pollfd gone{emulator.get(), POLLIN, 0};
    QCOMPARE(::poll(&gone, 1, static_cast<int>(std::chrono::milliseconds(patience).count())), 1);
    const auto left = [&] {
        std::string text;
        for (const std::string& trace : list_traces(root_.path()))
            if (!before.contains(trace) && (!trace.starts_with("libvirt/1") || trace.starts_with("libvirt/1/s/") ||
                                            trace.starts_with("libvirt/1/run")))
                text += trace + " ";
        return text;
    };
    COMPARE_SOON(left(), std::string());
}

void MachineFaultsTest::learns_damaged_capabilities_again_data() {
    QTest::addColumn<QString>("command");
    QTest::newRow("missing") << "rm $f";
    QTest::newRow("emptied") << ": > $f";
    QTest::newRow("halved") << "truncate -s $(($(stat -c %s $f) / 2)) $f";
}

/// By another process, as this one's libvirt has read them.
void MachineFaultsTest::learns_damaged_capabilities_again() {
    QFETCH(QString, command);
    const std::string cache = DataFolder(root_.path()).libvirt_cache().string();
    const std::string damage = "cd " + cache + " && for f in *.xml; do " + command.toStdString() + "; done";
    QVERIFY(run_checked({"sh", "-ec", damage}));
    // With an init that reaps nobody: libvirt would wait 15 s for each QEMU that it has asked.
    std::vector<std::string> open{helper_file("virt_hold_machine"), root_.path().string()};
    if (own_mounts_)
        open.insert(open.begin(), {"unshare", "--pid", "--fork", "--mount-proc"});
    const auto opened = run_command(open);
    VERIFY_OK(opened);
    QVERIFY2(opened->code == 0, opened->err.c_str());
    int files = 0;
    for (const auto& file : std::filesystem::directory_iterator(cache)) {
        const auto content = read_file(file.path());
        QVERIFY2(content && content->find("</qemuCaps>") != std::string::npos, file.path().c_str());
        ++files;
    }
    QVERIFY(files > 0);
}

void MachineFaultsTest::tells_of_a_system_that_does_not_boot() {
    HypervisorOptions options = root_.options();
    options.boot_deadline = std::chrono::seconds(1); // nothing will ever come
    const auto hypervisor = Hypervisor::open(options, {});
    VERIFY_OK(hypervisor);
    make_empty_system(root_.path());
    MachineRequest whole = request(busybox({"true"}));
    whole.kind = MachineKind::full;
    QCOMPARE((*hypervisor)->facts(whole.limits, whole.kind).memory, std::uint64_t{384} * mebibyte);
    const auto before = list_traces(root_.path());
    RecordingObserver observer;
    const auto without = (*hypervisor)->start(whole, observer, {});
    QVERIFY(!without);
    QCOMPARE(without.error().kind, ErrorKind::invalid_argument);
    whole.system = empty_system(root_.path());
    const auto machine = (*hypervisor)->start(whole, observer, {});
    QVERIFY(!machine);
    QCOMPARE(machine.error().kind, ErrorKind::timeout);
    QCOMPARE(QString::fromStdString(changes_since(before, root_.path())), QString());
}

void MachineFaultsTest::refuses_a_second_data_folder() {
    const TestRoot other;
    const auto opened = Hypervisor::open(other.options(), {});
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::unsupported);
}

void MachineFaultsTest::tells_that_qemu_is_missing() {
    const QByteArray path = qgetenv("PATH");
    qputenv("PATH", "/nonexistent");
    const auto opened = Hypervisor::open(root_.options(), {});
    const auto checks = check_virt(root_.options());
    qputenv("PATH", path);
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::unavailable);
    QVERIFY(opened.error().message().find("qemu-system-x86") != std::string::npos);
    QCOMPARE(checks.front().state, Prerequisite::State::missing);
}

ISOLAB_TEST(MachineFaultsTest)
#include "machine_faults_test.moc"
