// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_store.h"
#include "tests/support/test_main.h"

#include <thread>

#include <fcntl.h>

#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/containers/container_capabilities.h"
#include "engine/containers/output_log.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;

namespace {

ContainerSettings settings_named(const std::string& name) {
    ContainerSettings settings;
    settings.name = name;
    settings.created = "2026-01-01T00:00:00.000000000Z";
    settings.image_digest = "sha256:" + std::string(64, '0');
    settings.process.args = {"true"};
    return settings;
}

} // namespace

class ContainerStoreTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::optional<ContainerStore> store_;

    ContainerSettings make(const std::string& name) const {
        ContainerSettings settings = settings_named(name);
        const auto lock = store_->reserve(settings);
        const auto written = lock ? store_->write(settings) : Result<void>();
        if (!lock || !written)
            qFatal("cannot make a container: %s", (lock ? written.error() : lock.error()).message().c_str());
        return settings;
    }

  private slots:
    void init() {
        auto store =
            ContainerStore::open(std::filesystem::path(scratch_.path().toStdString()) / QTest::currentTestFunction());
        QVERIFY(store);
        store_ = std::move(*store);
    }
    void references_are_resolved() {
        const ContainerSettings one = make("one");
        QCOMPARE(one.id.size(), std::size_t{64});
        QCOMPARE(*store_->resolve("one"), one.id);
        QCOMPARE(*store_->resolve(one.id), one.id);
        QCOMPARE(*store_->resolve(one.id.substr(0, 6)), one.id);
        for (const char* reference : {"", "two", "../one", "zzzz", "/"})
            QVERIFY2(store_->resolve(reference).error().kind == ErrorKind::not_found, reference);
        make("two");
        QVERIFY(store_->ids()->size() == 2);
    }
    void ambiguous_beginnings_are_refused() {
        std::map<char, int> first;
        for (int i = 0; i < 17; ++i) // two of them share their first digit
            ++first[make("").id.front()];
        for (const auto& [digit, count] : first)
            if (count > 1) {
                QVERIFY(store_->resolve(std::string(1, digit)).error().kind == ErrorKind::invalid_argument);
                return;
            }
        QFAIL("no two ids begin alike");
    }
    void settings_survive() {
        ContainerSettings settings = settings_named("whole");
        settings.labels = {{"a", "b"}};
        settings.mounts = {{"bind", "/a", "/b", "", true, {"rshared"}}};
        settings.ports = {{IpAddress::parse("127.0.0.1"), 80, 90, 8080, Transport::udp}};
        settings.network_aliases = {"web"};
        settings.address = "10.201.0.9";
        settings.dns_servers = {"9.9.9.9"};
        settings.dns_search = {"lab"};
        settings.dns_options = {"ndots:2"};
        settings.devices = {{"/dev/x", 1, 2, 'b'}};
        settings.sysctls = {{"net.core.somaxconn", "5"}};
        settings.resources.memory_limit = 1U << 30U;
        settings.supervision.restart = {RestartMode::always, 0};
        settings.stop_timeout = std::chrono::seconds(-1);
        settings.process.env = {"A=B"};
        settings.process.terminal = true;
        const auto lock = store_->reserve(settings);
        QVERIFY(lock);
        QVERIFY(store_->write(settings));
        const auto read = store_->read(settings.id);
        VERIFY_OK(read);
        QCOMPARE(settings_to_json(*read).dump(), settings_to_json(settings).dump());
        QVERIFY(read->mounts == settings.mounts);
        QVERIFY(read->ports == settings.ports);
    }
    void names_belong_to_one() {
        ContainerSettings first = make("same");
        ContainerSettings second = settings_named("same");
        QVERIFY(store_->reserve(second).error().kind == ErrorKind::already_exists);
        ContainerSettings third = make("other");
        QVERIFY(store_->rename(third, "same").error().kind == ErrorKind::already_exists);
        QCOMPARE(third.name, std::string("other"));
        QVERIFY(store_->rename(first, "new"));
        QVERIFY(store_->rename(third, "same"));
        QCOMPARE(*store_->resolve("same"), third.id);
        QCOMPARE(*store_->resolve("new"), first.id);
        for (const char* name : {"a", "", ".x", "a b", "a/b", "-x"})
            QVERIFY2(!check_container_name(name), name);
    }
    void names_are_taken_once_by_many() {
        std::atomic<int> won = 0;
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] {
                ContainerSettings settings = settings_named("wanted");
                if (store_->reserve(settings))
                    ++won;
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(won.load(), 1);
    }
    void unfinished_is_removed() {
        ContainerSettings lost = settings_named("lost");
        {
            const auto lock = store_->reserve(lost);
            QVERIFY(lock);
            QVERIFY(store_->tidy_up()); // somebody is at work on it
            QVERIFY(std::filesystem::exists(store_->folder(lost.id)));
            QVERIFY(store_->ids()->empty());
        }
        QVERIFY(store_->tidy_up());
        QVERIFY(!std::filesystem::exists(store_->folder(lost.id)));
        make("lost"); // its name has gone too
    }
    void names_that_lead_nowhere_go_whatever_the_clock_says() {
        const ContainerSettings one = make("one");
        const auto names =
            std::filesystem::path(scratch_.path().toStdString()) / QTest::currentTestFunction() / "names";
        for (const char* time : {"2030-01-01", "2000-01-01", "now"}) { // of a killed removal, and the clock was set
            std::filesystem::create_symlink(std::string(64, 'a'), names / "lost");
            QVERIFY(run_checked({"touch", "--no-dereference", "--date", time, (names / "lost").string()}));
            QVERIFY(store_->tidy_up());
            make("lost");
            QVERIFY(store_->remove(*store_->resolve("lost"), "lost"));
        }
        QCOMPARE(*store_->resolve("one"), one.id);
    }
    void start_in_progress_is_waited_for() {
        const ContainerSettings one = make("one");
        std::optional<ContainerStore::Lock> lock = *store_->lock(one.id, {});
        UniqueFd inherited(::fcntl(lock->descriptor(), F_DUPFD_CLOEXEC, 0)); // as a supervisor gets it
        lock.reset();
        std::atomic<bool> got = false;
        std::thread other([&] { got = store_->lock(one.id, {}).has_value(); });
        QTest::qSleep(100);
        const bool early = got;
        inherited.reset();
        other.join();
        QVERIFY(!early && got);
    }
    void removed_is_gone() {
        const ContainerSettings one = make("one");
        {
            const auto lock = store_->lock(one.id, {});
            QVERIFY(lock);
            QVERIFY(store_->remove(one.id, one.name));
        }
        QVERIFY(store_->lock(one.id, {}).error().kind == ErrorKind::not_found);
        QVERIFY(store_->resolve("one").error().kind == ErrorKind::not_found);
        make("one");
    }
    void removal_and_tidying_do_not_disturb_each_other() {
        std::atomic<bool> over = false;
        std::atomic<int> failures = 0;
        std::thread other([&] {
            while (!over)
                failures += store_->tidy_up() ? 0 : 1;
        });
        for (int i = 0; i < 200; ++i) {
            const ContainerSettings one = make("one");
            for (int file = 0; file < 20; ++file)
                std::filesystem::create_directories(store_->folder(one.id) / std::to_string(file) / "below");
            failures += store_->resolve("one") ? 0 : 1;
            const auto lock = store_->lock(one.id, {});
            failures += lock && store_->remove(one.id, one.name) ? 0 : 1;
        }
        over = true;
        other.join();
        QCOMPARE(failures.load(), 0);
        QVERIFY(store_->ids()->empty());
    }
    void damaged_settings_are_an_error() {
        const ContainerSettings one = make("one");
        QFile file(QString::fromStdString((store_->folder(one.id) / "container.json").string()));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"id\":7}") > 0);
        file.close();
        const auto read = store_->read(one.id);
        QVERIFY(!read);
        QVERIFY(read.error().message().find("container.json") != std::string::npos);
    }
    void capabilities_follow_docker() {
        QCOMPARE(choose_capabilities({}, true)->effective.size(), std::size_t{14});
        QVERIFY(choose_capabilities({}, false)->effective.empty());
        QVERIFY(choose_capabilities({false, {}, {"all"}}, true)->bounding.empty());
        QVERIFY(choose_capabilities({false, {"NET_ADMIN"}, {"ALL"}}, true)->bounding ==
                std::vector<std::string>{"CAP_NET_ADMIN"});
        QVERIFY(choose_capabilities({false, {"chown"}, {"chown"}}, true)->bounding.size() == 13);
        QVERIFY(!choose_capabilities({false, {"fly"}, {}}, true));
    }
    void log_is_read_across_its_files() {
        const auto file = store_->root() / "output.log";
        const auto write = [&](const std::string& suffix, int from, int to) {
            std::string text;
            for (int i = from; i < to; ++i)
                append_output_line(text, "line " + std::to_string(i) + "\n", i % 2 == 1, std::chrono::seconds(i));
            QFile out(QString::fromStdString(file.string() + suffix));
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(text.c_str()) > 0);
        };
        write(".2", 0, 3);
        write(".1", 3, 6);
        write("", 6, 9);
        const auto lines_of = [&](const LogQuery& query) {
            std::string text;
            const auto read = read_output_log(file, query, [&](const OutputLine& line) -> Result<void> {
                text += line.text[5];
                return {};
            });
            return read ? text : read.error().message();
        };
        QCOMPARE(lines_of({}), std::string("012345678"));
        QCOMPARE(lines_of({4, {}, {}}), std::string("5678"));
        QCOMPARE(lines_of({0, {}, {}}), std::string());
        QCOMPARE(lines_of({{}, std::chrono::seconds(2), std::chrono::seconds(4)}), std::string("234"));
        QFile half(QString::fromStdString(file.string()));
        QVERIFY(half.open(QIODevice::Append) && half.write("{\"log\":\"ha") > 0);
        half.close();
        QCOMPARE(lines_of({}), std::string("012345678"));
    }
};

ISOLAB_TEST(ContainerStoreTest)
#include "container_store_test.moc"
