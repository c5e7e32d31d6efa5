// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <fstream>
#include <functional>
#include <optional>

#include <grp.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/storage/guest_image.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

constexpr std::int64_t in_2100 = 4'102'444'800;

/// Sets a variable of this process for the time of a test.
class Variable {
  public:
    Variable(const char* name, const std::string& value)
        : name_(name), before_(qgetenv(name)), had_(qEnvironmentVariableIsSet(name)) {
        qputenv(name_, QByteArray::fromStdString(value));
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() {
        if (had_)
            qputenv(name_, before_);
        else
            qunsetenv(name_);
    }

  private:
    const char* name_;
    QByteArray before_;
    bool had_;
};

/// What `job` returns in a child process, of an ordinary user when this one is root.
int as_nobody(const std::function<int()>& job) {
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)
                    ? 2
                    : job());
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

} // namespace

/// That a disk holds what a tree does, whatever this machine's administrator prefers, and why it could not be made.
class DiskLayoutTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    std::string debugfs(const fs::path& disk, const std::string& command) const {
        return run_checked({"debugfs", "-R", command, disk.string()}).value_or("");
    }
    std::string superblock(const fs::path& disk) const {
        return run_checked({"dumpe2fs", "-h", disk.string()}).value_or("");
    }

  private slots:
    void initTestCase();
    void is_ours_whatever_the_host_prefers_data();
    void is_ours_whatever_the_host_prefers();
    void keeps_attributes_larger_than_a_block();
    void a_full_host_is_told_as_such();
    void a_file_that_cannot_be_read_is_named();
    void a_limit_of_this_process_is_told();
};

void DiskLayoutTest::initTestCase() {
    fs::create_directories(path("tree/folder"));
    fs::create_symlink(std::string(3000, 'x'), path("tree/long"));
    std::ofstream(path("tree/late")) << "from the next century";
    const std::array times{timespec{in_2100, 0}, timespec{in_2100, 0}};
    QCOMPARE(::utimensat(AT_FDCWD, path("tree/late").c_str(), times.data(), 0), 0);
    std::ofstream(path("tree/marked")) << "marked";
    const std::string value(3000, 'v');
    QCOMPARE(::setxattr(path("tree/marked").c_str(), "user.large", value.data(), value.size(), 0), 0);
    std::ofstream(path("small.conf"))
        << "[defaults]\n\tbase_features = sparse_super\n\tblocksize = 1024\n"
           "\tinode_size = 128\n\tenable_periodic_fsck = 1\n[fs_types]\n"
           "\text4 = {\n\t\tfeatures = ^extent\n\t}\n\tsmall = {\n\t\tblocksize = 1024\n\t}\n";
    std::ofstream(path("broken.conf")) << "[defaults\n";
}

void DiskLayoutTest::is_ours_whatever_the_host_prefers_data() {
    QTest::addColumn<QString>("configuration");
    QTest::newRow("as it is") << QString();
    QTest::newRow("blocks of 1 KiB, inodes of 128 bytes") << "small.conf";
    QTest::newRow("damaged") << "broken.conf";
    QTest::newRow("empty") << "/dev/null";
}

void DiskLayoutTest::is_ours_whatever_the_host_prefers() {
    QFETCH(QString, configuration);
    std::optional<Variable> chosen;
    if (!configuration.isEmpty())
        chosen.emplace("MKE2FS_CONFIG", path(configuration.toStdString()));
    const Variable features("MKE2FS_FIRST_META_BG", "1");
    GuestImages images(path(std::string("disks-") + QTest::currentDataTag()));
    NoProgress progress;
    const auto disk = images.make(path("tree"), "sha256:abc", progress, {});
    VERIFY_OK(disk);
    VERIFY_OK(run_checked({"e2fsck", "-fn", disk->path.string()}));
    const QString facts = QString::fromStdString(superblock(disk->path));
    QVERIFY2(facts.contains(QRegularExpression("Block size: +4096\n")), qPrintable(facts));
    QVERIFY2(facts.contains(QRegularExpression("Inode size:\\s+256\n")), qPrintable(facts));
    const QString wanted = "ext_attr resize_inode dir_index filetype extent 64bit flex_bg ea_inode sparse_super "
                           "large_file huge_file dir_nlink extra_isize metadata_csum\n";
    QVERIFY2(facts.contains(QRegularExpression("Filesystem features: +" + wanted)), qPrintable(facts));
    QVERIFY2(facts.contains(QRegularExpression("Maximum mount count: +-1\n")), qPrintable(facts));

    const std::string link = debugfs(disk->path, "stat /long");
    QVERIFY2(link.find("Size: 3000") != std::string::npos, link.c_str());
    const std::string attributes = debugfs(disk->path, "ea_list /marked");
    QVERIFY2(attributes.find("user.large (3000)") != std::string::npos, attributes.c_str());
    const std::string late = debugfs(disk->path, "stat /late");
    QVERIFY2(QString::fromStdString(late).contains(QRegularExpression("mtime: .*2100")), late.c_str());
}

/// As an image may have them whose layers lie on XFS, Btrfs or tmpfs.
void DiskLayoutTest::keeps_attributes_larger_than_a_block() {
    fs::create_directories(path("memory"));
    const int result = in_own_namespaces(CLONE_NEWNS, [&] {
        if (::mount("none", path("memory").c_str(), "tmpfs", 0, "size=64m") != 0)
            return 2;
        fs::create_directories(path("memory/tree"));
        std::ofstream(path("memory/tree/marked")) << "marked";
        const std::string value(20'000, 'v');
        if (::setxattr(path("memory/tree/marked").c_str(), "user.huge", value.data(), value.size(), 0) != 0)
            return no_namespaces; // tmpfs has them since Linux 6.6
        NoProgress progress;
        const auto disk = GuestImages(path("memory/disks")).make(path("memory/tree"), "sha256:abc", progress, {});
        if (!disk)
            return 3;
        const bool sound = run_checked({"e2fsck", "-fn", disk->path.string()}).has_value();
        return sound && debugfs(disk->path, "ea_list /marked").find("user.huge (20000)") != std::string::npos ? 0 : 4;
    });
    if (result == no_namespaces)
        QSKIP("this machine has neither namespaces nor file systems for it");
    QCOMPARE(result, 0);
}

/// On a file system that is as small as one of a full host has room.
void DiskLayoutTest::a_full_host_is_told_as_such() {
    const std::string content(16U << 20U, 'r');
    fs::create_directories(path("large"));
    std::ofstream(path("large/data")) << content;
    fs::create_directories(path("full"));
    const Variable language("LANGUAGE", "de");
    const int result = in_own_namespaces(CLONE_NEWNS, [&] {
        if (::mount("none", path("full").c_str(), "tmpfs", 0, "size=4m") != 0)
            return 2;
        GuestImages images(path("full/disks"));
        NoProgress progress;
        const auto disk = images.make(path("large"), "sha256:abc", progress, {});
        if (disk)
            return 3;
        if (disk.error().kind != ErrorKind::no_space || disk.error().remedy.empty() ||
            disk.error().message().find(path("full").string()) == std::string::npos)
            return 4;
        return fs::is_empty(path("full/disks")) ? 0 : 5;
    });
    if (result == no_namespaces)
        QSKIP("this user cannot make namespaces");
    QCOMPARE(result, 0);
}

void DiskLayoutTest::a_file_that_cannot_be_read_is_named() {
    fs::create_directories(path("secret"));
    std::ofstream(path("secret/key")) << "nobody reads this";
    fs::permissions(path("secret/key"), fs::perms::none);
    QVERIFY(run_checked({"chmod", "a+rx", scratch_.path().toStdString()}));
    GuestImages images(path("disks-of-secrets"));
    NoProgress progress;
    VERIFY_OK(images.make(path("tree"), "sha256:fine", progress, {})); // a folder that the user below can use
    QVERIFY(run_checked({"chown", "-R", "65534:65534", path("disks-of-secrets")}));
    const int result = as_nobody([&] {
        const auto disk = images.make(path("secret"), "sha256:abc", progress, {});
        return !disk && disk.error().kind == ErrorKind::permission_denied &&
                       disk.error().message().find("\"key\"") != std::string::npos
                   ? 0
                   : 1;
    });
    QCOMPARE(result, 0);
}

void DiskLayoutTest::a_limit_of_this_process_is_told() {
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit small{8U << 20U, before.rlim_max};
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
    GuestImages images(path("disks-with-a-limit"));
    NoProgress progress;
    const auto disk = images.make(path("tree"), "sha256:abc", progress, {});
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
    QVERIFY(!disk);
    QVERIFY(disk.error().kind != ErrorKind::no_space);
    QVERIFY2(disk.error().message().find("ulimit -f") != std::string::npos, disk.error().message().c_str());
    QVERIFY(fs::is_empty(path("disks-with-a-limit")));
}

ISOLAB_TEST(DiskLayoutTest)
#include "disk_layout_test.moc"
