// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/supervision.h"
#include "tests/support/test_main.h"

#include "engine/base/json.h"
#include "engine/runtime/output_line.h"

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class SupervisionTest : public QObject {
    Q_OBJECT
  private slots:
    void policy_is_read_and_written() {
        for (const char* text : {"no", "always", "unless-stopped", "on-failure", "on-failure:3"}) {
            const auto policy = parse_restart_policy(text);
            QVERIFY2(policy, text);
            QCOMPARE(restart_policy_text(*policy), std::string(text));
        }
        for (const char* text : {"", "sometimes", "always:3", "on-failure:", "on-failure:x", "on-failure:-1", "no:1"})
            QVERIFY2(!parse_restart_policy(text), text);
    }
    void restart_follows_the_policy() {
        const RestartPolicy never;
        QVERIFY(!is_restarted(never, 1, 0));
        const RestartPolicy thrice{RestartMode::on_failure, 3};
        QVERIFY(!is_restarted(thrice, 0, 0));
        QVERIFY(is_restarted(thrice, 1, 2));
        QVERIFY(!is_restarted(thrice, 1, 3));
        const RestartPolicy failing{RestartMode::on_failure, 0};
        QVERIFY(is_restarted(failing, 1, 1'000'000));
        QVERIFY(is_restarted({RestartMode::always, 0}, 0, 1'000'000));
    }
    void delay_grows_to_a_minute() {
        Nanoseconds delay{0};
        std::vector<Nanoseconds> seen;
        for (int i = 0; i < 12; ++i)
            seen.push_back(delay = restart_delay(delay, 1s));
        QCOMPARE(seen[0], Nanoseconds(100ms));
        QCOMPARE(seen[1], Nanoseconds(200ms));
        QCOMPARE(seen[9], Nanoseconds(51'200ms));
        QCOMPARE(seen[11], Nanoseconds(1min));
        QCOMPARE(restart_delay(1min, 11s), Nanoseconds(100ms));
    }
    void order_survives_its_document() {
        SupervisionOrder order;
        order.restart = {RestartMode::on_failure, 7};
        order.health = HealthCheck{{"/bin/sh", "-c", "true"}, 5s, 2s, 1min, 3s, 4};
        order.log = {true, 12345, 9};
        order.standard_input = true;
        order.input_once = false;
        order.init = true;
        order.stop_signal = 3;
        order.at_end = {"/bin/true", "x"};
        const auto read = order_from_json(order_to_json(order), "test");
        QVERIFY(read);
        QVERIFY(*read == order);
        order.health.reset();
        QVERIFY(*order_from_json(order_to_json(order), "test") == order);
    }
    void report_survives_its_document() {
        SupervisionReport report;
        report.phase = SupervisionPhase::restarting;
        report.supervisor = 10;
        report.process = {20, 12345678901};
        report.started = "a";
        report.ended = "b";
        report.exit_code = 137;
        report.signal = 9;
        report.out_of_memory = true;
        report.error = "why";
        report.restarts = 3;
        report.stopped_by_user = true;
        report.health = HealthReport{"unhealthy", 5, {{"s", "e", -1, "text"}}};
        report.warnings = {"one", "two"};
        const auto read = report_from_json(report_to_json(report), "test");
        QVERIFY(read);
        QVERIFY(*read == report);
    }
    void damaged_documents_are_named() {
        for (const char* text : {"{}", "{\"phase\":\"dancing\"}", "{\"phase\":7}", "[]", "\"running\""}) {
            const auto report = report_from_json(Json::parse(text), "the-file");
            QVERIFY2(!report, text);
            QVERIFY2(report.error().message().find("the-file") != std::string::npos, text);
        }
        QVERIFY(!order_from_json(Json{{"restart", "sometimes"}}, "x"));
    }
    void output_lines_are_dockers() {
        std::string log;
        append_output_line(log, "a \"quoted\"\tline\n", true, Nanoseconds{1});
        const Json document = Json::parse(log);
        QCOMPARE(document["log"].get<std::string>(), std::string("a \"quoted\"\tline\n"));
        QCOMPARE(document["stream"].get<std::string>(), std::string("stderr"));
        QCOMPARE(document["time"].get<std::string>(), std::string("1970-01-01T00:00:00.000000001Z"));
        QVERIFY(log.ends_with("\n"));
        log.pop_back();
        const auto line = parse_output_line(log);
        QVERIFY(line);
        QVERIFY(*line == (OutputLine{"a \"quoted\"\tline\n", true, Nanoseconds{1}}));
    }
    void bytes_that_are_no_text_do_no_harm() {
        std::string log;
        append_output_line(log, std::string_view("\xff\x00\xc3", 3), false, Nanoseconds{0});
        log.pop_back();
        QVERIFY(parse_output_line(log));
        for (const char* text : {"", "{", "{\"log\":\"x\"}", "{\"log\":\"x\",\"stream\":\"stdout\",\"time\":\"now\"}"})
            QVERIFY2(!parse_output_line(text), text);
    }
};

ISOLAB_TEST(SupervisionTest)
#include "supervision_test.moc"
