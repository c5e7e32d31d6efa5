// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_tree.h"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
namespace fs = std::filesystem;

class FileTreeTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> scratch_;
    fs::path here_;

  private slots:
    void init() {
        scratch_ = std::make_unique<QTemporaryDir>();
        here_ = scratch_->path().toStdString();
    }
    void symbolic_links_and_dot_dot_stay_inside_the_root() {
        fs::create_directories(here_ / "root/etc");
        std::ofstream(here_ / "root/etc/passwd") << "inside";
        std::ofstream(here_ / "secret") << "outside";
        fs::create_symlink("/etc", here_ / "root/absolute");
        fs::create_symlink("../../../../secret", here_ / "root/escape");
        const auto root = open_directory(here_ / "root");
        QVERIFY(root);
        const auto file = open_in_root(root->get(), "absolute/../../absolute/passwd", O_RDONLY);
        QVERIFY(file);
        char text[16]{};
        QVERIFY(::read(file->get(), text, sizeof text - 1) > 0);
        QCOMPARE(QByteArray(text), QByteArray("inside"));
        QVERIFY(open_in_root(root->get(), "escape", O_RDONLY).error().kind == ErrorKind::not_found);
        QVERIFY(!open_in_root(root->get(), "/../secret", O_RDONLY));
    }
    void written_file_has_content_and_mode_and_no_remains() {
        QVERIFY(write_file_atomically(here_ / "f", "one", 0600));
        QVERIFY(write_file_atomically(here_ / "f", "two", 0640, true));
        QCOMPARE(*read_file(here_ / "f"), std::string("two"));
        struct stat status {};
        QCOMPARE(::stat((here_ / "f").c_str(), &status), 0);
        QCOMPARE(status.st_mode & 07777U, 0640U);
        QCOMPARE(std::distance(fs::directory_iterator(here_), {}), 1);
    }
    void failed_write_leaves_nothing() {
        fs::create_directories(here_ / "taken/full");
        QVERIFY(!write_file_atomically(here_ / "taken", "x"));
        QCOMPARE(std::distance(fs::directory_iterator(here_), {}), 1);
    }
    void file_beyond_the_limit_is_refused() {
        QVERIFY(write_file_atomically(here_ / "big", std::string(100, 'x')));
        QVERIFY(read_file(here_ / "big", 99).error().kind == ErrorKind::corrupt);
        QVERIFY(read_file(here_ / "big", 100).has_value());
        QVERIFY(read_file(here_ / "none").error().kind == ErrorKind::not_found);
    }
    void removing_a_tree_does_not_follow_links() {
        fs::create_directories(here_ / "tree/locked/inner");
        fs::create_directories(here_ / "keep");
        std::ofstream(here_ / "keep/file") << "x";
        fs::create_directory_symlink(here_ / "keep", here_ / "tree/link");
        fs::permissions(here_ / "tree/locked", fs::perms::none);
        QVERIFY(remove_tree(here_ / "tree"));
        QVERIFY(!fs::exists(here_ / "tree"));
        QVERIFY(fs::exists(here_ / "keep/file"));
        QVERIFY(remove_tree(here_ / "tree"));
    }
    void size_agrees_with_du_and_counts_hard_links_once() {
        fs::create_directories(here_ / "t/sub");
        std::ofstream(here_ / "t/sub/a") << std::string(10000, 'a');
        fs::create_hard_link(here_ / "t/sub/a", here_ / "t/b");
        fs::create_symlink("sub/a", here_ / "t/c");
        const auto size = measure_tree(here_ / "t");
        QVERIFY(size);
        QCOMPARE(size->logical, std::uint64_t{10000 + 5});
        QCOMPARE(size->entries, std::uint64_t{4});
        QProcess du;
        du.start("du", {"-s", "--block-size=1", QString::fromStdString((here_ / "t").string())});
        QVERIFY(du.waitForFinished());
        QCOMPARE(size->allocated, du.readAllStandardOutput().split('\t').first().toULongLong());
    }
    void directories_are_made_with_their_parents() {
        QVERIFY(make_directories(here_ / "a/b/c", 0700));
        QVERIFY(make_directories(here_ / "a/b/c"));
        QVERIFY(fs::is_directory(here_ / "a/b/c"));
        std::ofstream(here_ / "file") << "x";
        QVERIFY(!make_directories(here_ / "file"));
        QVERIFY(!make_directories(here_ / "file/below"));
    }
    void temporary_tree_goes_with_its_owner_unless_kept() {
        fs::path kept;
        fs::path dropped;
        {
            TemporaryTree keep(*make_temporary_directory(here_, "k-"));
            const TemporaryTree drop(*make_temporary_directory(here_, "d-"));
            kept = keep.keep();
            dropped = drop.path();
            QVERIFY(fs::exists(dropped));
        }
        QVERIFY(fs::exists(kept));
        QVERIFY(!fs::exists(dropped));
    }
};

QTEST_APPLESS_MAIN(FileTreeTest)
#include "file_tree_test.moc"
