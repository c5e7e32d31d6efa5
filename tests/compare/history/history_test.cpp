// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/history.h"
#include "tests/support/test_main.h"

#include <fstream>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "compare/report/report.h"
#include "engine/base/json.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;

namespace {

/// One more run of each side.
void add_runs(ComparisonResult& result) {
    const auto index = static_cast<unsigned>(result.runs.size() / result.sides.size());
    for (const SideResult& side : result.sides) {
        RunResult run;
        run.side = side.side;
        run.index = index;
        run.ready = std::chrono::milliseconds(side.side == "vm" ? 1400 : 12) + std::chrono::microseconds(index);
        run.exit = ExitStatus{0, 0, false};
        run.peak_memory = 4'000'000;
        run.output = "hello\n";
        PhaseTimeline timeline(Nanoseconds{0});
        timeline.add({Phase::prepare, Nanoseconds{1000}, Nanoseconds{500}});
        run.phases = timeline.spans();
        run.load = share({{"before", {{"load1", 0.5}}}, {"after", {{"load1", 0.75}}}, {"foreign_cpu", nullptr}});
        result.runs.push_back(run);
    }
}

ComparisonResult comparison(const std::string& id) {
    ComparisonResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'000);
    result.plan.workload.id = "hello";
    result.plan.workload.image = "isolab/default";
    result.sides = {{.side = "container", .title = "Container"},
                    {.side = "vm", .title = "Virtual machine", .marks = {"tcg"}}};
    add_runs(result);
    result.environment = share({{"kernel", "6.18"}, {"load_of_runs", Json::array()}});
    result.complete = true;
    summarise_comparison(result);
    return result;
}
} // namespace

class HistoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::filesystem::path file(const std::string& name) const {
        return std::filesystem::path(scratch_.path().toStdString()) / name;
    }

  private slots:
    void saved_comparison_is_loaded_exactly() {
        const auto history = History::open(file("a.sqlite"));
        QVERIFY(history);
        ComparisonResult saved = comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(saved));
        const auto loaded = (*history)->load("20260101");
        QVERIFY(loaded);
        QCOMPARE(report_json(*loaded).dump(), report_json(saved).dump());
    }
    void the_line_of_more_than_two_worlds_has_no_ratio() {
        const auto history = History::open(file("many.sqlite"));
        QVERIFY(history);
        ComparisonResult two = comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(two));
        QVERIFY((*history)->list()->front().headline.ends_with("×)"));
        ComparisonResult three = comparison("20260102-000000-bbbb");
        three.plan.sides = {"native", "container", "vm"};
        three.sides.insert(three.sides.begin(), {.side = "native", .title = "Host"});
        add_runs(three);
        summarise_comparison(three);
        QVERIFY(three.find_ratio("ready") != nullptr);
        VERIFY_OK((*history)->begin(three));
        const std::string line = (*history)->list()->front().headline;
        QVERIFY2(line.starts_with("native 12.0 ms, container 12.0 ms, vm 1.40 s") && line.ends_with(" s"),
                 line.c_str());
    }
    void saving_again_completes() {
        const auto history = History::open(file("b.sqlite"));
        QVERIFY(history);
        ComparisonResult result = comparison("20260101-000000-aaaa");
        result.complete = false;
        VERIFY_OK((*history)->begin(result));
        result.complete = true;
        result.notices.push_back({"few-runs", "Few.", ""});
        add_runs(result);
        VERIFY_OK((*history)->save(result));
        const auto entries = (*history)->list();
        QCOMPARE(entries->size(), std::size_t{1});
        QVERIFY(entries->front().complete);
        QCOMPARE(entries->front().runs, 2U);
        QCOMPARE(report_json(*(*history)->load(result.id)).dump(), report_json(result).dump());
    }
    void an_id_that_another_has_is_not_taken() {
        const auto history = History::open(file("ids.sqlite"));
        const auto other = History::open(file("ids.sqlite")); // as another process has it
        ComparisonResult first = comparison("20231114-221320-1a2b");
        first.notices.push_back({"mine", "The first.", ""});
        VERIFY_OK((*history)->begin(first));
        QCOMPARE(first.id, std::string("20231114-221320-1a2b"));
        ComparisonResult second = comparison("20231114-221320-1a2b");
        VERIFY_OK((*other)->begin(second));
        QVERIFY2(second.id != first.id && second.id.starts_with("20231114-221320-"), second.id.c_str());
        second.complete = false;
        VERIFY_OK((*other)->save(second));
        QCOMPARE((*history)->list()->size(), std::size_t{2});
        for (const ComparisonResult& one : {first, second})
            QCOMPARE(report_json(*(*history)->load(one.id)).dump(), report_json(one).dump());
    }
    void what_was_never_begun_is_not_saved() {
        const auto history = History::open(file("none.sqlite"));
        const auto saved = (*history)->save(comparison("20260101-000000-aaaa"));
        QVERIFY(!saved && saved.error().kind == ErrorKind::not_found);
        QVERIFY((*history)->save_runs(comparison("20260101-000000-aaaa")).error().kind == ErrorKind::not_found);
        QVERIFY((*history)->list()->empty());
    }
    void runs_that_could_not_be_saved_are_saved_later() {
        const auto path = file("later.sqlite");
        const auto history = History::open(path, std::chrono::milliseconds(20));
        ComparisonResult result = comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(result));
        SQLite::Database other(path.string(), SQLite::OPEN_READWRITE);
        other.exec("BEGIN IMMEDIATE");
        add_runs(result);
        QVERIFY((*history)->save_runs(result).error().kind == ErrorKind::unavailable);
        other.exec("ROLLBACK");
        add_runs(result);
        VERIFY_OK((*history)->save_runs(result));
        QCOMPARE((*history)->load(result.id)->runs.size(), std::size_t{6});
    }
    /// As after a crash: the summaries are those of the runs that were saved.
    void a_comparison_that_was_never_concluded_has_summaries_of_its_runs() {
        const auto history = History::open(file("cut.sqlite"));
        ComparisonResult result = comparison("20260101-000000-aaaa");
        result.complete = false;
        VERIFY_OK((*history)->begin(result));
        for (int i = 0; i < 4; ++i)
            add_runs(result);
        result.finished_at = std::chrono::seconds(1'700'000'060);
        VERIFY_OK((*history)->save_runs(result));
        summarise_comparison(result);
        QCOMPARE(report_json(*(*history)->load(result.id)).dump(1), report_json(result).dump(1));
    }
    void what_is_written_for_a_run_does_not_depend_on_those_before() {
        const auto path = file("growth.sqlite");
        const auto history = History::open(path);
        ComparisonResult result = comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(result));
        SQLite::Database reader(path.string()); // keeps the log from being begun anew, so its size tells
        reader.exec("BEGIN");
        (void)reader.execAndGet("SELECT COUNT(*) FROM results");
        const auto written_by = [&](int saves) {
            const auto before = std::filesystem::file_size(path.string() + "-wal");
            for (int i = 0; i < saves; ++i) {
                add_runs(result);
                if (!(*history)->save_runs(result))
                    return std::uintmax_t{0};
            }
            return std::filesystem::file_size(path.string() + "-wal") - before;
        };
        const auto first = written_by(50);
        for (int i = 0; i < 10; ++i)
            QVERIFY(written_by(50) > 0);
        const auto last = written_by(50);
        const std::string figures = std::to_string(first) + " and " + std::to_string(last) + " bytes";
        QVERIFY2(first > 0 && last < first + first / 2, figures.c_str()); // trees may be a page deeper
    }
    void newest_comes_first_and_ambiguity_is_refused() {
        const auto history = History::open(file("c.sqlite"));
        for (const char* id : {"20260101-000000-aaaa", "20260102-000000-bbbb"}) {
            ComparisonResult result = comparison(id);
            VERIFY_OK((*history)->begin(result));
        }
        QCOMPARE((*history)->list()->front().id, std::string("20260102-000000-bbbb"));
        QVERIFY((*history)->load("2026").error().kind == ErrorKind::invalid_argument);
        QVERIFY((*history)->load("1999").error().kind == ErrorKind::not_found);
        QVERIFY(!(*history)->load("%"));
    }
    /// The message of the first failure of `openers` threads that open `path` at once and do `work` with it.
    static std::string at_once(const std::filesystem::path& path, int openers,
                               const std::function<Result<void>(History&, int)>& work) {
        std::latch start(openers);
        std::mutex mutex;
        std::string failure;
        std::vector<std::jthread> threads;
        for (int opener = 0; opener < openers; ++opener)
            threads.emplace_back([&, opener] {
                start.arrive_and_wait();
                const auto history = History::open(path);
                const auto done = history ? work(**history, opener) : Result<void>(fail(history.error()));
                const std::lock_guard lock(mutex);
                if (!done)
                    failure = done.error().message();
            });
        threads.clear();
        return failure;
    }
    void a_new_file_that_another_is_just_making_is_waited_for() {
        const auto path = file("made.sqlite");
        // It is as patient as Isolab: the opener reads the file again and again, and a commit cannot end meanwhile.
        SQLite::Database maker(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 10'000);
        maker.exec("BEGIN IMMEDIATE");
        const std::jthread end([&maker] {
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            maker.exec("COMMIT");
        });
        const auto history = History::open(path);
        VERIFY_OK(history);
    }
    void many_write_at_once() {
        const auto path = file("written.sqlite");
        const auto failure = at_once(path, 4, [](History& history, int opener) -> Result<void> {
            for (int i = 0; i < 5; ++i) {
                ComparisonResult result = comparison(fmt::format("2026010{}-000000-{}", opener, i));
                ISOLAB_TRY(history.begin(result));
                add_runs(result);
                ISOLAB_TRY(history.save(result));
            }
            return {};
        });
        QVERIFY2(failure.empty(), failure.c_str());
        QCOMPARE((*History::open(path))->list()->size(), std::size_t{20});
    }
    void what_is_written_is_read_whole_meanwhile() {
        const auto path = file("meanwhile.sqlite");
        const auto history = History::open(path);
        ComparisonResult result = comparison("20260101-000000-aaaa");
        VERIFY_OK((*history)->begin(result));
        const auto reader = HistoryReader::open(path);
        VERIFY_OK(reader);
        std::string failure;
        std::jthread writer([&] {
            for (int i = 0; i < 100 && failure.empty(); ++i) {
                add_runs(result);
                if (const auto saved = (*history)->save_runs(result); !saved)
                    failure = saved.error().message();
            }
        });
        std::size_t most = 0;
        for (int i = 0; i < 30; ++i) {
            const auto loaded = (*reader)->load("20260101");
            VERIFY_OK(loaded);
            QVERIFY(loaded->runs.size() >= most && loaded->runs.size() % 2 == 0); // both of one transaction
            most = loaded->runs.size();
            QCOMPARE((*reader)->list()->size(), std::size_t{1});
        }
        writer.join();
        QVERIFY2(failure.empty(), failure.c_str());
        QCOMPARE((*reader)->load("20260101")->runs.size(), std::size_t{202});
    }
    void a_locked_file_is_named() {
        const auto path = file("locked.sqlite");
        QVERIFY(History::open(path));
        SQLite::Database other(path.string(), SQLite::OPEN_READWRITE);
        other.exec("PRAGMA locking_mode = EXCLUSIVE");
        other.exec("BEGIN EXCLUSIVE");
        const auto history = History::open(path, std::chrono::milliseconds(50));
        QVERIFY(!history);
        QVERIFY(history.error().kind == ErrorKind::unavailable);
        QVERIFY2(history.error().message().find("locked.sqlite") != std::string::npos,
                 history.error().message().c_str());
    }
    void file_that_is_no_database_is_named_and_kept() {
        const auto path = file("e.sqlite");
        std::ofstream(path) << std::string(8192, 'x');
        const auto history = History::open(path);
        QVERIFY(!history);
        QVERIFY2(history.error().message().find("e.sqlite") != std::string::npos, history.error().message().c_str());
        QCOMPARE(std::filesystem::file_size(path), std::uintmax_t{8192});
    }
    void newer_version_is_refused() {
        const auto path = file("f.sqlite");
        QVERIFY(History::open(path));
        {
            SQLite::Database database(path.string(), SQLite::OPEN_READWRITE);
            database.exec("PRAGMA user_version = 999");
        }
        const auto history = History::open(path);
        QVERIFY(!history);
        QVERIFY(history.error().kind == ErrorKind::unsupported);
    }
    void report_with_a_false_field_is_corrupt_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("schema") << QByteArray("/schema") << QByteArray("\"isolab.other/1\"");
        QTest::newRow("phase") << QByteArray("/sides/0/runs/0/phases/0/id") << QByteArray("\"nap\"");
        QTest::newRow("type") << QByteArray("/sides/0/runs/0/phases/0/start_ns") << QByteArray("\"soon\"");
        QTest::newRow("missing") << QByteArray("/sides") << QByteArray("null");
    }
    void report_with_a_false_field_is_corrupt() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        Json document = report_json(comparison("x"));
        QVERIFY(parse_report(document, "doc"));
        const Json::json_pointer place(pointer.toStdString());
        QVERIFY2(document.contains(place), document.dump(1).substr(0, 2000).c_str());
        document[place] = Json::parse(value.toStdString());
        const auto parsed = parse_report(document, "doc");
        QVERIFY(!parsed);
        QVERIFY(parsed.error().kind == ErrorKind::corrupt);
        QVERIFY(parsed.error().message().find("doc") != std::string::npos);
    }
};

ISOLAB_TEST(HistoryTest)
#include "history_test.moc"
