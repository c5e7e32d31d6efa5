// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cstdlib>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "virt/machine_image/partition_table.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

/// What we write is what sfdisk and sgdisk read, and what sfdisk writes we read.
class PartitionTableTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    static constexpr std::uint64_t sectors = 204800; // 100 MiB
    std::vector<Partition> partitions_{
        {guid_of(bios_boot_type), guid_of("00112233-4455-6677-8899-AABBCCDDEEFF"), 2048, 4095, "boot"},
        {guid_of(efi_system_type), guid_of("10112233-4455-6677-8899-AABBCCDDEEFF"), 4096, 69631, "esp"},
        {guid_of(linux_root_type), guid_of("20112233-4455-6677-8899-AABBCCDDEEFF"), 69632, 202751, "root"}};

    fs::path path(const char* name) const { return fs::path(scratch_.path().toStdString()) / name; }
    fs::path write_disk() const {
        const GptBytes table = gpt_bytes(sectors, guid_of("F0112233-4455-6677-8899-AABBCCDDEEFF"), partitions_);
        std::string disk(sectors * sector_bytes, '\0');
        disk.replace(0, table.head.size(), table.head);
        disk.replace(disk.size() - table.tail.size(), table.tail.size(), table.tail);
        const fs::path file = path("disk");
        return write_file_atomically(file, disk) ? file : fs::path();
    }

  private slots:
    void sfdisk_reads_it();
    void sgdisk_finds_nothing_wrong();
    void is_read_back();
    void reads_what_sfdisk_writes_data();
    void reads_what_sfdisk_writes();
    void names_what_is_damaged_data();
    void names_what_is_damaged();
    void guids_are_turned_around();
};

void PartitionTableTest::sfdisk_reads_it() {
    const auto text = run_checked({"/usr/sbin/sfdisk", "--json", write_disk().string()});
    VERIFY_OK(text);
    const auto document = parse_json(*text, "sfdisk");
    VERIFY_OK(document);
    const Json& table = (*document)["partitiontable"];
    QCOMPARE(table["label"].get<std::string>(), "gpt");
    QCOMPARE(table["id"].get<std::string>(), "F0112233-4455-6677-8899-AABBCCDDEEFF");
    QCOMPARE(table["firstlba"].get<std::uint64_t>(), 34U);
    QCOMPARE(table["lastlba"].get<std::uint64_t>(), sectors - 34);
    QCOMPARE(table["partitions"].size(), partitions_.size());
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
        const Json& entry = table["partitions"][i];
        QCOMPARE(entry["start"].get<std::uint64_t>(), partitions_[i].first);
        QCOMPARE(entry["size"].get<std::uint64_t>(), partitions_[i].last - partitions_[i].first + 1);
        QCOMPARE(guid_of(entry["type"].get<std::string>()), partitions_[i].type);
        QCOMPARE(guid_of(entry["uuid"].get<std::string>()), partitions_[i].id);
        QCOMPARE(entry["name"].get<std::string>(), partitions_[i].name);
    }
}

void PartitionTableTest::sgdisk_finds_nothing_wrong() {
    const auto text = run_checked({"/usr/sbin/sgdisk", "--verify", write_disk().string()});
    VERIFY_OK(text);
    QVERIFY2(text->find("No problems found") != std::string::npos, text->c_str());
}

void PartitionTableTest::is_read_back() {
    const GptBytes bytes = gpt_bytes(sectors, {}, partitions_);
    QCOMPARE(bytes.head.size(), table_sectors * sector_bytes);
    QCOMPARE(bytes.tail.size(), (table_sectors - 1) * sector_bytes);
    const auto table = read_partition_table(bytes.head, "disk");
    VERIFY_OK(table);
    QVERIFY(!table->boot_code);
    QVERIFY(table->efi_system);
    QCOMPARE(table->end, sectors);
    QCOMPARE(table->partitions.size(), partitions_.size());
    QCOMPARE(table->partitions.back().type, guid_of(linux_root_type));
    QCOMPARE(table->partitions.back().last, partitions_.back().last);
    std::string with_code = bytes.head;
    with_code[0] = '\xEB';
    QVERIFY(read_partition_table(with_code, "disk")->boot_code);
}

void PartitionTableTest::reads_what_sfdisk_writes_data() {
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<bool>("efi");
    QTest::addColumn<quint64>("end");
    QTest::newRow("gpt") << QByteArray("label: gpt\nsize=8M, type=U\nsize=8M, type=L\n") << true << quint64(sectors);
    QTest::newRow("mbr") << QByteArray("label: dos\nsize=8M, type=83, bootable\n") << false << quint64(2048 + 16384);
    QTest::newRow("mbr for UEFI") << QByteArray("label: dos\nsize=8M, type=ef\n") << true << quint64(2048 + 16384);
}

void PartitionTableTest::reads_what_sfdisk_writes() {
    QFETCH(QByteArray, script);
    const fs::path disk = path("foreign");
    VERIFY_OK(write_file_atomically(disk, std::string(sectors * sector_bytes, '\0')));
    VERIFY_OK(write_file_atomically(path("script"), script.toStdString()));
    VERIFY_OK(run_checked(
        {"sh", "-c", "exec /usr/sbin/sfdisk -q \"$1\" < \"$2\"", "sh", disk.string(), path("script").string()}));
    const auto content = read_file(disk, sectors * sector_bytes);
    VERIFY_OK(content);
    const auto table = read_partition_table(*content, "disk");
    VERIFY_OK(table);
    QTEST(table->efi_system, "efi");
    QTEST(quint64(table->end), "end");
}

void PartitionTableTest::names_what_is_damaged_data() {
    QTest::addColumn<int>("at");
    QTest::addColumn<QString>("cause");
    QTest::newRow("signature") << 510 << QString("it has none");
    QTest::newRow("header") << 512 + 40 << QString("checksum of the GPT is wrong");
    QTest::newRow("entries") << 1024 + 33 << QString("checksum of the GPT's partitions");
}

void PartitionTableTest::names_what_is_damaged() {
    QFETCH(int, at);
    QFETCH(QString, cause);
    std::string head = gpt_bytes(sectors, {}, partitions_).head;
    head[static_cast<std::size_t>(at)] ^= 1;
    const auto table = read_partition_table(head, "the disk");
    QVERIFY(!table);
    QCOMPARE(table.error().kind, ErrorKind::corrupt);
    QVERIFY2(QString::fromStdString(table.error().message()).contains(cause), table.error().message().c_str());
    QVERIFY(!read_partition_table(std::string_view(head).substr(0, 1000), "the disk"));
}

void PartitionTableTest::guids_are_turned_around() {
    const Guid guid = guid_of("C12A7328-F81F-11D2-BA4B-00A0C93EC93B");
    QCOMPARE(guid[0], 0x28);
    QCOMPARE(guid[15], 0x3B);
    QCOMPARE(guid_text(guid), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    QCOMPARE(guid_of("C12A7328"), Guid{});
}

ISOLAB_TEST(PartitionTableTest)
#include "partition_table_test.moc"
