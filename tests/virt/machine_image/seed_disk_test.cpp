// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/machine_image/seed_disk.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// Read back with mtools and blkid, as a guest would find it.
class SeedDiskTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    std::string on_disk(const fs::path& disk, const std::string& name) const {
        const fs::path copy = path("copy");
        const auto copied = run_checked({"mcopy", "-n", "-o", "-i", disk.string(), "::" + name, copy.string()});
        return copied ? read_file(copy).value() : copied.error().message();
    }
    static SeedContent content() {
        SeedContent content;
        content.instance_id = "run-17";
        content.hostname = "server";
        return content;
    }

  private slots:
    void init() {
        fs::remove_all(path("made"));
        fs::create_directories(path("made"));
    }
    void holds_what_it_was_given();
    void without_an_agent_starts_nothing();
    void an_agent_of_any_size_fits_data();
    void an_agent_of_any_size_fits();
    void refuses_data();
    void refuses();
    void a_missing_agent_is_named();
    void a_stop_leaves_nothing();
};

void SeedDiskTest::holds_what_it_was_given() {
    SeedContent seed = content();
    seed.agent = path("program");
    VERIFY_OK(write_file_atomically(seed.agent, "#!/bin/sh\n"));
    seed.files["settings.json"] = "{}";
    const fs::path disk = path("made/seed");
    VERIFY_OK(make_seed_disk(disk, seed, {}));
    struct stat status {};
    QCOMPARE(::stat(disk.c_str(), &status), 0);
    QCOMPARE(status.st_mode & 07777U, 0600U);
    QCOMPARE(std::distance(fs::directory_iterator(path("made")), fs::directory_iterator()), 1);
    const auto facts = run_checked({"/usr/sbin/blkid", "-p", "-o", "export", disk.string()});
    VERIFY_OK(facts);
    QVERIFY2(facts->find("\nLABEL=cidata\n") != std::string::npos, facts->c_str());
    QVERIFY2(facts->find("\nTYPE=vfat\n") != std::string::npos, facts->c_str());
    QCOMPARE(on_disk(disk, "meta-data"), std::string("instance-id: run-17\nlocal-hostname: server\n"));
    QCOMPARE(on_disk(disk, "user-data"), seed_user_data(seed));
    QCOMPARE(on_disk(disk, "isolab-agent"), std::string("#!/bin/sh\n"));
    QCOMPARE(on_disk(disk, "settings.json"), std::string("{}"));
    const std::string user_data = seed_user_data(seed);
    QVERIFY(user_data.starts_with("#cloud-config\nruncmd:\n"));
    QVERIFY(user_data.find("/dev/disk/by-label/cidata, /run/isolab/seed]\n") != std::string::npos);
    QVERIFY(user_data.ends_with("--unit=isolab-agent, /run/isolab/seed/isolab-agent]\n"));
}

void SeedDiskTest::without_an_agent_starts_nothing() {
    SeedContent seed = content();
    seed.hostname.clear();
    VERIFY_OK(make_seed_disk(path("made/seed"), seed, {}));
    QCOMPARE(on_disk(path("made/seed"), "user-data"), std::string("#cloud-config\n"));
    QCOMPARE(on_disk(path("made/seed"), "meta-data"), std::string("instance-id: run-17\n"));
    QVERIFY(!run_checked({"mdir", "-i", path("made/seed").string(), "::isolab-agent"}));
}

void SeedDiskTest::an_agent_of_any_size_fits_data() {
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 4 << 20, 40 << 20})
        QTest::addRow("%d", size) << size;
}

void SeedDiskTest::an_agent_of_any_size_fits() {
    QFETCH(int, size);
    SeedContent seed = content();
    seed.agent = path("program");
    const std::string program(static_cast<std::size_t>(size), 'p');
    VERIFY_OK(write_file_atomically(seed.agent, program));
    VERIFY_OK(make_seed_disk(path("made/seed"), seed, {}));
    QVERIFY(on_disk(path("made/seed"), "isolab-agent") == program);
}

void SeedDiskTest::refuses_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("hostname");
    QTest::addColumn<QString>("file");
    QTest::newRow("no id") << ""
                           << ""
                           << "";
    QTest::newRow("line end in the id") << "a\nb: c"
                                        << ""
                                        << "";
    QTest::newRow("host name") << "a"
                               << "b c"
                               << "";
    QTest::newRow("takes another's place") << "a"
                                           << "b"
                                           << "user-data";
    QTest::newRow("the agent's place") << "a"
                                       << "b"
                                       << "isolab-agent";
    QTest::newRow("path") << "a"
                          << "b"
                          << "../x";
}

void SeedDiskTest::refuses() {
    QFETCH(QString, id);
    QFETCH(QString, hostname);
    QFETCH(QString, file);
    SeedContent seed;
    seed.instance_id = id.toStdString();
    seed.hostname = hostname.toStdString();
    if (!file.isEmpty())
        seed.files[file.toStdString()] = "x";
    QCOMPARE(make_seed_disk(path("made/seed"), seed, {}).error().kind, ErrorKind::invalid_argument);
    QVERIFY(fs::is_empty(path("made")));
}

void SeedDiskTest::a_missing_agent_is_named() {
    SeedContent seed = content();
    seed.agent = path("nowhere");
    const auto made = make_seed_disk(path("made/seed"), seed, {});
    QCOMPARE(made.error().kind, ErrorKind::not_found);
    QVERIFY(made.error().message().find("nowhere") != std::string::npos);
    QVERIFY(fs::is_empty(path("made")));
}

void SeedDiskTest::a_stop_leaves_nothing() {
    StopSource stop;
    stop.request_stop();
    QCOMPARE(make_seed_disk(path("made/seed"), content(), stop.token()).error().kind, ErrorKind::cancelled);
    QVERIFY(fs::is_empty(path("made")));
}

ISOLAB_TEST(SeedDiskTest)
#include "seed_disk_test.moc"
