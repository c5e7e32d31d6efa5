// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <sys/wait.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/rootfs/volume_store.h"
#include "tests/support/layout_builder.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class VolumeStoreTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    NoProgress silent_;
    std::optional<VolumeStore> store_;

    std::vector<std::string> names() {
        std::vector<std::string> found;
        const std::vector<Volume> volumes = store_->list().value();
        for (const Volume& volume : volumes)
            found.push_back(volume.name);
        return found;
    }
    std::string all_files() { return *run_checked({"find", (here_ / "volumes").string()}); }

    struct Unpacked {
        LayerStore layers;
        Image image;
    };
    Unpacked unpack() {
        LayoutBuilder(here_ / "lay")
            .build({TarBuilder()
                        .directory("srv")
                        .directory("srv/data", {02750, 7, 8, 1, {}})
                        .file("srv/data/one", "1", {0600, 7, 9, 1, {}})
                        .file("srv/data/old", "1")
                        .symlink("link", "/srv/data")
                        .symlink("up", "../../../../srv/../srv/data")
                        .symlink("out", "/proc/self/root/etc")
                        .symlink("host", here_.string() + "/outside")
                        .directory("empty", {0711, 5, 6, 1, {}})
                        .file("file", "f")
                        .finish(),
                    TarBuilder().file("srv/data/.wh.old", "").finish()},
                   "1");
        auto images = ImageStore::open(here_ / "images").value();
        auto image = images.import(here_ / "lay", "base", silent_, {}).value();
        auto layers = LayerStore::open(here_ / "layers").value();
        if (!layers.ensure(images, image, silent_, {}))
            qFatal("layers");
        return {std::move(layers), std::move(image)};
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("owners need root");
    }
    void init() {
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-volumes-"));
        here_ = scratch_->path();
        fs::create_directories(here_ / "outside");
        std::ofstream(here_ / "outside/secret") << "host";
        store_.emplace(VolumeStore::open(here_ / "volumes").value());
    }

    void a_volume_is_made_found_and_removed() {
        const auto made = store_->create("data", {{"a", "b"}});
        VERIFY_OK(made);
        QCOMPARE(made->data, here_ / "volumes/data/_data");
        QVERIFY(fs::is_directory(made->data) && !made->anonymous && made->created.ends_with("Z"));
        std::ofstream(made->data / "file") << "content";
        const auto again = store_->create("data", {{"c", "d"}});
        QVERIFY(again && again->labels == made->labels && again->created == made->created);
        QCOMPARE(read_file(again->data / "file").value(), std::string("content"));
        QCOMPARE(store_->find("data")->labels.at("a"), std::string("b"));
        QVERIFY(store_->find("other").error().kind == ErrorKind::not_found);
        QVERIFY(store_->remove("data"));
        QVERIFY(store_->remove("data").error().kind == ErrorKind::not_found);
        QCOMPARE(all_files(), (here_ / "volumes").string() + "\n");
    }
    void names_are_checked_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("good");
        for (const char* name : {"ab", "A0", "a.b-c_d", "0x"})
            QTest::newRow(name) << QString(name) << true;
        for (const char* name : {"", "a", ".a", "-a", "_a", "a/b", "../x", "a b", "a\n", "\xc3\xa4\xc3\xa4"})
            QTest::newRow(name) << QString(name) << false;
        QTest::newRow("longest") << QString(255, 'a') << true;
        QTest::newRow("too long") << QString(256, 'a') << false;
    }
    void names_are_checked() {
        QFETCH(QString, name);
        QFETCH(bool, good);
        const auto made = store_->create(name.toStdString());
        QCOMPARE(made.has_value(), good);
        if (!good)
            QVERIFY(made.error().kind == ErrorKind::invalid_argument);
    }
    void labels_are_text() {
        QVERIFY(store_->create("data", {{"a", "\xff"}}).error().kind == ErrorKind::invalid_argument);
    }

    void held_volumes_stay() {
        const auto one = store_->create("one");
        const auto two = store_->create(std::nullopt);
        const auto three = store_->create(std::nullopt);
        QVERIFY(two->anonymous && two->name.size() == 64 && two->name != three->name);
        {
            const auto hold = store_->hold("one");
            const VolumeHold copy = *store_->hold(two->name);
            QVERIFY(store_->in_use("one").value() && store_->in_use(two->name).value());
            QVERIFY(!store_->in_use(three->name).value());
            const auto refused = store_->remove("one");
            QVERIFY(!refused && refused.error().kind == ErrorKind::unavailable);
            QCOMPARE(store_->prune(true, {}).value(), std::vector{three->name});
            const auto other_process = run_command({"flock", "-n", "-x", (here_ / "volumes/one").string(), "true"});
            QCOMPARE(other_process->code, 1);
        }
        QVERIFY(!store_->in_use("one").value());
        QCOMPARE(store_->prune(false, {}).value(), std::vector{two->name});
        QCOMPARE(names(), std::vector<std::string>{"one"});
        QCOMPARE(store_->prune(true, {}).value(), std::vector<std::string>{"one"});
    }
    void a_child_can_hold_on() {
        QVERIFY(store_->create("data"));
        std::optional<VolumeHold> hold = *store_->hold("data");
        const pid_t child = ::fork();
        if (child == 0) {
            ::pause();
            ::_exit(0);
        }
        hold.reset();
        QVERIFY(store_->in_use("data").value());
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        QVERIFY(!store_->in_use("data").value());
    }
    void the_first_use_copies_what_the_image_has_data() {
        QTest::addColumn<std::string>("path");
        for (const char* path : {"/srv/data", "srv/data/", "/link", "/up", "/srv/../link/."})
            QTest::newRow(path) << std::string(path);
    }
    void the_first_use_copies_what_the_image_has() {
        QFETCH(std::string, path);
        const Unpacked base = unpack();
        const auto volume = store_->create("data");
        {
            const auto hold = store_->hold_filled("data", {base.layers, base.image, path}, silent_, {});
            VERIFY_OK(hold);
            QVERIFY(store_->in_use("data").value());
        }
        struct stat status {};
        QVERIFY(::stat(volume->data.c_str(), &status) == 0);
        QCOMPARE(status.st_mode & 07777U, 02750U);
        QVERIFY(status.st_uid == 7 && status.st_gid == 8);
        QVERIFY(::stat((volume->data / "one").c_str(), &status) == 0);
        QVERIFY((status.st_mode & 07777U) == 0600U && status.st_uid == 7 && status.st_gid == 9 && status.st_nlink == 1);
        QVERIFY(!fs::exists(volume->data / "old"));
        std::ofstream(volume->data / "one") << "changed";
        QVERIFY(store_->hold_filled("data", {base.layers, base.image, path}, silent_, {}));
        QCOMPARE(read_file(volume->data / "one").value(), std::string("changed"));
        fs::remove(volume->data / "one");
    }
    void an_empty_folder_lends_its_owner() {
        const Unpacked base = unpack();
        const auto volume = store_->create("data");
        QVERIFY(store_->hold_filled("data", {base.layers, base.image, "/empty"}, silent_, {}));
        struct stat status {};
        QVERIFY(::stat(volume->data.c_str(), &status) == 0);
        QVERIFY((status.st_mode & 07777U) == 0711U && status.st_uid == 5 && status.st_gid == 6);
    }
    void nothing_from_outside_gets_in() {
        const Unpacked base = unpack();
        const auto volume = store_->create("data");
        for (const char* path : {"/out", "/host", "/missing", "/../../etc/none"})
            QVERIFY2(store_->hold_filled("data", {base.layers, base.image, path}, silent_, {}), path);
        for (const char* path : {"/file", "/", "/srv/../.."})
            QVERIFY2(store_->hold_filled("data", {base.layers, base.image, path}, silent_, {}).error().kind ==
                         ErrorKind::invalid_argument,
                     path);
        QVERIFY(fs::is_empty(volume->data));
    }
    void volumes_in_use_and_stops_leave_it_empty() {
        const Unpacked base = unpack();
        const auto volume = store_->create("data");
        StopSource stop;
        stop.request_stop();
        QVERIFY(
            store_->hold_filled("data", {base.layers, base.image, "/srv/data"}, silent_, stop.token()).error().kind ==
            ErrorKind::cancelled);
        const auto hold = store_->hold("data");
        QVERIFY(store_->hold_filled("data", {base.layers, base.image, "/srv/data"}, silent_, {}));
        QVERIFY(fs::is_empty(volume->data));
        QCOMPARE(names(), std::vector<std::string>{"data"});
    }
    void what_a_crash_left_is_removed_and_no_volume() {
        const fs::path left = here_ / "volumes/.work-999999-abcdef/volume/_data";
        fs::create_directories(left);
        std::ofstream(left / "file") << "x";
        QCOMPARE(names(), std::vector<std::string>{});
        QVERIFY(VolumeStore::open(here_ / "volumes"));
        QVERIFY(!fs::exists(here_ / "volumes/.work-999999-abcdef"));
    }
    void damaged_volumes_are_told() {
        QVERIFY(store_->create("bad"));
        QVERIFY(store_->create("good"));
        std::ofstream(here_ / "volumes/bad/volume.json") << "{";
        fs::create_directory_symlink(here_ / "outside", here_ / "volumes/linked");
        std::vector<Error> damaged;
        QCOMPARE(store_->list(&damaged)->size(), 1U);
        QCOMPARE(damaged.size(), 2U);
        QVERIFY(store_->find("bad").error().kind == ErrorKind::corrupt);
        QVERIFY(store_->remove("bad"));
        QVERIFY(!store_->remove("linked"));
        QVERIFY(fs::exists(here_ / "outside/secret"));
    }
};

ISOLAB_TEST(VolumeStoreTest)
#include "volume_store_test.moc"
