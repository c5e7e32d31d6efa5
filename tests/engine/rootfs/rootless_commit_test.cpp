// SPDX-License-Identifier: GPL-3.0-or-later
//
// Changes and commits of an ordinary user, whose files on disk do not have the owners of the image. Started by root,
// the program first becomes user 65534 for good.
#include <filesystem>

#include <grp.h>
#include <sys/prctl.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/rootfs/overlay_probe.h"
#include "engine/rootfs/snapshot_commit.h"
#include "engine/rootfs/tree_changes.h"
#include "tests/engine/rootfs/nobody.h"
#include "tests/support/layout_builder.h"
#include "tests/support/snapshot_writes.h"
#include "tests/support/tar_builder.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class RootlessCommitTest : public QObject {
    Q_OBJECT
  private slots:
    void owners_of_the_image_stay_data() {
        QTest::addColumn<std::string>("kind");
        QTest::newRow("overlay") << std::string("overlay");
        QTest::newRow("copy") << std::string("copy");
    }
    void owners_of_the_image_stay() {
        QFETCH(std::string, kind);
        const TemporaryTree scratch(*make_temporary_directory(fs::temp_directory_path(), "isolab-rootless-"));
        const fs::path here = scratch.path();
        auto layers = LayerStore::open(here / "layers").value();
        auto images = ImageStore::open(here / "images").value();
        if (const auto usable = probe_overlay(layers.folder()); !usable && kind == "overlay")
            QSKIP(usable.error().message().c_str());
        NoProgress silent;
        LayoutBuilder(here / "lay")
            .build({TarBuilder()
                        .directory(".", {0711, 5, 6, 1, {}})
                        .directory("data", {0550, 7, 8, 1, {}})
                        .file("data/kept", "x", {0000, 0, 42, 1, {}})
                        .file("data/written", "x", {0640, 1, 2, 1, {}})
                        .file("data/opened", "x", {0600, 1, 2, 1, {}})
                        .file("gone", "x", {0600, 1, 1, 1, {}})
                        .directory("old", {0755, 3, 3, 1, {}})
                        .file("old/file", "x", {0600, 1, 1, 1, {}})
                        .finish()},
                   "1");
        const Image base = images.import(here / "lay", "base", silent, {}).value();
        QVERIFY(layers.ensure(images, base, silent, {}));
        const auto maker = make_snapshotter(layers, kind).value();
        const auto snapshot = maker->prepare(base, here / "snap", {}).value();
        const auto before = TreeView::of_image(layers, base).value();
        const auto after = TreeView::of_snapshot(layers, base, snapshot).value();
        QCOMPARE(tree_changes(before, after, {}, {})->size(), 0U);
        const auto done = write_in(snapshot, "echo more >> data/written; chmod 644 data/opened; rm gone\n"
                                             "rm -r old; mkdir old; echo n > old/new; echo n > data/new");
        VERIFY_OK(done);
        const auto made = commit_snapshot(images, layers, base, snapshot, {}, {.name = "made"}, silent, {});
        VERIFY_OK(made);
        QVERIFY(layers.ensure(images, *made, silent, {}));
        const auto image = TreeView::of_image(layers, *made).value();
        const auto container = TreeView::of_snapshot(layers, base, snapshot).value();
        QCOMPARE(tree_changes(container, image, {}, {})->size(), 0U);
        std::string found;
        const FileOwners owners = layers.owners(*made).value();
        for (const auto& [path, owner] : owners)
            found += path + " " + QByteArray::number(owner.mode & 07777U, 8).toStdString() + " " +
                     std::to_string(owner.uid) + ":" + std::to_string(owner.gid) + "\n";
        QCOMPARE(QString::fromStdString(found),
                 QString(". 711 5:6\ndata 550 7:8\ndata/kept 0 0:42\ndata/new 644 0:0\ndata/opened 644 0:0\n"
                         "data/written 640 1:2\nold 755 3:3\nold/new 644 0:0\n"));
    }
};

ISOLAB_TEST_BY(RootlessCommitTest, isolab::test::run_as_nobody<RootlessCommitTest>)
#include "rootless_commit_test.moc"
