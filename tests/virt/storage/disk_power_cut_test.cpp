// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <fstream>
#include <optional>

#include "engine/base/file_stamp.h"
#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/kernels.h"
#include "tests/support/places.h"
#include "tests/support/power_cut.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/kernel/guest_kernel.h"
#include "virt/storage/guest_image.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// What machines start from, after the power was cut as soon as it was made.
class DiskPowerCutTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::optional<PowerCut> power_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

  private slots:
    void initTestCase() {
        if (!PowerCut::is_possible())
            QSKIP("only root can mount a file system whose power can be cut, on a loop device");
        auto prepared = PowerCut::prepare(path("power"));
        VERIFY_OK(prepared);
        power_.emplace(std::move(*prepared));
        fs::create_directories(path("tree"));
        for (int i = 0; i < 100; ++i)
            std::ofstream(path("tree/" + std::to_string(i))) << std::string(100'000, 'x');
    }
    /// That this finds what is not flushed.
    void loses_what_is_not_flushed() {
        VERIFY_OK(write_file_atomically(power_->place() / "kept", "content", 0644, true));
        VERIFY_OK(write_file_atomically(power_->place() / "lost", "content"));
        VERIFY_OK(sync_folder(power_->place()));
        VERIFY_OK(power_->happen());
        QCOMPARE(*read_file(power_->place() / "kept"), std::string("content"));
        QVERIFY(read_file(power_->place() / "lost").value_or("") != "content");
    }
    void a_disk_is_kept() {
        GuestImages images(power_->place() / "disks");
        NoProgress progress;
        const auto made = images.make(path("tree"), "sha256:abc", progress, {});
        VERIFY_OK(made);
        VERIFY_OK(power_->happen());
        VERIFY_OK(images.find("sha256:abc"));
        VERIFY_OK(run_checked({"e2fsck", "-fn", made->path.string()}));
        QCOMPARE(run_checked({"debugfs", "-R", "cat /7", made->path.string()}).value_or("").size(),
                 std::size_t{100'000});
    }
    void a_kernel_is_kept() {
        KernelSearch search;
        search.folders = {test_kernels()};
        const auto source = find_kernel(search);
        VERIFY_OK(source);
        const auto kernel = prepare_kernel(*source, program_file("isolab-guest-init"), power_->place() / "cache");
        VERIFY_OK(kernel);
        VERIFY_OK(power_->happen());
        QVERIFY(is_stamped_file_whole(kernel->image));
        QVERIFY(is_stamped_file_whole(kernel->initramfs));
    }
};

ISOLAB_TEST(DiskPowerCutTest)
#include "disk_power_cut_test.moc"
