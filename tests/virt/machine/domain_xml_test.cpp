// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "virt/libvirt/xml_writer.h"
#include "virt/machine/domain_xml.h"
#include "virt/machine/machine_size.h"
#include "virt/machine/running_machine.h"

using namespace isolab;
using namespace isolab::test;

namespace {

HostAbilities host(Accelerator accelerator) {
    HostAbilities abilities;
    abilities.accelerator = accelerator;
    abilities.emulator = "/usr/bin/qemu-system-x86_64";
    abilities.qboot = "/usr/share/qemu/qboot.rom";
    abilities.uefi = {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"};
    abilities.pvh_kernel = true;
    abilities.tsc_khz = 2'600'000;
    return abilities;
}

DomainSpec spec(const HostAbilities& abilities, MachineKind kind, unsigned cpus) {
    DomainSpec result;
    result.name = "isolab-1a2b3c4d-0-00c0ffee";
    result.shape = machine_shape(abilities, kind, cpus);
    result.cpus = cpus;
    result.memory_bytes = 256U << 20U;
    result.emulator = abilities.emulator;
    if (result.shape.firmware == Firmware::qboot)
        result.firmware_file = abilities.qboot;
    result.kernel = "/data/cache/vmlinux";
    result.initramfs = "/data/cache/initramfs.cpio";
    result.disks = {{"/data/machines/0-00c0ffee/disk.qcow2", "/data/disks/sha256-<&'\">.ext4", DiskFormat::raw}};
    result.console_socket = "/data/libvirt/0/s/00c0ffee.con";
    result.channel_socket = "/data/libvirt/0/s/00c0ffee.chn";
    return result;
}

DomainSpec full_spec(DiskFirmware firmware) {
    const HostAbilities abilities = host(Accelerator::tcg);
    DomainSpec result = spec(abilities, MachineKind::full, 2);
    result.shape = machine_shape(abilities, MachineKind::full, 2, firmware);
    result.memory_bytes = machine_memory({2, 256U << 20U}, result.shape.least_memory);
    if (firmware == DiskFirmware::uefi)
        result.firmware_file = abilities.uefi.code;
    result.firmware_variables = "/data/machines/0-00c0ffee/variables.fd";
    DomainDisk workload = result.disks.front();
    workload.serial = "isolab-workload";
    result.disks = {
        {"/data/machines/0-00c0ffee/system.qcow2", "/data/machine-images/debian/disk.qcow2", DiskFormat::qcow2, {}},
        workload,
        {"/data/cache/seeds/isolab-0123456789abcdef.vfat", {}, DiskFormat::raw, {}}};
    return result;
}

/// Compares with tests/golden/virt/NAME.xml, which libvirt's schema must hold to be valid.
void compare_with_golden(const std::string& name, const std::string& xml) {
    const std::string file = source_file("tests/golden/virt/") + name + ".xml";
    if (qEnvironmentVariableIsSet("ISOLAB_UPDATE_GOLDEN"))
        QVERIFY(write_file_atomically(file, xml));
    const auto golden = read_file(file);
    QVERIFY2(golden, file.c_str());
    QCOMPARE(QString::fromStdString(xml), QString::fromStdString(*golden));
    const auto valid = run_command({"virt-xml-validate", file, "domain"});
    if (!valid)
        QSKIP("libvirt's schema is not installed (package libvirt-clients)");
    QVERIFY2(valid->code == 0, (valid->out + valid->err).c_str());
}

} // namespace

class DomainXmlTest : public QObject {
    Q_OBJECT
  private slots:
    void matches_golden_file_data();
    void matches_golden_file();
    void matches_golden_file_of_whole_machines();
    void matches_golden_file_with_all_extras();
    void adds_one_piece_after_the_other();
    void chooses_shape_data();
    void chooses_shape();
    void names_the_user_of_a_server();
    void gives_whole_mebibytes();
    void gives_a_system_what_it_needs();
    void escapes_text();
};

void DomainXmlTest::matches_golden_file_data() {
    QTest::addColumn<bool>("kvm");
    QTest::addColumn<MachineKind>("kind");
    QTest::addColumn<unsigned>("cpus");
    for (const bool kvm : {false, true})
        for (const MachineKind kind : {MachineKind::lean, MachineKind::standard})
            for (const unsigned cpus : {1U, 4U})
                QTest::addRow("%s-%s-%ucpu", kvm ? "kvm" : "tcg", machine_kind_id(kind), cpus) << kvm << kind << cpus;
}

void DomainXmlTest::matches_golden_file() {
    QFETCH(bool, kvm);
    QFETCH(MachineKind, kind);
    QFETCH(unsigned, cpus);
    compare_with_golden(QTest::currentDataTag(),
                        domain_xml(spec(host(kvm ? Accelerator::kvm : Accelerator::tcg), kind, cpus)));
}

void DomainXmlTest::matches_golden_file_of_whole_machines() {
    compare_with_golden("tcg-full-bios", domain_xml(full_spec(DiskFirmware::bios)));
    compare_with_golden("tcg-full-uefi", domain_xml(full_spec(DiskFirmware::uefi)));
}

void DomainXmlTest::matches_golden_file_with_all_extras() {
    const HostAbilities abilities = host(Accelerator::tcg);
    DomainSpec all = spec(abilities, MachineKind::lean, 1);
    all.shape = machine_shape(abilities, MachineKind::lean, 1, DiskFirmware::bios, {true, true, true, true, true});
    all.firmware_file.clear();
    all.kernel = "/data/kernels/vmlinuz";
    compare_with_golden("tcg-lean-extras", domain_xml(all));
}

void DomainXmlTest::adds_one_piece_after_the_other() {
    const HostAbilities abilities = host(Accelerator::tcg);
    const auto shape = [&](const MachineExtras& extras, MachineKind kind = MachineKind::lean) {
        return machine_shape(abilities, kind, 1, DiskFirmware::bios, extras);
    };
    QVERIFY(!shape({}).acpi && shape({.acpi = true}).acpi);
    QCOMPARE(shape({.acpi = true}).machine_type, std::string("pc"));
    QCOMPARE(shape({.acpi = true, .bios = true}).firmware, Firmware::seabios);
    QVERIFY(shape({.compressed = true}).compressed && !shape({}).compressed);
    QCOMPARE(shape({.pci = true}).machine_type, std::string("q35"));
    QVERIFY(shape({.network = true}).network);
    QVERIFY(!shape({.network = true}, MachineKind::standard).network); // of lean machines only
}

void DomainXmlTest::chooses_shape_data() {
    QTest::addColumn<bool>("kvm");
    QTest::addColumn<bool>("pvh");
    QTest::addColumn<bool>("qboot");
    QTest::addColumn<MachineKind>("kind");
    QTest::addColumn<unsigned>("cpus");
    QTest::addColumn<QString>("machine");
    QTest::addColumn<QString>("firmware");
    QTest::addColumn<bool>("acpi");
    using enum MachineKind;
    QTest::newRow("lean") << false << true << true << lean << 1U << "pc"
                          << "qboot" << false;
    QTest::newRow("lean, two CPUs") << false << true << true << lean << 2U << "q35"
                                    << "qboot" << true;
    QTest::newRow("lean, no PVH entry") << false << false << true << lean << 1U << "q35"
                                        << "SeaBIOS" << true;
    QTest::newRow("lean, no qboot") << false << true << false << lean << 1U << "q35"
                                    << "SeaBIOS" << true;
    QTest::newRow("lean, KVM") << true << true << true << lean << 1U << "pc"
                               << "qboot" << true;
    QTest::newRow("standard") << false << true << true << standard << 1U << "q35"
                              << "qboot" << true;
    QTest::newRow("standard, two CPUs") << false << true << true << standard << 2U << "q35"
                                        << "qboot" << true;
    QTest::newRow("standard, no qboot") << false << true << false << standard << 2U << "q35"
                                        << "SeaBIOS" << true;
    QTest::newRow("full") << false << true << true << full << 1U << "q35"
                          << "SeaBIOS" << true;
    QTest::newRow("standard, KVM") << true << true << true << standard << 1U << "q35"
                                   << "qboot" << true;
}

void DomainXmlTest::chooses_shape() {
    QFETCH(bool, kvm);
    QFETCH(bool, pvh);
    QFETCH(bool, qboot);
    QFETCH(MachineKind, kind);
    QFETCH(unsigned, cpus);
    HostAbilities abilities = host(kvm ? Accelerator::kvm : Accelerator::tcg);
    abilities.pvh_kernel = pvh;
    if (!qboot)
        abilities.qboot.clear();
    const MachineShape shape = machine_shape(abilities, kind, cpus);
    QTEST(QString::fromStdString(shape.machine_type), "machine");
    QTEST(QString(firmware_name(shape.firmware)), "firmware");
    QTEST(shape.acpi, "acpi");
    QCOMPARE(shape.kernel_line.find("tsc_early_khz=2600000") != std::string::npos,
             !kvm && shape.boot == BootSource::kernel);
    // With qboot the guest hangs for ever when it is told so on the kernel line.
    QVERIFY(shape.kernel_line.find("acpi=off") == std::string::npos);
}

void DomainXmlTest::names_the_user_of_a_server() {
    DomainSpec described = spec(host(Accelerator::tcg), MachineKind::lean, 1);
    QVERIFY(domain_xml(described).find("seclabel") == std::string::npos);
    described.user = "+1000:+1001";
    QVERIFY(domain_xml(described).find("  <seclabel type='static' model='dac' relabel='no'>\n"
                                       "    <label>+1000:+1001</label>\n  </seclabel>\n") != std::string::npos);
}

void DomainXmlTest::gives_whole_mebibytes() {
    QCOMPARE(machine_memory({1, 256U << 20U}), std::uint64_t{256U << 20U});
    QCOMPARE(machine_memory({1, (256U << 20U) + 4096}), std::uint64_t{256U << 20U});
    QCOMPARE(machine_memory({1, (257U << 20U) - 1}), std::uint64_t{256U << 20U});
}

void DomainXmlTest::gives_a_system_what_it_needs() {
    const std::uint64_t least = full_spec(DiskFirmware::bios).shape.least_memory;
    QCOMPARE(least, std::uint64_t{384U << 20U});
    QCOMPARE(machine_memory({1, 256U << 20U}, least), least);
    QCOMPARE(machine_memory({1, 512U << 20U}, least), std::uint64_t{512U << 20U});
}

void DomainXmlTest::escapes_text() {
    XmlWriter xml;
    xml.begin("a", {{"b", "<'\">&\n\x01"}}).text("c", "]]>").end();
    QCOMPARE(QString::fromStdString(xml.document()),
             QString("<a b='&lt;&apos;&quot;&gt;&amp;&#10;\uFFFD'>\n  <c>]]&gt;</c>\n</a>\n"));
}

ISOLAB_TEST(DomainXmlTest)
#include "domain_xml_test.moc"
