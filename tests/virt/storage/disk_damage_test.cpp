// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <fstream>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/base/work_folder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/storage/guest_image.h"

using namespace isolab;
namespace fs = std::filesystem;

namespace {

constexpr const char* image = "sha256:abc";

/// Counts how often a disk was begun.
class MakingCounter final : public ProgressSink {
  public:
    void report(const Progress& progress) override { begun += progress.task == "make-disk" && progress.done == 0; }
    int begun = 0;
};

} // namespace

/// Disks that something happened to after they were made, and those that are not needed any more.
class DiskDamageTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    fs::path disk_file() const { return path("disks/sha256-abc.ext4"); }
    GuestImages images() const { return GuestImages(path("disks")); }
    /// Runs a shell command in the folder of the disks, with D for the disk.
    Result<std::string> damage(const std::string& command) const {
        return run_checked(
            {"sh", "-ec",
             "cd " + path("disks").string() + " && D=" + disk_file().filename().string() + " && " + command});
    }

  private slots:
    void initTestCase();
    void init();
    void a_damaged_disk_is_made_again_data();
    void a_damaged_disk_is_made_again();
    void a_disk_of_another_version_is_made_again();
    void a_disk_that_is_damaged_at_once_is_named();
    void what_cannot_be_looked_at_is_an_error();
    void is_found_after_a_copy();
    void only_the_same_file_is_discarded();
    void disks_go_with_their_images();
    void what_killed_processes_left_goes();
};

void DiskDamageTest::initTestCase() {
    fs::create_directories(path("tree"));
    std::ofstream(path("tree/motd")) << "hello\n";
    for (int i = 0; i < 500; ++i)
        std::ofstream(path("tree/" + std::to_string(i))) << std::string(10'000, 'x');
}

void DiskDamageTest::init() {
    fs::remove_all(path("disks"));
    NoProgress progress;
    VERIFY_OK(images().make(path("tree"), image, progress, {}));
}

void DiskDamageTest::a_damaged_disk_is_made_again_data() {
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("told");
    QTest::newRow("emptied") << ": > $D"
                             << "it is empty";
    QTest::newRow("halved") << "truncate -s $(($(stat -c %s $D) / 2)) $D"
                            << "its size is";
    QTest::newRow("grown") << "truncate -s +4096 $D"
                           << "its size is";
    QTest::newRow("holes only") << "s=$(stat -c %s $D); : > $D; truncate -s $s $D"
                                << "no file system";
    QTest::newRow("zeroed") << "dd if=/dev/zero of=$D bs=1M count=64 conv=notrunc"
                            << "no file system";
    QTest::newRow("zeroed behind its head") << "dd if=/dev/zero of=$D bs=1M seek=1 count=40 conv=notrunc"
                                            << "not what was written";
    QTest::newRow("no superblock") << "dd if=/dev/zero of=$D bs=1k seek=1 count=1 conv=notrunc"
                                   << "no file system";
    QTest::newRow("files lost") << "fallocate -p -o 4M -l 3M $D"
                                << "not what was written";
    QTest::newRow("a stamp of something else") << "printf '{\"isolab-disk\":3,\"image\":\"sha256:abc\"}\\0' | "
                                                  "dd of=$D conv=notrunc"
                                               << "\"hash\"";
    QTest::newRow("another image's") << "mv $D other; sed 's/sha256:abc/sha256:abd/' other > $D; rm other"
                                     << "another image";
    QTest::newRow("text") << "echo something else entirely > $D"
                          << "no file system";
    QTest::newRow("a fifo") << "rm $D; mkfifo $D"
                            << "not a regular file";
}

void DiskDamageTest::a_damaged_disk_is_made_again() {
    QFETCH(QString, command);
    QFETCH(QString, told);
    VERIFY_OK(damage(command.toStdString()));
    const auto found = images().find(image);
    QVERIFY(!found);
    QCOMPARE(found.error().kind, ErrorKind::corrupt);
    const std::string message = found.error().message();
    QVERIFY2(message.find(disk_file().string()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("Remove this file") != std::string::npos, message.c_str());
    QVERIFY2(QString::fromStdString(message).contains(told), message.c_str());

    MakingCounter progress;
    const auto again = images().make(path("tree"), image, progress, {});
    VERIFY_OK(again);
    QCOMPARE(progress.begun, 1);
    QCOMPARE(again->replaced, found.error().cause);
    VERIFY_OK(run_checked({"e2fsck", "-fn", again->path.string()}));
    const auto once = images().make(path("tree"), image, progress, {});
    VERIFY_OK(once);
    QCOMPARE(progress.begun, 1);
    QVERIFY(once->replaced.empty());
    QCOMPARE(std::distance(fs::directory_iterator(path("disks")), {}), 1);
}

void DiskDamageTest::a_disk_of_another_version_is_made_again() {
    // As versions without stamps made them, and as one with another layout might.
    for (const char* command : {"dd if=/dev/zero of=$D bs=1k count=1 conv=notrunc",
                                "mv $D other; sed 's/\"isolab-disk\":3/\"isolab-disk\":1/' other > $D; rm other"}) {
        VERIFY_OK(damage(command));
        const auto found = images().find(image);
        QVERIFY(!found);
        QCOMPARE(found.error().kind, ErrorKind::not_found);
        NoProgress progress;
        const auto again = images().make(path("tree"), image, progress, {});
        VERIFY_OK(again);
        QVERIFY(again->replaced.empty());
    }
}

/// A mke2fs that says that all went well, and wrote nothing.
void DiskDamageTest::a_disk_that_is_damaged_at_once_is_named() {
    fs::create_directories(path("bin"));
    std::ofstream(path("bin/mke2fs"))
        << "#!/bin/sh\nfor last; do :; done\nfor d; do case $d in */disk) : > $d; esac; done\n";
    fs::permissions(path("bin/mke2fs"), fs::perms::owner_all);
    const QByteArray before = qgetenv("PATH");
    qputenv("PATH", QByteArray::fromStdString(path("bin").string()) + ":" + before);
    NoProgress progress;
    VERIFY_OK(damage(": > $D"));
    const auto disk = images().make(path("tree"), image, progress, {});
    qputenv("PATH", before);
    QVERIFY(!disk);
    const std::string message = disk.error().message();
    QCOMPARE(disk.error().kind, ErrorKind::corrupt);
    QVERIFY2(message.find(disk_file().string()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("remove this file") != std::string::npos, message.c_str());
    VERIFY_OK(images().make(path("tree"), image, progress, {}));
}

void DiskDamageTest::what_cannot_be_looked_at_is_an_error() {
    fs::remove(disk_file());
    fs::create_symlink(disk_file(), disk_file());
    MakingCounter progress;
    const auto disk = images().make(path("tree"), image, progress, {});
    QVERIFY(!disk);
    QCOMPARE(progress.begun, 0);
    QVERIFY2(disk.error().message().find(disk_file().string()) != std::string::npos, disk.error().message().c_str());
}

void DiskDamageTest::is_found_after_a_copy() {
    for (const char* how : {"--sparse=always", "--sparse=never"}) {
        VERIFY_OK(damage(std::string("mv $D other; cp ") + how + " other $D; rm other"));
        VERIFY_OK(images().find(image));
    }
}

void DiskDamageTest::only_the_same_file_is_discarded() {
    const auto disk = images().find(image);
    VERIFY_OK(disk);
    VERIFY_OK(damage("cp $D new; mv new $D"));
    VERIFY_OK(discard_disk(*disk));
    const auto taken = images().find(image);
    VERIFY_OK(taken);
    VERIFY_OK(discard_disk(*taken));
    QVERIFY(!fs::exists(disk_file()));
    VERIFY_OK(discard_disk(*taken));
}

void DiskDamageTest::disks_go_with_their_images() {
    NoProgress progress;
    VERIFY_OK(images().make(path("tree"), "sha256:def", progress, {}));
    VERIFY_OK(damage("truncate -s 4096 $D"));
    const auto all = images().list();
    VERIFY_OK(all);
    QCOMPARE(all->size(), std::size_t{2});
    QCOMPARE(all->front().digest, std::string(image));
    QVERIFY(all->front().trouble && all->front().trouble->kind == ErrorKind::corrupt);
    QCOMPARE(all->back().digest, std::string("sha256:def"));
    QVERIFY(!all->back().trouble && all->back().allocated > 0);

    const auto removed = images().remove_all_but({"sha256:def", "sha256:never made"});
    VERIFY_OK(removed);
    QCOMPARE(removed->size(), std::size_t{1});
    QCOMPARE(removed->front().path, disk_file());
    QVERIFY(!fs::exists(disk_file()));
    VERIFY_OK(images().find("sha256:def"));
    VERIFY_OK(images().remove_all_but({}));
    QVERIFY(fs::is_empty(path("disks")));
    const auto nowhere = GuestImages(path("nowhere")).remove_all_but({});
    QVERIFY(nowhere && nowhere->empty());
    QVERIFY(!fs::exists(path("nowhere")));
}

void DiskDamageTest::what_killed_processes_left_goes() {
    // As earlier versions named what they were making: of a process that is gone, and of one that lives.
    const auto dead = run_checked({"sh", "-c", "echo $$"});
    VERIFY_OK(dead);
    const fs::path old = disk_file().string() + "." + dead->substr(0, dead->find('\n')) + ".new";
    const fs::path living = disk_file().string() + "." + std::to_string(::getpid()) + ".new";
    for (const fs::path& file : {old, living})
        std::ofstream(file) << "half a disk";
    const auto busy = WorkFolder::create(path("disks"));
    VERIFY_OK(busy);
    const fs::path abandoned = path("disks/.work-1-abandoned");
    fs::create_directories(abandoned);
    std::ofstream(abandoned / "disk") << "half a disk";

    VERIFY_OK(images().remove_abandoned());
    QVERIFY(!fs::exists(old) && !fs::exists(abandoned));
    QVERIFY(fs::exists(living) && fs::exists(busy->path()));
    VERIFY_OK(images().find(image));
}

ISOLAB_TEST(DiskDamageTest)
#include "disk_damage_test.moc"
