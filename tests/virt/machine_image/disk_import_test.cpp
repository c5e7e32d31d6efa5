// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/pipe.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/machine_image/disk_import.h"
#include "virt/machine_image/partition_table.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// With files that the real qemu-img made.
class DiskImportTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    static constexpr std::uint64_t sectors = 16384; // 8 MiB
    fs::path raw_;
    fs::path qcow2_;

    fs::path path(const std::string& name) const { return fs::path(scratch_.path().toStdString()) / name; }
    fs::path images() const { return path("images"); }
    MachineImageStore store() const { return MachineImageStore::open(images()).value(); }

    Result<MachineImage> import(const fs::path& file, const std::string& name = {}, const StopToken& stop = {}) const {
        NoProgress progress;
        return import_machine_image(store(), file, name, progress, stop);
    }
    void qemu_img_makes(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "qemu-img");
        VERIFY_OK(run_checked(arguments));
    }
    static std::string disk_content() {
        const GptBytes table = gpt_bytes(sectors, guid_of("F0112233-4455-6677-8899-AABBCCDDEEFF"),
                                         {{guid_of(efi_system_type), guid_of(linux_root_type), 2048, 4095, "esp"}});
        std::string disk(sectors * sector_bytes, '\0');
        disk.replace(0, table.head.size(), table.head);
        disk.replace(disk.size() - table.tail.size(), table.tail.size(), table.tail);
        disk.replace(2048 * sector_bytes, 1U << 20U, std::string(1U << 20U, 'x'));
        return disk;
    }
    fs::path write(const std::string& name, const std::string& content) const {
        return write_file_atomically(path(name), content) ? path(name) : fs::path();
    }
    fs::path changed_header(const std::string& name, std::size_t at, const std::string& bytes) const {
        std::string content = read_file(qcow2_).value();
        content.replace(at, bytes.size(), bytes);
        return write(name, content);
    }
    bool store_is_empty() const { return fs::is_empty(images()); }

  private slots:
    void initTestCase();
    void init() { fs::remove_all(images()); }
    void takes_both_formats_data();
    void takes_both_formats();
    void tells_what_can_boot_it();
    void refuses_data();
    void refuses();
    void refuses_what_is_in_use();
    void a_stop_leaves_nothing();
};

void DiskImportTest::initTestCase() {
    raw_ = write("server.raw", disk_content());
    qcow2_ = path("server.qcow2");
    qemu_img_makes({"convert", "-f", "raw", "-O", "qcow2", raw_.string(), qcow2_.string()});
}

void DiskImportTest::takes_both_formats_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("raw") << QString::fromStdString(raw_.string());
    QTest::newRow("qcow2") << QString::fromStdString(qcow2_.string());
    const fs::path odd = path("proto:col on.img"); // QEMU would take it for a protocol
    fs::copy_file(qcow2_, odd);
    QTest::newRow("colon") << QString::fromStdString(odd.string());
}

void DiskImportTest::takes_both_formats() {
    QFETCH(QString, file);
    const auto image = import(file.toStdString(), "mine");
    VERIFY_OK(image);
    const auto found = store().find("mine");
    VERIFY_OK(found);
    QCOMPARE(found->origin, ImageOrigin::imported);
    QCOMPARE(found->agent, GuestAgent::unknown);
    QCOMPARE(found->disk_size, sectors * sector_bytes);
    QCOMPARE(found->firmware, (BootFirmware{false, true}));
    // The same content, in a file that needs no other.
    VERIFY_OK(run_checked({"qemu-img", "compare", "-f", "raw", "-F", "qcow2", raw_.string(), found->disk.string()}));
    QCOMPARE(std::distance(fs::directory_iterator(images()), fs::directory_iterator()), 1);
}

void DiskImportTest::tells_what_can_boot_it() {
    std::string content = disk_content();
    content[0] = '\xEB';
    const auto both = import(write("both.img", content));
    VERIFY_OK(both);
    QCOMPARE(both->name, "both"); // from the file's
    QCOMPARE(both->firmware, (BootFirmware{true, true}));
    QCOMPARE(import(write("both.img", content)).error().kind, ErrorKind::already_exists);
}

void DiskImportTest::refuses_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("cause");
    const auto row = [](const char* name, const fs::path& file, ErrorKind kind, const char* cause) {
        QTest::newRow(name) << QString::fromStdString(file.string()) << static_cast<int>(kind) << QString(cause);
    };
    const std::string raw = disk_content();
    const std::string qcow2 = read_file(qcow2_).value();
    row("missing", path("none"), ErrorKind::not_found, "No such file");
    row("a folder", scratch_.path().toStdString(), ErrorKind::invalid_argument, "");
    qemu_img_makes({"create", "-q", "-f", "qcow2", "-b", qcow2_.string(), "-F", "qcow2", path("overlay").string()});
    row("backing file", path("overlay"), ErrorKind::unsupported, "backing file");
    qemu_img_makes(
        {"create", "-q", "-f", "qcow2", "-o", "data_file=" + path("data").string(), path("outside").string(), "8M"});
    row("data file", path("outside"), ErrorKind::unsupported, "data file");
    row("encrypted", changed_header("encrypted", 32, std::string("\0\0\0\x01", 4)), ErrorKind::unsupported,
        "encrypted");
    row("marked", changed_header("marked", 72, std::string("\0\0\0\0\0\0\0\x02", 8)), ErrorKind::corrupt, "damaged");
    row("version", changed_header("version", 4, std::string("\0\0\0\x09", 4)), ErrorKind::unsupported, "version 9");
    row("cut header", write("cut-header", qcow2.substr(0, 50)), ErrorKind::corrupt, "cut off");
    row("cut qcow2", write("cut-qcow2", qcow2.substr(0, qcow2.size() / 2)), ErrorKind::corrupt, "");
    row("cut end", write("cut-end", qcow2.substr(0, qcow2.size() - 65536)), ErrorKind::corrupt, "");
    row("cut raw", write("cut-raw", raw.substr(0, raw.size() / 2)), ErrorKind::corrupt, "truncated");
    row("empty", write("empty", ""), ErrorKind::corrupt, "has none");
    row("text", write("text", std::string(1U << 20U, 'a')), ErrorKind::corrupt, "has none");
    qemu_img_makes({"create", "-q", "-f", "qcow2", path("blank").string(), "8M"});
    row("blank qcow2", path("blank"), ErrorKind::corrupt, "has none");
    for (const char* format : {"vmdk", "vdi", "vhdx", "vpc", "qed"}) {
        qemu_img_makes({"convert", "-f", "raw", "-O", format, raw_.string(), path(format).string()});
        row(format, path(format), ErrorKind::unsupported, "it is a");
    }
    std::string medium = raw;
    medium.replace(32769, 5, "CD001");
    row("medium", write("medium", medium), ErrorKind::unsupported, "installation medium");
    std::string plain = raw; // partitions, but nothing to start
    plain.replace(1024, 16, std::string(16, '\0'));
    row("damaged table", write("plain", plain), ErrorKind::corrupt, "checksum");
}

void DiskImportTest::refuses() {
    QFETCH(QString, file);
    QFETCH(int, kind);
    QFETCH(QString, cause);
    const auto image = import(file.toStdString(), "refused");
    QVERIFY(!image);
    const std::string message = image.error().message();
    QVERIFY2(image.error().kind == static_cast<ErrorKind>(kind), message.c_str());
    QVERIFY2(QString::fromStdString(message).contains(cause), message.c_str());
    QVERIFY2(store_is_empty(), message.c_str());
}

void DiskImportTest::refuses_what_is_in_use() {
    // qemu-io holds the lock that a machine would.
    const auto out = Pipe::create();
    QVERIFY(out.has_value());
    const auto in = Pipe::create();
    QVERIFY(in.has_value());
    auto user = spawn(
        {{"qemu-io", "-f", "qcow2", qcow2_.string()}, std::nullopt, {{0, in->read.get()}, {1, out->write.get()}}});
    VERIFY_OK(user);
    char first = 0;
    QCOMPARE(::read(out->read.get(), &first, 1), 1); // the prompt comes when the disk is open
    const auto image = import(qcow2_, "used");
    QVERIFY(!image);
    QVERIFY2(image.error().kind == ErrorKind::unavailable, image.error().message().c_str());
    QVERIFY(store_is_empty());
}

void DiskImportTest::a_stop_leaves_nothing() {
    StopSource stop;
    stop.request_stop();
    QCOMPARE(import(qcow2_, "stopped", stop.token()).error().kind, ErrorKind::cancelled);
    QVERIFY(store_is_empty());
}

ISOLAB_TEST(DiskImportTest)
#include "disk_import_test.moc"
