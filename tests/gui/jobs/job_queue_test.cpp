// SPDX-License-Identifier: GPL-3.0-or-later
#include <thread>

#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include "gui/jobs/job_queue.h"
#include "tests/gui/support/gui_test.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace std::chrono_literals;

class JobQueueTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void results_arrive_on_the_thread_of_the_queue();
    void jobs_run_in_order_one_at_a_time();
    void a_dropped_job_is_stopped_and_never_delivered();
    void a_stopped_job_is_still_delivered();
    void a_blocking_job_leaves_the_event_loop_alive();
    void destruction_stops_what_runs();
};

void JobQueueTest::results_arrive_on_the_thread_of_the_queue() {
    JobQueue queue;
    std::thread::id worked;
    std::thread::id delivered;
    queue.start(
        [&](const StopToken&) {
            worked = std::this_thread::get_id();
            return 42;
        },
        [&](int value) { delivered = value == 42 ? std::this_thread::get_id() : std::thread::id(); });
    COMPARE_SOON(delivered, std::this_thread::get_id());
    QVERIFY(worked != delivered);
    VERIFY_SOON(queue.idle());
}

void JobQueueTest::jobs_run_in_order_one_at_a_time() {
    JobQueue queue;
    std::atomic<int> at_once = 0;
    std::atomic<int> most = 0;
    std::vector<int> order;
    for (int i = 0; i < 5; ++i)
        queue.start(
            [&, i](const StopToken&) {
                most = std::max(most.load(), ++at_once);
                std::this_thread::sleep_for(2ms);
                --at_once;
                return i;
            },
            [&](int value) { order.push_back(value); });
    COMPARE_SOON(order, (std::vector<int>{0, 1, 2, 3, 4}));
    QCOMPARE(most.load(), 1);
}

void JobQueueTest::a_dropped_job_is_stopped_and_never_delivered() {
    JobQueue queue;
    const QSignalSpy idle(&queue, &JobQueue::became_idle);
    std::atomic<bool> saw_stop = false;
    bool delivered = false;
    const auto job = queue.start([&](const StopToken& stop) { return saw_stop = stop.wait_for(60s); },
                                 [&](bool) { delivered = true; });
    queue.drop(job);
    COMPARE_SOON(idle.count(), 1);
    QVERIFY(saw_stop);
    QVERIFY(!delivered);
}

void JobQueueTest::a_stopped_job_is_still_delivered() {
    JobQueue queue;
    std::optional<bool> stopped;
    const auto job =
        queue.start([](const StopToken& stop) { return stop.wait_for(60s); }, [&](bool value) { stopped = value; });
    queue.stop(job);
    VERIFY_SOON(stopped.has_value());
    QVERIFY(*stopped);
}

void JobQueueTest::a_blocking_job_leaves_the_event_loop_alive() {
    JobQueue queue;
    QTimer heartbeat;
    std::atomic<int> beats = 0;
    connect(&heartbeat, &QTimer::timeout, this, [&] { ++beats; });
    heartbeat.start(5);
    bool done = false;
    queue.start(
        [&](const StopToken&) { // as long as it takes, also on a busy machine
            const auto end = std::chrono::steady_clock::now() + 30s;
            while (beats <= 10 && std::chrono::steady_clock::now() < end)
                std::this_thread::sleep_for(5ms);
            return 0;
        },
        [&](int) { done = true; });
    VERIFY_SOON(done);
    QVERIFY2(beats > 10, qPrintable(QString::number(beats.load())));
}

void JobQueueTest::destruction_stops_what_runs() {
    const auto begin = std::chrono::steady_clock::now();
    {
        JobQueue queue;
        queue.start([](const StopToken& stop) { return stop.wait_for(5min); }, [](bool) {});
        queue.start([](const StopToken& stop) { return stop.wait_for(5min); }, [](bool) {});
    }
    QVERIFY(std::chrono::steady_clock::now() - begin < 60s);
}

ISOLAB_GUI_TEST(JobQueueTest)
#include "job_queue_test.moc"
