// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/file_tree.h"
#include "tests/support/test_main.h"

#include <filesystem>
#include <fstream>

#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/own_namespaces.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
namespace fs = std::filesystem;

namespace {

/// Folders nested so deep that no path leads to the last one, each with a file of three bytes.
bool make_deep_tree(const fs::path& root, int depth) {
    fs::create_directories(root);
    UniqueFd here(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const std::string name(40, 'd');
    for (int level = 0; here && level < depth; ++level) {
        const UniqueFd file(::openat(here.get(), "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        if (::write(file.get(), "abc", 3) != 3 || ::mkdirat(here.get(), name.c_str(), 0700) != 0)
            return false;
        here.reset(::openat(here.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    return static_cast<bool>(here);
}

/// Allows this process fewer open descriptors for a while.
class FewDescriptors {
  public:
    explicit FewDescriptors(rlim_t most) {
        ::getrlimit(RLIMIT_NOFILE, &former_);
        const rlimit few{most, former_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &former_); }

  private:
    rlimit former_{};
};

/// A file of a lower layer on one file system, seen through an overlay whose upper layer is on another.
int remove_through_overlay(const fs::path& here) {
    const std::string base = here.string();
    for (const char* name : {"low", "up", "seen"}) {
        fs::create_directories(here / name);
        if (::mount("tmpfs", (here / name).c_str(), "tmpfs", 0, "size=1m") != 0)
            return isolab::test::no_namespaces;
    }
    for (const char* name : {"low/tree/sub", "up/upper", "up/work"})
        fs::create_directories(here / name);
    std::ofstream(here / "low/tree/sub/file") << "x";
    const std::string options =
        "userxattr,xino=off,lowerdir=" + base + "/low,upperdir=" + base + "/up/upper,workdir=" + base + "/up/work";
    if (::mount("overlay", (here / "seen").c_str(), "overlay", 0, options.c_str()) != 0)
        return isolab::test::no_namespaces;
    return remove_tree(here / "seen/tree") && !fs::exists(here / "seen/tree") ? 0 : 1;
}

} // namespace

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
    void depth_costs_no_descriptors() {
        QVERIFY(make_deep_tree(here_ / "deep", 1500));
        const FewDescriptors few(64);
        const auto size = measure_tree(here_ / "deep");
        QVERIFY2(size, size ? "" : size.error().message().substr(0, 100).c_str());
        QCOMPARE(size->logical, std::uint64_t{1500 * 3});
        QCOMPARE(size->entries, std::uint64_t{1 + 1500 * 2});
        const auto removed = remove_tree(here_ / "deep");
        QVERIFY2(removed, removed ? "" : removed.error().message().substr(0, 100).c_str());
        QVERIFY(!fs::exists(here_ / "deep"));
    }
    void removing_does_not_mind_the_devices_that_overlayfs_shows() {
        const int code = isolab::test::in_own_namespaces(CLONE_NEWNS, [this] { return remove_through_overlay(here_); });
        if (code == isolab::test::no_namespaces)
            QSKIP("this user may not mount an overlay in a user namespace");
        QCOMPARE(code, 0);
    }
    void fifos_are_refused_without_waiting() {
        QCOMPARE(::mkfifo((here_ / "fifo").c_str(), 0600), 0);
        const auto content = read_file(here_ / "fifo");
        QVERIFY(!content && content.error().kind == ErrorKind::invalid_argument);
        QVERIFY(read_file("/proc/self/status"));
    }
    void private_directories_keep_others_out() {
        QVERIFY(make_private_directory(here_ / "a/own"));
        QCOMPARE(fs::status(here_ / "a/own").permissions(), fs::perms::owner_all);
        fs::permissions(here_ / "a/own", fs::perms(0755));
        QVERIFY(make_private_directory(here_ / "a/own"));
        QCOMPARE(fs::status(here_ / "a/own").permissions(), fs::perms::owner_all);
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

ISOLAB_TEST(FileTreeTest)
#include "file_tree_test.moc"
