// SPDX-License-Identifier: GPL-3.0-or-later
//
// Files of earlier versions, and files that cannot be written to.
#include "compare/history/history.h"

#include <cstdio>

#include <sys/mount.h>
#include <sys/stat.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "compare/report/report.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

namespace fs = std::filesystem;

constexpr const char* old_id = "20261129-212307-2785";
constexpr const char* broken_id = "20261129-212307-0000";

void make_version_1(const fs::path& file) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = WAL");
    database.exec(read_file(source_file("tests/golden/history/version-1.sql")).value());
}

/// A new history with one comparison.
std::unique_ptr<History> make_history(const fs::path& file) {
    auto history = History::open(file);
    ComparisonResult result;
    result.id = "20260101-000000-aaaa";
    result.plan.workload.id = "hello";
    result.sides = {{.side = "container", .title = "Container"}};
    RunResult run;
    run.side = "container";
    run.ready = std::chrono::milliseconds(12);
    result.runs.push_back(run);
    return history && (*history)->begin(result) ? std::move(*history) : nullptr;
}

std::string document_of(const fs::path& file, const std::string& id) {
    const SQLite::Database database(file.string());
    SQLite::Statement row(database, "SELECT document FROM experiments WHERE id = ?");
    row.bind(1, id);
    return row.executeStep() ? row.getColumn(0).getString() : std::string();
}

int version_of(const fs::path& file) {
    return SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt();
}

/// 0 when the history has one comparison with runs, and nothing came into its folder.
int look(const fs::path& file) {
    const auto history = HistoryReader::open(file);
    const auto entries = history ? (*history)->list() : tl::unexpected(history.error());
    const auto loaded = entries && entries->size() == 1 ? (*history)->load(entries->front().id)
                                                        : Result<ComparisonResult>(ComparisonResult{});
    if (!entries || !loaded)
        std::fprintf(stderr, "%s\n", (entries ? loaded.error() : entries.error()).message().c_str());
    return loaded && !loaded->runs.empty() ? 0 : 1;
}

void copy_files(const fs::path& from, const fs::path& to, const std::vector<std::string>& endings) {
    fs::create_directories(to);
    for (const std::string& ending : endings)
        fs::copy_file(from / ("history.sqlite" + ending), to / ("history.sqlite" + ending));
}

} // namespace

class HistoryFileTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

    fs::path fresh_folder(const std::string& name) const {
        fs::path folder = fs::path(scratch_.path().toStdString()) / name;
        fs::create_directories(folder);
        return folder;
    }

  private slots:
    void version_1_is_brought_up_to_date() {
        const fs::path file = fresh_folder("old") / "history.sqlite";
        make_version_1(file);
        const std::string document = document_of(file, old_id);
        QCOMPARE(version_of(file), 1);
        const auto history = History::open(file);
        VERIFY_OK(history);
        QCOMPARE(version_of(file), 3);
        const auto entries = (*history)->list();
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{1});
        const HistoryEntry& entry = entries->front();
        QCOMPARE(entry.id + "|" + entry.started + "|" + entry.workload + "|" + entry.headline,
                 std::string(old_id) + "|2026-11-29T21:23:07Z|hello|container 103 ms, vm 3.25 s (31.6×)");
        QVERIFY(entry.complete && entry.runs == 2);
        const auto loaded = (*history)->load(old_id);
        VERIFY_OK(loaded);
        Json expected = *parse_json(document, "x");
        for (Json& ratio : expected["ratios"]) // which then had but one
            ratio.update({{"of", "vm"}, {"to", "container"}});
        QVERIFY(nlohmann::json(report_json(*loaded)) == nlohmann::json(expected)); // whatever the order of its fields
        SQLite::Database database(file.string());
        QCOMPARE(database.execAndGet("SELECT COUNT(*) FROM runs WHERE length(document) > 500").getInt(), 6);
        QCOMPARE(database.execAndGet("SELECT COUNT(*) FROM headers WHERE document LIKE '%peak_memory%'").getInt(), 0);
        QVERIFY(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
        QVERIFY(!database.tableExists("experiments_1"));
    }
    void what_cannot_be_read_of_version_1_hinders_nobody_and_is_kept() {
        const fs::path file = fresh_folder("broken") / "history.sqlite";
        make_version_1(file);
        {
            SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
            database.exec("INSERT INTO experiments VALUES('" + std::string(broken_id) +
                          "', 1, 'hello', 3, 1, 'container 1 ms', '{\"schema\": 1')");
        }
        const auto history = History::open(file);
        VERIFY_OK(history);
        QCOMPARE((*history)->list()->size(), std::size_t{2});
        QCOMPARE((*history)->list()->back().runs, 3U);
        VERIFY_OK((*history)->load(old_id));
        const auto broken = (*history)->load(broken_id);
        QVERIFY(!broken && broken.error().kind == ErrorKind::corrupt);
        QVERIFY(SQLite::Database(file.string())
                    .execAndGet("SELECT document FROM headers WHERE document LIKE '{\"schema\": 1'")
                    .getString() == "{\"schema\": 1");
    }
    void an_old_program_cannot_write_into_a_new_file() {
        const fs::path file = fresh_folder("both") / "history.sqlite";
        make_version_1(file);
        SQLite::Database old(file.string(), SQLite::OPEN_READWRITE);
        VERIFY_OK(History::open(file));
        QVERIFY_THROWS_EXCEPTION(SQLite::Exception, old.exec("INSERT INTO experiments VALUES('x', 1, 'hello', 3, 1, "
                                                             "'container 1 ms', '{}')"));
    }
    void opening_writes_nothing() {
        const fs::path file = fresh_folder("same") / "history.sqlite";
        QVERIFY(make_history(file));
        SQLite::Database other(file.string()); // keeps the log from being removed
        (void)other.execAndGet("SELECT COUNT(*) FROM results");
        VERIFY_OK(History::open(file));
        VERIFY_OK(HistoryReader::open(file));
        QCOMPARE(fs::file_size(file.string() + "-wal"), std::uintmax_t{0});
    }
    void looking_makes_nothing() {
        const fs::path folder = fresh_folder("empty");
        const auto history = HistoryReader::open(folder / "not/yet/history.sqlite");
        VERIFY_OK(history);
        QVERIFY((*history)->list()->empty());
        QVERIFY((*history)->load("2026").error().kind == ErrorKind::not_found);
        QVERIFY(fs::is_empty(folder));
    }
    void a_history_is_read_where_nothing_can_be_written_data() {
        QTest::addColumn<bool>("old");           ///< of version 1
        QTest::addColumn<bool>("open");          ///< another program has it open
        QTest::addColumn<QStringList>("copied"); ///< what a copy of the files has; empty: they themselves are read
        QTest::newRow("closed") << false << false << QStringList();
        QTest::newRow("while another process writes") << false << true << QStringList();
        QTest::newRow("left by a killed process") << false << true << QStringList{"", "-wal", "-shm"};
        QTest::newRow("with a log without its index") << false << true << QStringList{"", "-wal"};
        QTest::newRow("of version 1") << true << false << QStringList();
    }
    void a_history_is_read_where_nothing_can_be_written() {
        QFETCH(bool, old);
        QFETCH(bool, open);
        QFETCH(QStringList, copied);
        fs::path folder = fresh_folder(std::string("read-only ") + QTest::currentDataTag() + " 100%?#");
        std::unique_ptr<History> writer;
        if (old)
            make_version_1(folder / "history.sqlite");
        else
            writer = make_history(folder / "history.sqlite");
        QVERIFY(old || writer);
        if (!copied.empty()) {
            std::vector<std::string> endings;
            for (const QString& ending : copied)
                endings.push_back(ending.toStdString());
            copy_files(folder, folder / "copy", endings);
            folder /= "copy";
        }
        if (!open)
            writer.reset();
        const int code = in_own_namespaces(CLONE_NEWNS, [&] {
            if (::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
                ::mount(nullptr, folder.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
                return no_namespaces;
            return look(folder / "history.sqlite");
        });
        if (code == no_namespaces)
            QSKIP("this user may not mount in a user namespace");
        QCOMPARE(code, 0);
        QCOMPARE(version_of(folder / "history.sqlite"), old ? 1 : 3);
    }
    void a_history_is_read_on_a_full_disk() {
        const fs::path folder = fresh_folder("full");
        const fs::path place = fresh_folder("full-mounted");
        QVERIFY(make_history(folder / "history.sqlite"));
        const int code = in_own_namespaces(CLONE_NEWNS, [&] {
            if (::mount("none", place.c_str(), "tmpfs", 0, "size=256k") != 0)
                return no_namespaces;
            copy_files(folder, place, {""});
            std::ofstream(place / "filler") << std::string(1U << 20U, 'x');
            return look(place / "history.sqlite");
        });
        if (code == no_namespaces)
            QSKIP("this user may not mount in a user namespace");
        QCOMPARE(code, 0);
    }
    void what_can_only_be_read_is_not_opened_to_write() {
        const fs::path folder = fresh_folder("no-writer");
        QVERIFY(make_history(folder / "history.sqlite"));
        const int code = in_own_namespaces(CLONE_NEWNS, [&] {
            if (::mount(folder.c_str(), folder.c_str(), nullptr, MS_BIND, nullptr) != 0 ||
                ::mount(nullptr, folder.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) != 0)
                return no_namespaces;
            const auto history = History::open(folder / "history.sqlite");
            return !history && history.error().kind == ErrorKind::permission_denied ? 0 : 1;
        });
        if (code == no_namespaces)
            QSKIP("this user may not mount in a user namespace");
        QCOMPARE(code, 0);
    }
};

ISOLAB_TEST(HistoryFileTest)
#include "history_file_test.moc"
