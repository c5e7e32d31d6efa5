// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/machine_image/machine_image_store.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class MachineImageStoreTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path folder_;

    MachineImageStore store() const { return MachineImageStore::open(folder_).value(); }

    /// Adds an image whose disk is `content`.
    static Result<MachineImage> add(const MachineImageStore& store, const std::string& name,
                                    const std::string& content = "disk", const StopToken& stop = {}) {
        ISOLAB_ASSIGN(const WorkFolder work, store.begin());
        const fs::path disk = work.path() / "made";
        ISOLAB_TRY(write_file_atomically(disk, content, 0644));
        MachineImage image;
        image.name = name;
        image.distribution = "Debian";
        image.origin = ImageOrigin::built;
        image.firmware = {true, true};
        image.kernel = "6.1";
        image.agent = GuestAgent::seed_unit;
        image.disk_size = 4096;
        return store.add(image, disk, stop);
    }
    static mode_t mode_of(const fs::path& path) {
        struct stat status {};
        return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
    }
    std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
    }

  private slots:
    void init() {
        folder_ = fs::path(scratch_.path().toStdString()) / "images";
        fs::remove_all(folder_);
    }
    void keeps_what_is_added();
    void a_name_is_given_once();
    void refuses_bad_names_data();
    void refuses_bad_names();
    void removes_what_nobody_holds();
    void what_was_left_half_made_goes();
    void a_stop_leaves_nothing();
    void damage_is_told_data();
    void damage_is_told();
    void descriptions_are_read_strictly_data();
    void descriptions_are_read_strictly();
};

void MachineImageStoreTest::keeps_what_is_added() {
    const MachineImageStore images = store();
    VERIFY_OK(add(images, "debian"));
    const auto found = store().find("debian");
    VERIFY_OK(found);
    QCOMPARE(found->name, "debian");
    QCOMPARE(found->origin, ImageOrigin::built);
    QCOMPARE(found->firmware, (BootFirmware{true, true}));
    QCOMPARE(found->agent, GuestAgent::seed_unit);
    QCOMPARE(found->file_size, 4U);
    QCOMPARE(found->disk_size, 4096U);
    QVERIFY(found->created.ends_with("Z"));
    QCOMPARE(found->sha256 + "  " + found->disk.string() + "\n", run_checked({"sha256sum", found->disk.string()}));
    QCOMPARE(mode_of(folder_), 0700U);
    QCOMPARE(mode_of(folder_ / "debian"), 0700U);
    QCOMPARE(mode_of(found->disk), 0600U);
    QCOMPARE(mode_of(folder_ / "debian/image.json"), 0600U);
    VERIFY_OK(add(images, "another"));
    const auto all = images.list();
    VERIFY_OK(all);
    QCOMPARE(all->size(), 2U);
    QCOMPARE(all->front().name, "another");
    QCOMPARE(entries(), 2U);
}

void MachineImageStoreTest::a_name_is_given_once() {
    const MachineImageStore images = store();
    VERIFY_OK(images.check_new("debian"));
    VERIFY_OK(add(images, "debian", "first"));
    QCOMPARE(images.check_new("debian").error().kind, ErrorKind::already_exists);
    QCOMPARE(add(images, "debian", "other").error().kind, ErrorKind::already_exists);
    QCOMPARE(read_file(images.find("debian")->disk), std::string("first"));
    QCOMPARE(entries(), 1U);
}

void MachineImageStoreTest::refuses_bad_names_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"", ".", "..", "a/b", "-x", ".work-1-x", "ä"})
        QTest::newRow(name) << QString(name);
    QTest::newRow("long") << QString(65, 'a');
}

void MachineImageStoreTest::refuses_bad_names() {
    QFETCH(QString, name);
    const MachineImageStore images = store();
    const std::string text = name.toStdString();
    QCOMPARE(images.check_new(text).error().kind, ErrorKind::invalid_argument);
    QCOMPARE(add(images, text).error().kind, ErrorKind::invalid_argument);
    QCOMPARE(images.find(text).error().kind, ErrorKind::invalid_argument);
    QCOMPARE(images.remove(text).error().kind, ErrorKind::invalid_argument);
}

void MachineImageStoreTest::removes_what_nobody_holds() {
    const MachineImageStore images = store();
    VERIFY_OK(add(images, "debian"));
    {
        const auto held = images.hold("debian");
        VERIFY_OK(held);
        const auto held_too = store().hold("debian");
        VERIFY_OK(held_too);
        QCOMPARE(held_too->image().kernel, "6.1");
        QCOMPARE(store().remove("debian").error().kind, ErrorKind::unavailable);
        VERIFY_OK(images.find("debian"));
    }
    VERIFY_OK(images.remove("debian"));
    QCOMPARE(entries(), 0U);
    QCOMPARE(images.find("debian").error().kind, ErrorKind::not_found);
    QCOMPARE(images.hold("debian").error().kind, ErrorKind::not_found);
    QCOMPARE(images.remove("debian").error().kind, ErrorKind::not_found);
    QCOMPARE(entries(), 0U);
}

void MachineImageStoreTest::what_was_left_half_made_goes() {
    const MachineImageStore images = store();
    const auto mine = images.begin();
    VERIFY_OK(mine);
    fs::create_directories(folder_ / ".work-1-abcdef/image"); // of a process that was killed
    VERIFY_OK(write_file_atomically(folder_ / ".work-1-abcdef/image/disk.qcow2", "half"));
    QVERIFY(store().list()->empty());
    QVERIFY(!fs::exists(folder_ / ".work-1-abcdef"));
    QVERIFY(fs::exists(mine->path()));
}

void MachineImageStoreTest::a_stop_leaves_nothing() {
    const MachineImageStore images = store();
    StopSource stop;
    stop.request_stop();
    QCOMPARE(add(images, "debian", "disk", stop.token()).error().kind, ErrorKind::cancelled);
    QCOMPARE(entries(), 0U);
}

void MachineImageStoreTest::damage_is_told_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("content");
    QTest::newRow("disk cut off") << "disk.qcow2"
                                  << "dis";
    QTest::newRow("no JSON") << "image.json"
                             << "{";
    QTest::newRow("empty description") << "image.json"
                                       << "{}";
}

void MachineImageStoreTest::damage_is_told() {
    QFETCH(QString, file);
    QFETCH(QString, content);
    const MachineImageStore images = store();
    VERIFY_OK(add(images, "good"));
    VERIFY_OK(add(images, "bad"));
    VERIFY_OK(write_file_atomically(folder_ / "bad" / file.toStdString(), content.toStdString()));
    QCOMPARE(images.find("bad").error().kind, ErrorKind::corrupt);
    QCOMPARE(images.hold("bad").error().kind, ErrorKind::corrupt);
    std::vector<Error> damaged;
    QCOMPARE(images.list(&damaged)->size(), 1U);
    QCOMPARE(damaged.size(), 1U);
    VERIFY_OK(images.remove("bad"));
    QCOMPARE(entries(), 1U);
}

void MachineImageStoreTest::descriptions_are_read_strictly_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value"); // JSON; empty: the key is missing
    QTest::newRow("schema") << "schema"
                            << R"("isolab.machine-image/2")";
    QTest::newRow("no schema") << "schema"
                               << "";
    QTest::newRow("origin") << "origin"
                            << R"("found")";
    QTest::newRow("agent") << "agent"
                           << R"("ssh")";
    QTest::newRow("firmware") << "firmware"
                              << R"(["coreboot"])";
    QTest::newRow("size") << "diskSize"
                          << "-1";
    QTest::newRow("no size") << "fileSize"
                             << "";
    QTest::newRow("digest") << "sha256"
                            << R"("00")";
}

void MachineImageStoreTest::descriptions_are_read_strictly() {
    QFETCH(QString, key);
    QFETCH(QString, value);
    MachineImage image;
    image.name = "x";
    image.sha256 = std::string(64, 'a');
    Json document = machine_image_json(image);
    VERIFY_OK(parse_machine_image(document, "x"));
    if (value.isEmpty())
        document.erase(key.toStdString());
    else
        document[key.toStdString()] = parse_json(value.toStdString(), "value").value();
    QCOMPARE(parse_machine_image(document, "x").error().kind, ErrorKind::corrupt);
}

ISOLAB_TEST(MachineImageStoreTest)
#include "machine_image_store_test.moc"
