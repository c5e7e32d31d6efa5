// SPDX-License-Identifier: GPL-3.0-or-later
//
// packages/install and packages/fetch-kernel, with stand-ins for apt. dpkg-deb and tar are real.
#include <optional>

#include <QtTest>

#include "tests/scripts/script_stage.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

/// What a distribution's kernel package looks like, with a module for guests and one for sound cards.
void make_kernel_package(const ScriptStage& stage) {
    stage.file("tree/DEBIAN/control", "Package: linux-image-9.9-test\nVersion: 1\nArchitecture: amd64\n"
                                      "Maintainer: nobody <nobody@example.org>\nDescription: test\n");
    stage.file("tree/boot/vmlinuz-9.9-test", std::string(100'000, 'k'));
    stage.file("tree/lib/modules/9.9-test/kernel/fs/ext4.ko", "ext4");
    stage.file("tree/lib/modules/9.9-test/kernel/sound/card.ko", "card");
    stage.file("tree/usr/share/doc/copyright", "doc");
    run_checked(
        {"dpkg-deb", "-Znone", "--root-owner-group", "--build", stage.path() / "tree", stage.path() / "kernel.deb"})
        .value();
}

} // namespace

class PackagesTest : public QObject {
    Q_OBJECT
    std::optional<ScriptStage> stage_;

    fs::path kernels() const { return stage_->path() / "data/kernels"; }
    CommandOutput fetch_kernel() const {
        return stage_->run({source_file("packages/fetch-kernel"), stage_->path() / "data"});
    }
    /// Names in the folder of kernels, hidden ones too.
    QStringList fetched() const {
        return QDir(QString::fromStdString(kernels()))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

  private slots:
    void init() {
        stage_.emplace();
        make_kernel_package(*stage_);
        stage_->script("bin/uname", "echo 0.0-of-no-kernel");
        stage_->script("bin/dpkg", "echo amd64");
        stage_->script("bin/depmod", "touch $2/lib/modules/$3/modules.dep");
        stage_->script("bin/apt-cache", R"(
            depends=Hängt.ab.von: candidate=Installationskandidat:
            [[ $LC_ALL != C ]] || depends=Depends: candidate=Candidate:
            case $1 in
            depends) printf '%s\n  %s %s\n' "$2" "$depends" linux-image-9.9-test ;;
            policy) printf '%s:\n  %s 1.0\n' "$2" "$candidate" ;;
            esac)");
        stage_->script("bin/apt-get",
                       "echo \"$@\" >>$STAGE/apt.log; [[ $2 != download ]] || cp $STAGE/kernel.deb $3.deb");
        stage_->script("bin/dpkg-query", "exit 1"); // nothing is installed
        stage_->script("bin/sudo", "[[ $1 != -n ]] || shift; exec \"$@\"");
    }

    void packages_are_found_in_any_language() {
        const auto output = stage_->run({source_file("packages/install"), "lint"});
        QVERIFY2(output.code == 0, output.out.c_str());
        const std::string log = *read_file(stage_->path() / "apt.log");
        QVERIFY2(has(log, "install --yes --no-install-recommends clang-format"), log.c_str());
        QVERIFY(fs::is_empty(stage_->path() / "tmp"));
    }
    void kernel_is_laid_out_in_any_language() {
        const auto output = fetch_kernel();
        QVERIFY2(output.code == 0, output.out.c_str());
        QCOMPARE(fetched(), QStringList{"9.9-test"});
        QCOMPARE(fs::file_size(kernels() / "9.9-test/vmlinuz"), std::uintmax_t{100'000});
        QVERIFY(fs::exists(kernels() / "9.9-test/modules/kernel/fs/ext4.ko"));
        QVERIFY(fs::exists(kernels() / "9.9-test/modules/modules.dep"));
        QVERIFY(!fs::exists(kernels() / "9.9-test/modules/kernel/sound"));
        QCOMPARE(fetch_kernel().code, 0);
    }
    void package_that_cannot_be_unpacked_is_no_kernel() {
        // The kernel is whole, its modules are not all there, as when the disk is full.
        const fs::path package = stage_->path() / "kernel.deb";
        fs::resize_file(package, fs::file_size(package) - 8192);
        const auto output = fetch_kernel();
        QCOMPARE(output.code, 3);
        QVERIFY2(has(output.out, "unpacking linux-image-9.9-test.deb into"), output.out.c_str());
        QCOMPARE(fetched(), QStringList());
    }
    void kernel_that_another_one_fetched_meanwhile_is_taken() {
        stage_->script("bin/depmod", R"(
            touch $2/lib/modules/$3/modules.dep
            mkdir -p $STAGE/data/kernels/$3/modules
            touch $STAGE/data/kernels/$3/{vmlinuz,modules/modules.dep})");
        const auto output = fetch_kernel();
        QVERIFY2(output.code == 0, output.out.c_str());
        QCOMPARE(fetched(), QStringList{"9.9-test"});
        QCOMPARE(fs::file_size(kernels() / "9.9-test/vmlinuz"), std::uintmax_t{0});
    }
    void incomplete_kernel_in_the_way_is_named() {
        fs::create_directories(kernels() / "9.9-test");
        const auto output = fetch_kernel();
        QCOMPARE(output.code, 3);
        QVERIFY2(has(output.out, "kernels/9.9-test is there, but holds no complete kernel"), output.out.c_str());
        QCOMPARE(fetched(), QStringList{"9.9-test"});
    }
};

ISOLAB_TEST(PackagesTest)
#include "packages_test.moc"
