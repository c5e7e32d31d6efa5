// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <atomic>
#include <csignal>
#include <future>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "engine/base/event.h"
#include "engine/base/subprocess.h"
#include "tests/support/patience.h"
#include "tests/support/test_main.h"
#include "tests/virt/vm_fixture.h"
#include "virt/guest/guest_monitor.h"
#include "virt/machine/qemu_process.h"

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

namespace {

/// Stands for QEMU: a process that does nothing, and the far ends of its channel and console.
class FakeVmm {
  public:
    FakeVmm() : process_(spawn({{"sleep", "1000"}}).value()) {
        connect(channel_, channel_far_), connect(console_, console_far_);
    }
    std::unique_ptr<GuestMonitor> watch(Nanoseconds begin, InstanceObserver& observer, Nanoseconds start_cpu = 0ns) {
        return std::make_unique<GuestMonitor>(std::move(channel_), std::move(console_),
                                              QemuProcess::watch(process_.pid(), start_cpu).value(), begin, observer);
    }
    bool print(std::string_view text) {
        return ::send(console_far_.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    bool alive() const { return ::kill(process_.pid(), 0) == 0; }
    bool say(std::string_view bytes) {
        return ::send(channel_far_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size());
    }
    /// The next bytes that were sent to the guest, whole records of less than a page.
    std::string hear() const {
        std::array<char, 4096> bytes{};
        pollfd sent{channel_far_.get(), POLLIN, 0};
        if (::poll(&sent, 1, std::chrono::milliseconds(patience).count()) <= 0)
            return {};
        const ssize_t count = ::recv(channel_far_.get(), bytes.data(), bytes.size(), 0);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    }

  private:
    static void connect(UniqueFd& near, UniqueFd& far) {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
            near = UniqueFd(ends[0]);
            far = UniqueFd(ends[1]);
        }
    }
    ChildProcess process_;
    UniqueFd channel_, channel_far_, console_, console_far_;
};

template <class Head> std::string record(guest::RecordKind kind, const Head& head) {
    return encode_record(kind, {reinterpret_cast<const char*>(&head), sizeof head}); // NOLINT: as in memory
}

bool happens(const Event& event) { return event.wait({}, monotonic_now() + patience) == Waited::happened; }

} // namespace

/// The host's end of a guest's channel, with a process that stands for QEMU.
class GuestMonitorTest : public QObject {
    Q_OBJECT
  private slots:
    void gives_up_on_nonsense();
    void keeps_marks_in_order();
    void tells_what_arrives_together_apart();
    void confirms_how_it_ended();
    void what_the_console_says_comes_before_the_failure();
    void leaves_a_living_vmm();
    void late_answers_are_not_taken_for_others();
};

void GuestMonitorTest::gives_up_on_nonsense() {
    FakeVmm vmm;
    RecordingObserver observer;
    const auto monitor = vmm.watch(monotonic_now(), observer);
    // A header of the largest size, and more behind it.
    QVERIFY(vmm.say(std::string(100'000, '\xff')));
    QVERIFY(happens(monitor->decided()) && happens(monitor->exited()));
    const GuestState state = monitor->state();
    QVERIFY(state.failure && state.failure->kind == ErrorKind::corrupt);
    QVERIFY(happens(monitor->gone())); // killed
    QVERIFY(!monitor->send(encode_signal(15), {}, 1s));
    QVERIFY(observer.marks().empty());
}

void GuestMonitorTest::keeps_marks_in_order() {
    FakeVmm vmm;
    RecordingObserver observer;
    const Nanoseconds created = monotonic_now() - 10s;
    const auto monitor = vmm.watch(created, observer, 7ms);
    guest::Hello hello;
    hello.init = {500'000'000, 1'500'000'000};
    QVERIFY(vmm.say(record(guest::RecordKind::hello, hello)));
    // It claims that setup was done long before init ran, and that the command ran before that.
    QVERIFY(vmm.say(record(guest::RecordKind::setup_done, guest::GuestStamp{0, 9'000'000'000})));
    QVERIFY(vmm.say(record(guest::RecordKind::executed, guest::GuestStamp{0, ~std::uint64_t{0}})));
    QVERIFY(happens(monitor->decided()));
    const auto marks = observer.marks();
    QCOMPARE(marks.size(), 4U);
    for (std::size_t i = 1; i < marks.size(); ++i)
        QVERIFY(marks[i].at >= marks[i - 1].at);
    QVERIFY(marks.front().at >= created && marks.back().at < monotonic_now());
    QVERIFY(marks.back().cpu && *marks.back().cpu >= 7ms);
    monitor->kill();
    QVERIFY(happens(monitor->gone()));
}

/// A host that is busy reads late, and then all at once: the guest knows how long it was between.
void GuestMonitorTest::tells_what_arrives_together_apart() {
    FakeVmm vmm;
    RecordingObserver observer;
    const auto monitor = vmm.watch(monotonic_now() - 10s, observer);
    guest::Hello hello;
    hello.init = {500'000'000, 1'000'000'000};
    guest::Exited exited;
    exited.stamp = {1'600'000'000, 1'700'000'000};
    QVERIFY(vmm.say(record(guest::RecordKind::hello, hello) +
                    record(guest::RecordKind::setup_done, guest::GuestStamp{1'300'000'000, 1'300'000'000}) +
                    record(guest::RecordKind::executed, guest::GuestStamp{1'500'000'000, 1'500'000'000}) +
                    record(guest::RecordKind::exited, exited)));
    QVERIFY(happens(monitor->exited()));
    const auto marks = observer.marks();
    QCOMPARE(marks.size(), 4U);
    QCOMPARE((marks[1].at - marks[0].at).count(), Nanoseconds(500ms).count()); // the kernel, by its clock
    QCOMPARE((marks[2].at - marks[1].at).count(), Nanoseconds(800ms).count());
    QCOMPARE((marks[3].at - marks[2].at).count(), Nanoseconds(200ms).count());
    QCOMPARE((monitor->state().exited_at - marks[3].at).count(), Nanoseconds(100ms).count());
    monitor->kill();
    QVERIFY(happens(monitor->gone()));
}

// The guest waits for it: what its port has not delivered when it ends the machine would be lost.
void GuestMonitorTest::confirms_how_it_ended() {
    for (const bool failed : {false, true}) {
        FakeVmm vmm;
        RecordingObserver observer;
        const auto monitor = vmm.watch(monotonic_now(), observer);
        QVERIFY(vmm.say(failed ? record(guest::RecordKind::failure, guest::Failure{})
                               : record(guest::RecordKind::exited, guest::Exited{})));
        QCOMPARE(vmm.hear(), encode_record(guest::RecordKind::received, {}));
        QVERIFY(happens(failed ? monitor->decided() : monitor->exited()));
    }
}

namespace {

/// Holds the watch up at the workload's first output, and looks what is known when the console prints something.
class HoldingObserver : public RecordingObserver {
  public:
    void on_output(OutputStream stream, std::string_view, Nanoseconds) override {
        if (stream == OutputStream::out) {
            held.set();
            release.wait({}, std::nullopt);
        } else {
            failure_known = monitor->state().failure.has_value();
            printed.set();
        }
    }
    Event held, release, printed;
    std::atomic<bool> failure_known = false;
    GuestMonitor* monitor = nullptr;
};

} // namespace

/// Both are there when it looks: the guest's kernel printed why, and then the guest told that it failed.
void GuestMonitorTest::what_the_console_says_comes_before_the_failure() {
    FakeVmm vmm;
    HoldingObserver observer;
    const auto monitor = vmm.watch(monotonic_now(), observer);
    observer.monitor = monitor.get();
    QVERIFY(vmm.say(encode_record(guest::RecordKind::output, "text")));
    QVERIFY(happens(observer.held));
    QVERIFY(vmm.print("EXT4-fs error\n"));
    QVERIFY(vmm.say(record(guest::RecordKind::failure, guest::Failure{})));
    observer.release.set();
    QVERIFY(happens(monitor->decided()));
    QVERIFY(monitor->state().console.find("EXT4-fs") != std::string::npos);
    QVERIFY(happens(observer.printed));
    QVERIFY(!observer.failure_known);
}

/// A QEMU that cannot be ended must not hold up who watches it.
void GuestMonitorTest::leaves_a_living_vmm() {
    FakeVmm vmm;
    RecordingObserver observer;
    auto monitor = vmm.watch(monotonic_now(), observer);
    QVERIFY(!monitor->state().gone_at);
    monitor.reset();
    QVERIFY(vmm.alive());
}

void GuestMonitorTest::late_answers_are_not_taken_for_others() {
    FakeVmm vmm;
    RecordingObserver observer;
    const auto monitor = vmm.watch(monotonic_now(), observer);
    const auto answer = [](std::uint64_t total) {
        guest::Memory memory;
        memory.total = total;
        return encode_record(guest::RecordKind::memory,
                             {reinterpret_cast<const char*>(&memory), sizeof memory}); // NOLINT: as in memory
    };
    const auto first = monitor->ask_memory(10ms);
    QVERIFY(!first && first.error().kind == ErrorKind::timeout);
    auto second = std::async(std::launch::async, [&] { return monitor->ask_memory(patience); });
    QVERIFY(vmm.say(answer(1)));
    QVERIFY(vmm.say(answer(2)));
    const auto memory = second.get();
    QVERIFY(memory);
    QCOMPARE(memory->total, std::uint64_t{2});
    monitor->kill();
    QVERIFY(happens(monitor->gone()));
}

ISOLAB_TEST(GuestMonitorTest)
#include "guest_monitor_test.moc"
