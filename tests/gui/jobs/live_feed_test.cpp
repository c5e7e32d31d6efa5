// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "gui/jobs/live_feed.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/test_main.h"

using namespace isolab;

class LiveFeedTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void a_side_deploys_from_its_beginning_to_its_end();
    void a_stopped_run_is_no_failure();
    void output_is_counted_beyond_what_is_kept();
    void nothing_new_is_nothing_to_draw();
};

void LiveFeedTest::a_side_deploys_from_its_beginning_to_its_end() {
    LiveFeed feed;
    feed.on_deployment_started("container");
    feed.on_deployment("container", {});
    feed.on_deployment_started("vm");
    feed.report({"make-disk", "sha256:4f1c", 1, 2, true});
    const auto live = feed.take();
    QVERIFY(live);
    QCOMPARE(live->side("container").state, LiveSide::State::waiting);
    QCOMPARE(live->side("vm").state, LiveSide::State::deploying);
    QVERIFY(live->active == "vm" && live->deployment);
    feed.on_deployment("vm", {});
    QVERIFY(!feed.take()->deployment);
}

void LiveFeedTest::a_stopped_run_is_no_failure() {
    LiveFeed feed;
    RunResult run = test::sample_run("vm", 0);
    run.error = Error{ErrorKind::cancelled, "run", "vm", "stopped", ""};
    feed.on_run_started("vm", 0, false);
    feed.on_run_finished(run);
    const auto live = feed.take();
    QCOMPARE(live->side("vm").state, LiveSide::State::waiting);
    QVERIFY(!live->side("vm").error);
    run.error->kind = ErrorKind::timeout;
    feed.on_run_finished(run);
    QCOMPARE(feed.take()->side("vm").state, LiveSide::State::failed);
}

void LiveFeedTest::output_is_counted_beyond_what_is_kept() {
    LiveFeed feed;
    feed.on_run_started("container", 0, true);
    const std::string chunk(live_output_limit / 2 + 10, 'x');
    for (int i = 0; i < 4; ++i)
        feed.on_output("container", OutputStream::out, chunk);
    feed.on_output("container", OutputStream::console, "a kernel speaks");
    const OutputTail first = feed.take()->side("container").output;
    QCOMPARE(first.total, std::uint64_t{4 * chunk.size()});
    QCOMPARE(first.text.size(), live_output_limit);
    feed.on_run_started("container", 0, false);
    const OutputTail second = feed.take()->side("container").output;
    QVERIFY(second.text.empty() && second.total == 0 && second.run == first.run + 1);
}

void LiveFeedTest::nothing_new_is_nothing_to_draw() {
    LiveFeed feed;
    QVERIFY(!feed.take() && !feed.take_result());
    feed.on_result(test::sample_result(1));
    QVERIFY(!feed.take());
    QVERIFY(feed.take_result() != nullptr);
    QVERIFY(feed.take_result() == nullptr);
}

ISOLAB_TEST(LiveFeedTest)
#include "live_feed_test.moc"
