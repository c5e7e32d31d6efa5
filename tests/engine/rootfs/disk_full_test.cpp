// SPDX-License-Identifier: GPL-3.0-or-later
//
// A real file system that runs full: a tmpfs of two mebibytes, mounted in this process's own mount namespace.
#include <filesystem>
#include <fstream>
#include <optional>

#include <sched.h>
#include <sys/mount.h>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/snapshotter.h"
#include "tests/support/layout_builder.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class DiskFullTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    fs::path here_;
    fs::path small_;
    NoProgress silent_;

    std::string content() const { return *run_checked({"find", small_.string()}); }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("mounting a small file system needs root");
    }
    void init() {
        QVERIFY(::unshare(CLONE_NEWNS) == 0);
        QVERIFY(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-full-"));
        here_ = scratch_->path();
        small_ = here_ / "small";
        fs::create_directories(small_);
        QVERIFY(::mount("tmpfs", small_.c_str(), "tmpfs", 0, "size=2m") == 0);
        LayoutBuilder(here_ / "lay").build({TarBuilder().file("f", std::string(4U << 20U, 'f')).finish()}, "1");
    }
    void cleanup() {
        if (!small_.empty())
            ::umount2(small_.c_str(), MNT_DETACH);
        scratch_.reset();
    }

    void import_says_so_and_leaves_nothing() {
        auto images = *ImageStore::open(small_ / "images");
        const std::string before = content();
        const auto image = images.import(here_ / "lay", std::nullopt, silent_, {});
        QVERIFY(!image && image.error().kind == ErrorKind::no_space);
        QVERIFY(image.error().message().find("Free space") != std::string::npos);
        QCOMPARE(content(), before);
    }
    void unpacking_says_so_and_leaves_nothing() {
        auto images = *ImageStore::open(here_ / "images");
        const auto image = images.import(here_ / "lay", std::nullopt, silent_, {});
        QVERIFY(image);
        auto layers = *LayerStore::open(small_ / "layers");
        const std::string before = content();
        const auto done = layers.ensure(images, *image, silent_, {});
        QVERIFY(!done && done.error().kind == ErrorKind::no_space);
        QCOMPARE(content(), before);
    }
    void trees_on_another_file_system_are_copied_or_refused_whole() {
        auto images = *ImageStore::open(here_ / "images");
        LayoutBuilder(here_ / "little").build({TarBuilder().file("a", "1").hardlink("b", "a").finish()}, "1");
        auto layers = *LayerStore::open(here_ / "layers");
        const auto little = images.import(here_ / "little", std::nullopt, silent_, {});
        QVERIFY(little && layers.ensure(images, *little, silent_, {}));
        QVERIFY(layers.build_tree(*little, small_ / "tree", silent_, {}));
        QCOMPARE(fs::hard_link_count(small_ / "tree/a"), std::uintmax_t{2});
        const auto big = images.import(here_ / "lay", std::nullopt, silent_, {});
        QVERIFY(big && layers.ensure(images, *big, silent_, {}));
        QVERIFY(layers.build_tree(*big, small_ / "big", silent_, {}).error().kind == ErrorKind::no_space);
        QVERIFY(!fs::exists(small_ / "big"));
    }
};

ISOLAB_TEST(DiskFullTest)
#include "disk_full_test.moc"
