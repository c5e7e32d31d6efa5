// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <optional>

#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/snapshotter.h"
#include "engine/rootfs/volume_store.h"
#include "tests/support/layout_builder.h"
#include "tests/support/power_cut.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// What is written once and then trusted, after the power was cut as soon as the file system knew its names.
class PowerCutTest : public QObject {
    Q_OBJECT
    std::optional<TemporaryTree> scratch_;
    std::optional<PowerCut> power_;
    NoProgress silent_;
    const std::string content_ = std::string(300'000, 'x');

    fs::path place(const char* name) const { return power_->place() / name; }
    Result<Image> import() {
        ISOLAB_ASSIGN(ImageStore images, ImageStore::open(place("images")));
        return images.import(scratch_->path() / "layout", "base", silent_, {});
    }
    /// The journal is written, as it is every few seconds, and then the power is gone.
    Result<void> cut() const {
        ISOLAB_TRY(sync_folder(power_->place()));
        return power_->happen();
    }

  private slots:
    void initTestCase() {
        if (!PowerCut::is_possible())
            QSKIP("only root can mount a file system whose power can be cut, on a loop device");
        scratch_.emplace(*make_temporary_directory(fs::temp_directory_path(), "isolab-power-"));
        auto prepared = PowerCut::prepare(scratch_->path() / "power");
        VERIFY_OK(prepared);
        power_.emplace(std::move(*prepared));
        LayoutBuilder(scratch_->path() / "layout")
            .build({TarBuilder().directory("srv").file("srv/data", content_).finish()}, "1");
    }
    void images_are_kept() {
        VERIFY_OK(import());
        VERIFY_OK(cut());
        const auto images = ImageStore::open(place("images"));
        VERIFY_OK(images);
        const auto image = images->find("base");
        VERIFY_OK(image);
        auto layers = LayerStore::open(scratch_->path() / "layers");
        VERIFY_OK(layers);
        VERIFY_OK(layers->ensure(*images, *image, silent_, {}));
    }
    void layers_are_kept() {
        const auto image = import();
        VERIFY_OK(image);
        auto layers = LayerStore::open(place("layers"));
        VERIFY_OK(layers);
        VERIFY_OK(layers->ensure(*ImageStore::open(place("images")), *image, silent_, {}));
        VERIFY_OK(cut());
        QCOMPARE(layers->lowers(*image).size(), std::size_t{1});
        const auto kept = read_file(layers->lowers(*image).front() / "srv/data");
        VERIFY_OK(kept);
        QVERIFY(*kept == content_);
    }
    void volumes_are_kept() {
        const auto image = import();
        VERIFY_OK(image);
        auto layers = LayerStore::open(scratch_->path() / "layers");
        VERIFY_OK(layers);
        const auto volumes = VolumeStore::open(place("volumes"));
        VERIFY_OK(volumes);
        VERIFY_OK(volumes->create("data"));
        VERIFY_OK(volumes->hold_filled("data", {*layers, *image, "/srv"}, silent_, {}));
        VERIFY_OK(cut());
        const auto volume = volumes->find("data");
        VERIFY_OK(volume);
        const auto kept = read_file(volume->data / "data");
        VERIFY_OK(kept);
        QVERIFY(*kept == content_);
    }
};

ISOLAB_TEST(PowerCutTest)
#include "power_cut_test.moc"
