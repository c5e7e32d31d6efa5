// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/storage/ext4_maker.h"
#include "virt/storage/guest_image.h"
#include "virt/storage/inode_fields.h"
#include "virt/storage/qcow2.h"

using namespace isolab;
namespace fs = std::filesystem;

/// Disks, judged by e2fsprogs and qemu-img.
class GuestImageTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    std::string debugfs(const fs::path& disk, const std::string& command) const {
        return run_checked({"debugfs", "-R", command, disk.string()}).value_or("");
    }

  private slots:
    void initTestCase();
    void makes_a_sound_disk();
    void leaves_room_to_write();
    void leaves_nothing_after_failure();
    void sets_owners_without_privilege();
    void overlay_is_sound();
    void overlay_of_a_qcow2_base();
    void overlay_refuses_bad_arguments();
};

void GuestImageTest::initTestCase() {
    fs::create_directories(path("tree/etc"));
    fs::create_directories(path("tree/many"));
    std::ofstream(path("tree/etc/motd")) << "hello\n";
    fs::create_symlink("motd", path("tree/etc/link"));
    ::chmod(path("tree/etc/motd").c_str(), 04640);
    for (int i = 0; i < 3000; ++i)
        std::ofstream(path("tree/many/" + std::to_string(i))) << i;
}

void GuestImageTest::makes_a_sound_disk() {
    GuestImages images(path("disks"));
    QVERIFY(!images.find("sha256:abc"));
    NoProgress progress;
    const auto disk = images.make(path("tree"), "sha256:abc", progress, {});
    VERIFY_OK(disk);
    QCOMPARE(disk->path, path("disks/sha256-abc.ext4"));
    QVERIFY(disk->allocated > 0 && disk->allocated < disk->logical / 2); // the room is sparse
    const auto checked = run_checked({"e2fsck", "-fn", disk->path.string()});
    VERIFY_OK(checked);
    QCOMPARE(debugfs(disk->path, "cat /etc/motd"), std::string("hello\n"));
    const QString status = QString::fromStdString(debugfs(disk->path, "stat /etc/motd"));
    QVERIFY(status.contains("Mode:  04640"));
    // A guest must not spend its time on initialising tables that were left for later.
    const auto groups = run_checked({"dumpe2fs", disk->path.string()});
    QVERIFY(groups);
    QCOMPARE(QString::fromStdString(*groups).count("ITABLE_ZEROED"),
             QString::fromStdString(*groups).count("Group ") -
                 QString::fromStdString(*groups).count("Group descriptor"));
    QCOMPARE(images.find("sha256:abc")->allocated, disk->allocated);
    QCOMPARE(std::distance(fs::directory_iterator(path("disks")), {}), 1);
    const auto again = images.make(path("does-not-matter"), "sha256:abc", progress, {});
    QVERIFY(again && again->path == disk->path);
}

void GuestImageTest::leaves_room_to_write() {
    QVERIFY(disk_size_for({0, 0, 0}) >= 256U << 20U);
    const TreeSize tree{1U << 30U, 1U << 30U, 100'000};
    QVERIFY(disk_size_for(tree) > tree.logical + 100'000 * 4096ULL + (256U << 20U));
    QCOMPARE(disk_size_for(tree) % (1U << 20U), 0U);
}

void GuestImageTest::leaves_nothing_after_failure() {
    GuestImages images(path("failed"));
    NoProgress progress;
    const auto disk = images.make(path("no-tree"), "sha256:x", progress, {});
    QVERIFY(!disk);
    QVERIFY(disk.error().message().find("no-tree") != std::string::npos);
    StopSource stop;
    stop.request_stop();
    const auto stopped = images.make(path("tree"), "sha256:x", progress, stop.token());
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().kind, ErrorKind::cancelled);
    QVERIFY(fs::is_empty(path("failed")));
}

void GuestImageTest::sets_owners_without_privilege() {
    const bool root = ::geteuid() == 0;
    if (root)
        QCOMPARE(::lchown(path("tree/etc/motd").c_str(), 1234, 1234), 0);
    GuestImages images(path("owned"));
    NoProgress progress;
    const auto disk = images.make(path("tree"), "sha256:abc", progress, {});
    QVERIFY(disk);
    if (root)
        QVERIFY(debugfs(disk->path, "stat /etc/motd").find("User:  1234") != std::string::npos);
    FileOwners owners;
    owners["etc"] = {S_IFDIR | 01770U, 3, 100'000};
    const auto done = correct_inodes(disk->path, {path("tree"), owners}, true, Ext4Tools({}), {});
    VERIFY_OK(done);
    const auto status = debugfs(disk->path, "stat /etc/motd");
    QVERIFY2(status.find("User:     0   Group:     0") != std::string::npos, status.c_str());
    const auto folder = debugfs(disk->path, "stat /etc");
    QVERIFY2(folder.find("Mode:  01770") != std::string::npos, folder.c_str());
    QVERIFY2(folder.find("User:     3   Group: 100000") != std::string::npos, folder.c_str());
    QVERIFY(run_checked({"e2fsck", "-fn", disk->path.string()}));
}

void GuestImageTest::overlay_is_sound() {
    std::ofstream(path("base.raw")) << "content of the base";
    fs::resize_file(path("base.raw"), 700U << 20U);
    QVERIFY(create_qcow2_overlay(path("o.qcow2"), path("base.raw"), 700U << 20U));
    const auto checked = run_checked({"qemu-img", "check", path("o.qcow2").string()});
    VERIFY_OK(checked);
    const auto info = run_checked({"qemu-img", "info", "--output=json", path("o.qcow2").string()});
    QVERIFY(info);
    const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(*info)).object();
    QCOMPARE(json["virtual-size"].toInteger(), 700LL << 20);
    QCOMPARE(json["backing-filename"].toString().toStdString(), path("base.raw").string());
    QCOMPARE(json["backing-filename-format"].toString(), QString("raw"));
    QVERIFY(json["actual-size"].toInteger() < 65536);
    // Written to, it keeps the base as it is and both read back.
    QVERIFY(run_checked({"qemu-io", "-c", "write -P 0xab 100M 1M", path("o.qcow2").string()}));
    QVERIFY(
        run_checked({"qemu-io", "-c", "read -P 0xab 100M 1M", "-c", "read -P 0 101M 1M", path("o.qcow2").string()}));
    QVERIFY(run_checked({"qemu-img", "check", path("o.qcow2").string()}));
    QVERIFY(run_checked({"qemu-io", "-r", "-f", "raw", "-c", "read -P 0 100M 1M", path("base.raw").string()}));
}

void GuestImageTest::overlay_of_a_qcow2_base() {
    const std::string base = path("base.qcow2").string();
    VERIFY_OK(run_checked({"qemu-img", "create", "-q", "-f", "qcow2", base, "64M"}));
    VERIFY_OK(run_checked({"qemu-io", "-c", "write -P 0xcd 1M 64k", base}));
    VERIFY_OK(create_qcow2_overlay(path("layer"), base, 64U << 20U, DiskFormat::qcow2));
    VERIFY_OK(run_checked({"qemu-img", "check", path("layer").string()}));
    VERIFY_OK(run_checked({"qemu-io", "-c", "read -P 0xcd 1M 64k", path("layer").string()}));
}

void GuestImageTest::overlay_refuses_bad_arguments() {
    QVERIFY(!create_qcow2_overlay(path("bad"), path("base.raw"), 0));
    QVERIFY(!create_qcow2_overlay(path("bad"), path("base.raw"), 1000));
    QVERIFY(!create_qcow2_overlay(path("bad"), std::string(2000, 'x'), 1024));
    QVERIFY(!fs::exists(path("bad")));
    std::ofstream(path("there")) << "x";
    const auto present = create_qcow2_overlay(path("there"), path("base.raw"), 1024);
    QVERIFY(!present);
    QCOMPARE(present.error().kind, ErrorKind::already_exists);
}

ISOLAB_TEST(GuestImageTest)
#include "guest_image_test.moc"
