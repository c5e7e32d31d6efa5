// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/patience.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/machine_image/boot_disk.h"
#include "virt/machine_image/debian_image.h"
#include "virt/machine_image/grub_boot.h"
#include "virt/machine_image/guest_files.h"
#include "virt/machine_image/image_tools.h"
#include "virt/machine_image/root_archive.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// The parts of a built image, each by the eyes of the tools that others use for it.
class BootDiskTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }

    /// A tree with all that a disk needs, GRUB's images stand-ins.
    fs::path make_tree() const {
        const fs::path tree = path("tree");
        fs::remove_all(tree);
        fs::create_directories(tree / "boot/grub/i386-pc");
        fs::create_directories(tree / "boot/grub/x86_64-efi");
        std::string boot(512, 'b');
        boot.replace(510, 2, "\x55\xAA");
        const bool written = write_file_atomically(tree / "boot/grub/i386-pc/boot.img", boot) &&
                             write_file_atomically(tree / "boot/grub/i386-pc/core.img", std::string(2000, 'c')) &&
                             write_file_atomically(tree / "boot/grub/x86_64-efi/core.efi", "MZ efi") &&
                             write_file_atomically(tree / "note", "in the root\n", 0640);
        return written ? tree : fs::path();
    }
    fs::path empty_folder(const char* name) const {
        fs::remove_all(path(name));
        fs::create_directories(path(name));
        return path(name);
    }

  private slots:
    void disk_is_what_tools_read();
    void ids_repeat_when_asked();
    void a_small_disk_is_refused();
    void boot_code_names_the_core();
    void core_names_its_rest();
    void damaged_grub_is_refused();
    void archives_stay_in_their_tree();
    void mirrors_are_found_data();
    void mirrors_are_found();
    void bad_requests_are_refused_data();
    void bad_requests_are_refused();
    void missing_tools_are_named();
    void guest_files_agree();
    void a_stopped_tool_ends_with_its_children();
};

void BootDiskTest::disk_is_what_tools_read() {
    BootDiskContent content{make_tree(), {}, DiskIdentity::make("x"), std::uint64_t{512} << 20U};
    content.owners["note"] = {0100600, 7, 8}; // as of a caller without privilege
    const auto disk = make_boot_disk(empty_folder("work"), content, {});
    VERIFY_OK(disk);
    const auto sgdisk = run_checked({"/usr/sbin/sgdisk", "--verify", disk->string()});
    VERIFY_OK(sgdisk);
    QVERIFY2(sgdisk->find("No problems found") != std::string::npos, sgdisk->c_str());

    const auto head = read_file(*disk, content.size);
    VERIFY_OK(head);
    const auto table = read_partition_table(*head, "disk");
    VERIFY_OK(table);
    QVERIFY(table->boot_code && table->efi_system);
    QCOMPARE(table->partitions.size(), 3U);
    const auto content_of = [&](const Partition& partition) {
        return head->substr(partition.first * sector_bytes, (partition.last - partition.first + 1) * sector_bytes);
    };
    QVERIFY(content_of(table->partitions[0]).starts_with("cccc"));
    VERIFY_OK(write_file_atomically(path("efi"), content_of(table->partitions[1])));
    QCOMPARE(run_checked({"mtype", "-i", path("efi").string(), "::EFI/BOOT/BOOTX64.EFI"}), std::string("MZ efi"));
    const auto efi = run_checked({"/usr/sbin/blkid", "-p", "-o", "export", path("efi").string()});
    VERIFY_OK(efi);
    QVERIFY2(efi->find("UUID=" + volume_text(content.identity.efi_volume) + "\n") != std::string::npos, efi->c_str());

    const fs::path root = path("root");
    VERIFY_OK(write_file_atomically(root, content_of(table->partitions[2])));
    VERIFY_CODE(*run_command({"/usr/sbin/e2fsck", "-f", "-n", root.string()}), 0);
    const auto note = run_checked({"/usr/sbin/debugfs", "-R", "cat /note", root.string()});
    QCOMPARE(note, std::string("in the root\n"));
    const auto owner = run_checked({"/usr/sbin/debugfs", "-R", "stat /note", root.string()});
    VERIFY_OK(owner);
    QVERIFY2(QString::fromStdString(*owner).contains(QRegularExpression("Mode: +0600")), owner->c_str());
    QVERIFY2(QString::fromStdString(*owner).contains(QRegularExpression("User: +7 +Group: +8")), owner->c_str());
    const auto facts = run_checked({"/usr/sbin/blkid", "-p", "-o", "export", root.string()});
    VERIFY_OK(facts);
    QVERIFY(facts->find("UUID=" + guid_text(content.identity.root_file_system)) != std::string::npos);
}

void BootDiskTest::ids_repeat_when_asked() {
    const auto id = [] { return guid_text(DiskIdentity::make("bookworm").root_file_system); };
    QVERIFY(id() != id());
    qputenv("SOURCE_DATE_EPOCH", "1700000000");
    const std::string first = id();
    QCOMPARE(id(), first);
    QVERIFY(guid_text(DiskIdentity::make("bookworm").disk) != first);
    QVERIFY(guid_text(DiskIdentity::make("trixie").root_file_system) != first);
    qunsetenv("SOURCE_DATE_EPOCH");
}

void BootDiskTest::a_small_disk_is_refused() {
    const BootDiskContent content{make_tree(), {}, DiskIdentity::make("x"), std::uint64_t{128} << 20U};
    const auto disk = make_boot_disk(empty_folder("work"), content, {});
    QCOMPARE(disk.error().kind, ErrorKind::invalid_argument);
    QVERIFY(disk.error().message().find("--size") != std::string::npos);
}

void BootDiskTest::boot_code_names_the_core() {
    std::string image(512, 'b');
    image.replace(510, 2, "\x55\xAA");
    const auto code = grub_boot_code(image, 0x123456);
    VERIFY_OK(code);
    QCOMPARE(code->size(), 440U);
    QCOMPARE(code->substr(0x5C, 8), std::string("\x56\x34\x12\0\0\0\0\0", 8));
    QCOMPARE(code->substr(0x66, 2), std::string("\x90\x90"));
    QCOMPARE(std::ranges::count(*code, 'b'), 430);
}

void BootDiskTest::core_names_its_rest() {
    const auto core = grub_core_sectors(std::string(1025, 'c'), 2048, 3);
    VERIFY_OK(core);
    QCOMPARE(core->size(), 1536U);
    QCOMPARE(core->substr(0x1F4, 12), std::string("\x01\x08\0\0\0\0\0\0\x02\0\x20\x08", 12));
}

void BootDiskTest::damaged_grub_is_refused() {
    QCOMPARE(grub_boot_code(std::string(512, 'b'), 1).error().kind, ErrorKind::corrupt);
    QCOMPARE(grub_boot_code("", 1).error().kind, ErrorKind::corrupt);
    QCOMPARE(grub_core_sectors(std::string(1537, 'c'), 2048, 3).error().kind, ErrorKind::corrupt);
    QCOMPARE(grub_core_sectors("", 2048, 3).error().kind, ErrorKind::corrupt);
}

void BootDiskTest::archives_stay_in_their_tree() {
    const fs::path from = empty_folder("from");
    fs::create_directories(from / "real");
    VERIFY_OK(write_file_atomically(from / "real/file", "text", 0640));
    fs::create_symlink("real", from / "link");
    fs::create_hard_link(from / "real/file", from / "hard");
    VERIFY_OK(run_checked({"tar", "-C", from.string(), "-cf", path("good.tar").string(), "."}));
    fs::remove_all(path("unpacked"));
    VERIFY_OK(unpack_root(path("good.tar"), path("unpacked"), {}));
    QCOMPARE(read_file(path("unpacked/link/file")), std::string("text"));
    QCOMPARE(fs::hard_link_count(path("unpacked/hard")), 2U);
    // A link out of the tree, and a file that would go through it.
    const fs::path evil = empty_folder("evil");
    fs::create_symlink(path("outside"), evil / "x");
    VERIFY_OK(run_checked({"tar", "-C", evil.string(), "-cf", path("evil.tar").string(), "x"}));
    fs::remove(evil / "x");
    fs::create_directories(evil / "x");
    VERIFY_OK(write_file_atomically(evil / "x/file", "text"));
    VERIFY_OK(run_checked({"tar", "-C", evil.string(), "-rf", path("evil.tar").string(), "x/file"}));
    empty_folder("outside");
    fs::remove_all(path("unpacked"));
    QVERIFY(!unpack_root(path("evil.tar"), path("unpacked"), {}) || !fs::exists(path("outside/file")));
    QVERIFY(fs::is_empty(path("outside")));
    VERIFY_OK(write_file_atomically(path("bad.tar"), std::string(2000, 'x')));
    fs::remove_all(path("unpacked"));
    QVERIFY(!unpack_root(path("bad.tar"), path("unpacked"), {}));
}

void BootDiskTest::mirrors_are_found_data() {
    QTest::addColumn<QString>("sources");
    QTest::addColumn<QString>("mirror");
    const auto row = [](const char* name, const char* sources, const char* mirror) {
        QTest::newRow(name) << QString(sources) << QString(mirror);
    };
    row("one line", "# deb http://old/debian x\ndeb [signed-by=/k] http://ftp.example/debian/ bookworm main\n",
        "http://ftp.example/debian");
    row("deb822", "Types: deb\n# http://snapshot.debian.org/archive/debian/2025\nURIs: https://m.example/debian\n",
        "https://m.example/debian");
    row("snapshot", "URIs: http://snapshot.debian.org/archive/debian/20250520T000000Z\n",
        "http://snapshot.debian.org/archive/debian/20250520T000000Z");
    row("not security", "URIs: http://deb.debian.org/debian-security\nURIs: http://deb.debian.org/debian\n",
        "http://deb.debian.org/debian");
    row("others", "deb https://packages.example/apt stable main\n", "");
    row("ubuntu", "URIs: http://archive.ubuntu.com/ubuntu/\n", "");
    row("nothing", "", "");
}

void BootDiskTest::mirrors_are_found() {
    QFETCH(QString, sources);
    QFETCH(QString, mirror);
    QCOMPARE(QString::fromStdString(mirror_in(sources.toStdString())), mirror);
    QVERIFY(!host_mirror().empty());
}

void BootDiskTest::bad_requests_are_refused_data() {
    QTest::addColumn<QString>("suite");
    QTest::addColumn<QString>("mirror");
    QTest::addColumn<qulonglong>("size");
    const qulonglong size = 1ULL << 30U;
    QTest::newRow("suite") << "../x"
                           << "" << size;
    QTest::newRow("no suite") << ""
                              << "" << size;
    QTest::newRow("option") << "bookworm"
                            << "--help" << size;
    QTest::newRow("source line") << "bookworm"
                                 << "deb http://x y z" << size;
    QTest::newRow("size") << "bookworm"
                          << "" << size + 512;
}

void BootDiskTest::bad_requests_are_refused() {
    QFETCH(QString, suite);
    QFETCH(QString, mirror);
    QFETCH(qulonglong, size);
    NoProgress progress;
    const auto store = MachineImageStore::open(path("images"));
    VERIFY_OK(store);
    const DebianRequest request{"x", suite.toStdString(), mirror.toStdString(), size};
    QCOMPARE(build_debian_image(*store, request, progress, {}).error().kind, ErrorKind::invalid_argument);
    QVERIFY(fs::is_empty(path("images")));
}

void BootDiskTest::missing_tools_are_named() {
    const auto missing = require_image_tools({qemu_img, {"isolab-no-such", "one"}, {"isolab-none", "two"}});
    QCOMPARE(missing.error().kind, ErrorKind::unavailable);
    QCOMPARE(missing.error().remedy, "Install one two");
    QVERIFY(missing.error().message().find("isolab-no-such, isolab-none") != std::string::npos);
}

/// Where units, mount and seed must name the same.
void BootDiskTest::guest_files_agree() {
    const std::vector<GuestFile> files = guest_files({"1-2", "12-34", "6.1", "Debian"});
    const auto file = [&](const std::string& name) {
        const auto found = std::ranges::find(files, name, &GuestFile::path);
        return found == files.end() ? std::string() : found->content;
    };
    QVERIFY(file("etc/fstab").starts_with("UUID=1-2 / ext4 "));
    QVERIFY(file("boot/grub/grub.cfg").find("linux /boot/vmlinuz-6.1 root=UUID=1-2 ") != std::string::npos);
    QVERIFY(file("etc/systemd/system/run-isolab-seed.mount").find("by-label/cidata\nWhere=/run/isolab/seed\n") !=
            std::string::npos);
    QCOMPARE(file("etc/systemd/system/dev-disk-by\\x2dlabel-cidata.device.wants/isolab-agent.service"),
             "../isolab-agent.service");
    QVERIFY(file("etc/systemd/system/isolab-agent.service").find("ExecStart=/run/isolab/seed/isolab-agent\n") !=
            std::string::npos);
}

void BootDiskTest::a_stopped_tool_ends_with_its_children() {
    // The grandchild holds the other end of the fifo for as long as it lives.
    const fs::path fifo = path("fifo");
    QCOMPARE(::mkfifo(fifo.c_str(), 0600), 0);
    const UniqueFd end(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    StopSource stop;
    const auto result =
        run_image_tool({"/bin/sh", "-c", "(exec 3>\"$0\"; echo started; exec sleep 1000) & wait", fifo.string()},
                       stop.token(), [&](const std::string& line) {
                           if (line == "started")
                               stop.request_stop();
                       });
    QCOMPARE(result.error().kind, ErrorKind::cancelled);
    pollfd closed{end.get(), 0, 0};
    QCOMPARE(::poll(&closed, 1, static_cast<int>(std::chrono::milliseconds(patience).count())), 1);
    QVERIFY((closed.revents & POLLHUP) != 0);
}

ISOLAB_TEST(BootDiskTest)
#include "boot_disk_test.moc"
