// SPDX-License-Identifier: GPL-3.0-or-later
//
// The same as an ordinary user. Started by root, the program first becomes user 65534 for good.
#include <filesystem>
#include <fstream>
#include <optional>

#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/overlay_probe.h"
#include "engine/rootfs/owner_table.h"
#include "engine/rootfs/snapshotter.h"
#include "tests/engine/rootfs/nobody.h"
#include "tests/support/layout_builder.h"
#include "tests/support/tar_builder.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class RootlessTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    NoProgress silent_;

    Result<Image> prepare(LayerStore& layers) {
        const std::string capability("\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
        LayoutBuilder(here_ / "lay")
            .build({TarBuilder()
                        .directory(".", {0755, 0, 0, 1, {}})
                        .file("etc/shadow", "secret", {0000, 0, 42, 1, {}})
                        .file("bin/su", "x", {04755, 0, 0, 1, {{"SCHILY.xattr.security.capability", capability}}})
                        .directory("locked", {0000, 3, 4, 1, {}})
                        .file("locked/file", "inside", {0640, 3, 4, 1, {}})
                        .file("opq/old", "o")
                        .character_device("dev/null", 1, 3)
                        .file("gone", "x")
                        .finish(),
                    TarBuilder().file(".wh.gone", "").file("opq/.wh..wh..opq", "").file("opq/new", "n").finish()},
                   "1");
        ISOLAB_ASSIGN(ImageStore images, ImageStore::open(here_ / "images"));
        ISOLAB_ASSIGN(Image image, images.import(here_ / "lay", std::nullopt, silent_, {}));
        ISOLAB_TRY(layers.ensure(images, image, silent_, {}));
        return image;
    }

  private slots:
    void init() {
        QVERIFY(::geteuid() != 0);
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-rootless-"));
        here_ = scratch_->path();
    }

    void layers_belong_to_the_caller_and_owners_are_on_record() {
        auto layers = *LayerStore::open(here_ / "layers");
        const auto image = prepare(layers);
        VERIFY_OK(image);
        const auto lowers = layers.lowers(*image);
        const auto table = OwnerTable::parse(*read_file(owner_table_file(lowers.back())), "table");
        QVERIFY(table);
        const FileOwner* const shadow = table->find("etc/shadow");
        QVERIFY(shadow != nullptr && shadow->gid == 42 && (shadow->mode & 07777U) == 0);
        const FileOwner* const locked = table->find("locked");
        QVERIFY(locked != nullptr && locked->uid == 3 && S_ISDIR(locked->mode));
        struct stat status {};
        QVERIFY(::stat((lowers.back() / "bin/su").c_str(), &status) == 0 && status.st_uid == ::geteuid());
        QVERIFY(!fs::exists(lowers.back() / "dev/null"));
        char value = 0;
        QVERIFY(::getxattr((lowers.front() / "opq").c_str(), "user.overlay.opaque", &value, 1) == 1 && value == 'y');

        QVERIFY(layers.build_tree(*image, here_ / "tree", silent_, {}));
        QVERIFY(!fs::exists(here_ / "tree/gone") && !fs::exists(here_ / "tree/opq/old"));
        QCOMPARE(read_file(here_ / "tree/locked/file").value(), std::string("inside"));
        QCOMPARE(layers.read(*image, "etc/shadow").value(), std::string("secret"));
    }
    void owners_of_all_layers_are_told() {
        auto layers = *LayerStore::open(here_ / "layers");
        LayoutBuilder(here_ / "lay")
            .build({TarBuilder()
                        .directory(".", {0711, 0, 0, 1, {}})
                        .directory("data", {0750, 7, 8, 1, {}})
                        .file("data/kept", "x", {0600, 1, 1, 1, {}})
                        .file("data/changed", "x", {0600, 1, 1, 1, {}})
                        .file("data/gone", "x", {0600, 1, 1, 1, {}})
                        .file("old/file", "x", {0600, 1, 1, 1, {}})
                        .finish(),
                    TarBuilder()
                        .file("data/changed", "y", {04711, 2, 3, 1, {}})
                        .file("data/.wh.gone", "")
                        .directory("old", {0700, 9, 9, 1, {}})
                        .file("old/.wh..wh..opq", "")
                        .finish()},
                   "1");
        auto images = *ImageStore::open(here_ / "images");
        const auto image = images.import(here_ / "lay", std::nullopt, silent_, {});
        QVERIFY(image && layers.ensure(images, *image, silent_, {}));
        const auto owners = layers.owners(*image);
        VERIFY_OK(owners);
        std::string found;
        for (const auto& [path, owner] : *owners)
            found += path + " " + QByteArray::number(owner.mode & 07777U, 8).toStdString() + " " +
                     std::to_string(owner.uid) + ":" + std::to_string(owner.gid) + "\n";
        QCOMPARE(found,
                 std::string(". 711 0:0\ndata 750 7:8\ndata/changed 4711 2:3\ndata/kept 600 1:1\nold 700 9:9\n"));
    }
    void overlayfs_sees_the_whiteouts_in_a_user_namespace() {
        auto layers = *LayerStore::open(here_ / "layers");
        const auto image = prepare(layers);
        QVERIFY(image);
        const auto usable = probe_overlay(layers.folder());
        if (!usable)
            QSKIP(usable.error().message().c_str());
        auto overlay = make_snapshotter(layers).value();
        QCOMPARE(overlay->id(), std::string("overlay"));
        const auto snapshot = overlay->prepare(*image, here_ / "snap", {});
        QVERIFY(snapshot && snapshot->user_attributes);
        std::string lowers;
        for (const auto& lower : snapshot->lowers)
            lowers += (lowers.empty() ? "" : ":") + lower.string();
        const auto listing = run_checked(
            {"unshare", "-Urm", "sh", "-ec",
             "mount -t overlay overlay -o userxattr,lowerdir=" + lowers + ",upperdir=" + snapshot->upper.string() +
                 ",workdir=" + snapshot->work.string() + " " + snapshot->root.string() + "; cd " +
                 snapshot->root.string() + "; echo written > file; find . -type f | sort"});
        VERIFY_OK(listing);
        QCOMPARE(*listing, std::string("./bin/su\n./etc/shadow\n./file\n./locked/file\n./opq/new\n"));
        const auto disk = overlay->disk(*snapshot);
        QVERIFY(disk && disk->shared + disk->unique == disk->allocated);
        QVERIFY(overlay->remove(*snapshot));
        QVERIFY(!fs::exists(here_ / "snap"));
    }
    void copies_work_too() {
        auto layers = *LayerStore::open(here_ / "layers");
        const auto image = prepare(layers);
        QVERIFY(image);
        const auto copier = make_snapshotter(layers, "copy").value();
        const auto copy = copier->prepare(*image, here_ / "copy", {});
        VERIFY_OK(copy);
        QVERIFY(fs::exists(copy->root / "opq/new") && !fs::exists(copy->root / "gone"));
    }
    void layers_of_root_are_not_mixed_in() {
        fs::create_directories(here_ / "layers");
        std::ofstream(here_ / "layers/format") << "root\n";
        const auto layers = LayerStore::open(here_ / "layers");
        QVERIFY(!layers && layers.error().kind == ErrorKind::unsupported);
    }
    void a_folder_without_permission_is_told() {
        const auto images = ImageStore::open("/proc/isolab");
        QVERIFY(!images);
        fs::create_directories(here_ / "closed");
        fs::permissions(here_ / "closed", fs::perms::owner_read | fs::perms::owner_exec);
        QVERIFY(LayerStore::open(here_ / "closed").error().kind == ErrorKind::permission_denied);
        QVERIFY(ImageStore::open(here_ / "closed").error().kind == ErrorKind::permission_denied);
        const auto store = ImageStore::open(here_ / "images");
        std::ofstream(here_ / "locked.tar") << "x";
        fs::permissions(here_ / "locked.tar", fs::perms::none);
        auto usable = *store;
        QVERIFY(usable.import(here_ / "locked.tar", std::nullopt, silent_, {}).error().kind ==
                ErrorKind::permission_denied);
    }
};

ISOLAB_TEST_BY(RootlessTest, isolab::test::run_as_nobody<RootlessTest>)
#include "rootless_test.moc"
