// SPDX-License-Identifier: GPL-3.0-or-later
//
// Disks of machines that were damaged after they were made: a comparison makes them again and says so.
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

#include <fcntl.h>

#include "compare/report/report.h"
#include "engine/base/data_folder.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"
#include "virt/storage/disk_stamp.h"
#include "virt/storage/guest_image.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class DisksTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    CommandOutput compare() const {
        return program_->run(
            {"compare", "hello", "--sides", "vm", "--vm", "lean", "--runs", "1", "--warmup", "0", "--format", "json"});
    }
    std::vector<StoredDisk> disks() const { return GuestImages(DataFolder(program_->root()).disks()).list().value(); }
    /// The notice of a comparison that a disk was made again.
    static std::string notice_in(const CommandOutput& output) {
        const auto document = parse_json(output.out, "output");
        const auto result = document ? parse_report(*document, "output") : fail(document.error());
        if (!result)
            return result.error().message();
        for (const Notice& notice : result->notices)
            if (notice.id == "disk-made-again")
                return english(notice.text);
        return {};
    }

  private slots:
    void initTestCase() {
        program_ = std::make_unique<Program>(programs_folder(), path("data"));
        const auto first = compare();
        QVERIFY2(first.code == 0, first.err.c_str());
        QCOMPARE(notice_in(first), std::string());
        QCOMPARE(disks().size(), std::size_t{1});
    }
    void cleanup() {
        QCOMPARE(std::distance(fs::directory_iterator(DataFolder(program_->root()).disks()), {}), 1);
        QVERIFY(!disks().front().trouble);
    }

    void one_that_was_emptied_is_made_again() {
        fs::resize_file(disks().front().path, 0);
        const auto output = compare();
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(notice_in(output), "was damaged and has been made again: it is empty"), output.out.c_str());
        QCOMPARE(notice_in(compare()), std::string());
    }
    void one_that_only_the_guest_finds_damaged_is_made_again() {
        const StoredDisk disk = disks().front();
        VERIFY_OK(run_checked({"debugfs", "-w", "-R", "clri <2>", disk.path.string()}));
        VERIFY_OK(stamp_disk(UniqueFd(::open(disk.path.c_str(), O_RDWR | O_CLOEXEC)), disk.digest, "disk"));
        const auto output = compare();
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(notice_in(output), "the guest could not mount the guest's disk"), output.out.c_str());
    }
    /// e2fsprogs that make what no kernel mounts.
    void one_that_is_always_damaged_is_named() {
        const auto real = find_program("mke2fs");
        QVERIFY(real);
        fs::create_directories(path("bin"));
        std::ofstream(path("bin/mke2fs")) << "#!/bin/sh\n"
                                          << *real << " \"$@\" || exit\nfor d; do case $d in */disk) "
                                          << "debugfs -w -R 'clri <2>' $d >/dev/null 2>&1;; esac; done\n";
        fs::permissions(path("bin/mke2fs"), fs::perms::owner_all);
        const fs::path disk = disks().front().path;
        fs::remove(disk);
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", QByteArray::fromStdString(path("bin").string()) + ":" + before);
        const auto output =
            program_->run({"compare", "hello", "--sides", "vm", "--vm", "lean", "--runs", "1", "--warmup", "0"});
        qputenv("PATH", before);
        QCOMPARE(output.code, 1);
        QVERIFY2(contains(output.out + output.err, disk.string()), (output.out + output.err).c_str());
        VERIFY_CODE(compare(), 0);
    }
};

ISOLAB_TEST(DisksTest)
#include "disks_test.moc"
