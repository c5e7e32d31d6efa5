// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/tree_changes.h"
#include "tests/support/layout_builder.h"
#include "tests/support/snapshot_writes.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

const char* letter(ChangeKind kind) {
    return kind == ChangeKind::added ? "A" : kind == ChangeKind::changed ? "C" : "D";
}

QString text_of(const Result<std::vector<TreeChange>>& changes) {
    if (!changes)
        return QString::fromStdString(changes.error().message());
    QString text;
    for (const TreeChange& change : *changes)
        text += QString("%1 %2\n").arg(letter(change.kind), QString::fromStdString(change.path));
    return text;
}

} // namespace

class TreeChangesTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    NoProgress silent_;
    std::optional<LayerStore> layers_;

    Image import(const std::string& name, const std::vector<std::string>& tars) {
        LayoutBuilder(here_ / ("lay-" + name)).build(tars, "1");
        auto images = ImageStore::open(here_ / "images").value();
        const auto image = images.import(here_ / ("lay-" + name), name, silent_, {});
        const auto unpacked = layers_->ensure(images, image.value(), silent_, {});
        if (!unpacked)
            qFatal("%s", unpacked.error().message().c_str());
        return *image;
    }
    Image base_image() {
        return import("base", {TarBuilder()
                                   .directory(".", {0755, 0, 0, 1, {}})
                                   .directory("etc")
                                   .file("etc/passwd", "root")
                                   .file("etc/hosts", "hosts")
                                   .file("etc/touched", "same")
                                   .directory("usr")
                                   .directory("usr/lib")
                                   .file("usr/lib/one", "1")
                                   .directory("usr/share")
                                   .file("usr/share/quiet", "q")
                                   .directory("opt")
                                   .file("opt/old", "o")
                                   .file("opt/stays", "s")
                                   .symlink("link", "etc")
                                   .file("kind", "k")
                                   .finish(),
                               TarBuilder().file("usr/lib/two", "2").file("gone", "g").finish()});
    }
    QString changes(const Image& image, const std::string& snapshotter, const std::string& script) {
        const auto maker = make_snapshotter(*layers_, snapshotter).value();
        const auto snapshot = maker->prepare(image, here_ / ("snap-" + snapshotter), {});
        if (!snapshot)
            return QString::fromStdString(snapshot.error().message());
        if (const auto done = write_in(*snapshot, script); !done)
            return QString::fromStdString(done.error().message());
        const auto before = TreeView::of_image(*layers_, image);
        const auto after = TreeView::of_snapshot(*layers_, image, *snapshot);
        return text_of(tree_changes(before.value(), after.value(), {}, {}));
    }

    static void snapshotters() {
        QTest::addColumn<std::string>("snapshotter");
        QTest::newRow("overlay") << std::string("overlay");
        QTest::newRow("copy") << std::string("copy");
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("overlayfs is mounted as root here");
    }
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-changes-"));
        here_ = scratch_->path();
        layers_.emplace(LayerStore::open(here_ / "layers").value());
    }

    void a_container_that_wrote_nothing_has_no_changes_data() { snapshotters(); }
    void a_container_that_wrote_nothing_has_no_changes() {
        QFETCH(std::string, snapshotter);
        QCOMPARE(changes(base_image(), snapshotter, "cat etc/passwd; ls -lR . > /dev/null"), QString());
    }
    void all_kinds_of_changes_are_told_data() { snapshotters(); }
    void all_kinds_of_changes_are_told() {
        QFETCH(std::string, snapshotter);
        const QString found = changes(base_image(), snapshotter,
                                      "echo more >> etc/passwd; touch etc/touched; rm gone; rm -r usr/lib\n"
                                      "mkdir -p new/deep; echo x > new/deep/file; mknod new/null c 1 3\n"
                                      "ln -sfn usr link; rm kind; mkdir kind; echo y > kind/inside\n"
                                      "chmod 700 usr/share");
        QCOMPARE(found, QString("C /etc\nC /etc/passwd\nC /etc/touched\nD /gone\nC /kind\nA /kind/inside\nC /link\n"
                                "A /new\nA /new/deep\nA /new/deep/file\nA /new/null\nC /usr\nD /usr/lib\n"
                                "C /usr/share\n"));
    }
    void a_replaced_directory_hides_its_old_content_data() { snapshotters(); }
    void a_replaced_directory_hides_its_old_content() {
        QFETCH(std::string, snapshotter);
        QCOMPARE(changes(base_image(), snapshotter, "rm -r opt; mkdir opt; echo n > opt/new; echo s2 > opt/stays"),
                 QString("C /opt\nA /opt/new\nD /opt/old\nC /opt/stays\n"));
    }
    void attributes_count_data() {
        QTest::addColumn<std::string>("command");
        for (const char* command :
             {"chown 7 etc/passwd", "chgrp 7 etc/passwd", "chmod 4755 etc/passwd", "setfattr -n user.a -v b etc/passwd",
              "touch -d @5 etc/passwd", "printf tree > etc/passwd; touch -d @1700000000 etc/passwd"})
            QTest::newRow(command) << std::string(command);
    }
    void attributes_count() {
        QFETCH(std::string, command);
        QCOMPARE(changes(base_image(), "overlay", command), QString("C /etc\nC /etc/passwd\n"));
    }
    void a_copy_up_without_a_change_is_none() {
        QCOMPARE(changes(base_image(), "overlay",
                         "chmod 600 etc/passwd; chmod 644 etc/passwd; touch new; rm new; touch -r usr/share/quiet ."),
                 QString());
    }
    void deep_trees_are_compared() {
        const QString found = changes(base_image(), "overlay",
                                      "cd opt; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 "
                                      "25 26 27 28 29 30; do mkdir d; cd d; done; echo x > bottom");
        QCOMPARE(found.count('\n'), 32);
        QVERIFY(found.endsWith("d/d/bottom\n"));
    }
    void two_containers_are_compared() {
        const Image image = base_image();
        const auto maker = make_snapshotter(*layers_, "overlay").value();
        const auto one = maker->prepare(image, here_ / "one", {}).value();
        const auto two = maker->prepare(image, here_ / "two", {}).value();
        QVERIFY(write_in(one, "echo x > etc/new; echo 1 > same; touch -d @5 same; rm gone"));
        QVERIFY(write_in(two, "echo x > etc/other; echo 1 > same; touch -d @5 same; rm gone"));
        const auto first = TreeView::of_snapshot(*layers_, image, one).value();
        const auto second = TreeView::of_snapshot(*layers_, image, two).value();
        QCOMPARE(text_of(tree_changes(first, second, {}, {})), QString("C /etc\nD /etc/new\nA /etc/other\n"));
        QCOMPARE(text_of(tree_changes(second, first, {}, {})), QString("C /etc\nA /etc/new\nD /etc/other\n"));
        QCOMPARE(text_of(tree_changes(first, first, {}, {})), QString());
    }
    void two_images_are_compared_without_their_times() {
        const auto tar = [](std::int64_t time, const char* text) {
            return TarBuilder().file("a", "same", {0644, 0, 0, time, {}}).file("b", text).finish();
        };
        const auto one = TreeView::of_image(*layers_, import("one", {tar(1, "x")})).value();
        const auto two = TreeView::of_image(*layers_, import("two", {tar(2, "y")})).value();
        QCOMPARE(text_of(tree_changes(one, two, {}, {})), QString("C /a\n"));
        const auto three = TreeView::of_image(*layers_, import("three", {tar(2, "yz")})).value();
        QCOMPARE(text_of(tree_changes(one, three, {.times = false}, {})), QString("C /b\n"));
    }
    void ids_of_a_user_namespace_are_mapped_back() {
        const Image image = base_image();
        const auto maker = make_snapshotter(*layers_, "overlay").value();
        const auto snapshot = maker->prepare(image, here_ / "snap", {}).value();
        QVERIFY(write_in(snapshot, "chmod 600 etc/passwd; chmod 644 etc/passwd; chown 100000:200000 etc/passwd"));
        const auto before = TreeView::of_image(*layers_, image).value();
        const IdMaps ids{{{0, 100000, 65536}}, {{0, 200000, 65536}}};
        const auto after = TreeView::of_snapshot(*layers_, image, snapshot, ids).value();
        QCOMPARE(text_of(tree_changes(before, after, {}, {})), QString());
    }
    void a_stop_ends_it() {
        const auto view = TreeView::of_image(*layers_, base_image()).value();
        StopSource stop;
        stop.request_stop();
        const auto changes = tree_changes(view, view, {}, stop.token());
        QVERIFY(!changes && changes.error().kind == ErrorKind::cancelled);
    }
};

ISOLAB_TEST(TreeChangesTest)
#include "tree_changes_test.moc"
