// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>

#include "engine/base/unique_fd.h"
#include "engine/image/folder_archive.h"
#include "tests/support/tar_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& path, const std::string& content) {
    std::ofstream out(path, std::ios::binary);
    out << content;
}

std::string content_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

} // namespace

class FolderArchiveTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> scratch_;
    fs::path here_;

    Result<void> unpack(const std::string& bytes, const fs::path& folder, const StopToken& stop = {}) const {
        write_file(here_ / "given.tar", bytes);
        const UniqueFd input(::open((here_ / "given.tar").c_str(), O_RDONLY | O_CLOEXEC));
        fs::create_directories(folder);
        return unpack_archive(input.get(), folder, false, stop);
    }
    Result<void> archive(const fs::path& folder, const StopToken& stop = {}) const {
        const UniqueFd output(::open((here_ / "made.tar").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        return archive_folder(folder, output.get(), false, stop);
    }

  private slots:
    void init() {
        scratch_ = std::make_unique<QTemporaryDir>();
        here_ = scratch_->path().toStdString();
    }
    void a_folder_comes_back_as_it_was() {
        const fs::path folder = here_ / "folder";
        fs::create_directories(folder / "a/b");
        write_file(folder / "a/file", std::string(200'000, 'x') + "end");
        write_file(folder / "a/.wh.plain", "no whiteout");
        fs::create_symlink("../a/file", folder / "a/b/link");
        fs::create_hard_link(folder / "a/file", folder / "second");
        fs::permissions(folder / "a/file", fs::perms(0741));
        fs::permissions(folder / "a/b", fs::perms(0500));
        QVERIFY(archive(folder));
        const fs::path back = here_ / "back";
        const auto done = unpack(content_of(here_ / "made.tar"), back);
        VERIFY_OK(done);
        QCOMPARE(content_of(back / "a/file"), content_of(folder / "a/file"));
        QCOMPARE(content_of(back / "a/.wh.plain"), std::string("no whiteout"));
        QCOMPARE(fs::read_symlink(back / "a/b/link").string(), std::string("../a/file"));
        QCOMPARE(fs::hard_link_count(back / "second"), std::uintmax_t{2});
        QCOMPARE(static_cast<int>(fs::status(back / "a/file").permissions()), 0741);
        QCOMPARE(static_cast<int>(fs::status(back / "a/b").permissions()), 0500);
        QVERIFY(fs::last_write_time(back / "a/file") == fs::last_write_time(folder / "a/file"));
        fs::permissions(folder / "a/b", fs::perms(0700));
        fs::permissions(back / "a/b", fs::perms(0700));
    }
    void an_empty_folder_is_an_empty_archive() {
        fs::create_directories(here_ / "nothing");
        QVERIFY(archive(here_ / "nothing"));
        QVERIFY(unpack(content_of(here_ / "made.tar"), here_ / "back"));
        QVERIFY(fs::is_empty(here_ / "back"));
    }
    void names_that_lead_out_are_refused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const TarBuilder& tar) {
            const std::string bytes = tar.finish();
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
        };
        row("above", TarBuilder().file("../out", "x"));
        row("above, later", TarBuilder().file("in/../../out", "x"));
        row("absolute", TarBuilder().file(here_ / "out", "x"));
        row("through a link", TarBuilder().symlink("link", "..").file("link/out", "x"));
        row("through an absolute link", TarBuilder().symlink("link", here_.string()).file("link/out", "x"));
        row("a link to above", TarBuilder().hardlink("in", "../out"));
    }
    void names_that_lead_out_are_refused() {
        QFETCH(QByteArray, bytes);
        write_file(here_ / "out", "mine");
        const auto done = unpack({bytes.data(), static_cast<std::size_t>(bytes.size())}, here_ / "folder");
        QVERIFY(!done);
        QVERIFY2(done.error().kind == ErrorKind::corrupt, done.error().message().c_str());
        QCOMPARE(content_of(here_ / "out"), std::string("mine"));
    }
    void a_link_is_replaced_and_not_written_through() {
        write_file(here_ / "out", "mine");
        QVERIFY(unpack(TarBuilder().symlink("name", "../out").file("name", "theirs").finish(), here_ / "folder"));
        QCOMPARE(content_of(here_ / "out"), std::string("mine"));
        QCOMPARE(content_of(here_ / "folder/name"), std::string("theirs"));
    }
    void what_is_no_archive_is_named() {
        const auto text = unpack(std::string(4000, 'n'), here_ / "folder");
        QVERIFY(!text);
        QVERIFY2(text.error().kind == ErrorKind::invalid_argument, text.error().message().c_str());
        std::string cut = TarBuilder().file("first", "x").file("large", std::string(100'000, 'y')).finish();
        cut.resize(cut.size() / 2);
        const auto part = unpack(cut, here_ / "folder");
        QVERIFY(!part);
        QVERIFY2(part.error().kind == ErrorKind::corrupt, part.error().message().c_str());
    }
    void both_ways_can_be_stopped() {
        StopSource stop;
        stop.request_stop();
        fs::create_directories(here_ / "folder");
        write_file(here_ / "folder/file", "x");
        QVERIFY(archive(here_ / "folder", stop.token()).error().kind == ErrorKind::cancelled);
        QVERIFY(unpack(TarBuilder().file("a", "x").finish(), here_ / "back", stop.token()).error().kind ==
                ErrorKind::cancelled);
        QVERIFY(fs::is_empty(here_ / "back"));
    }
    void a_full_disk_is_told() {
        const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
        fs::create_directories(here_ / "folder");
        write_file(here_ / "folder/file", std::string(100'000, 'x'));
        const auto done = archive_folder(here_ / "folder", full.get(), false, {});
        QVERIFY(!done);
        QVERIFY2(done.error().kind == ErrorKind::no_space, done.error().message().c_str());
    }
};

ISOLAB_TEST(FolderArchiveTest)
#include "folder_archive_test.moc"
