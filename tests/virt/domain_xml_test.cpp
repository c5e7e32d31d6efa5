// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "virt/domain_xml.h"
#include "virt/machine.h"
#include "virt/xml_writer.h"

using namespace isolab;

namespace {

HostAbilities host(Accelerator accelerator) {
    HostAbilities abilities;
    abilities.accelerator = accelerator;
    abilities.emulator = "/usr/bin/qemu-system-x86_64";
    abilities.qboot = "/usr/share/qemu/qboot.rom";
    abilities.pvh_kernel = true;
    abilities.tsc_khz = 2'600'000;
    return abilities;
}

DomainSpec spec(const HostAbilities& abilities, unsigned cpus) {
    DomainSpec result;
    result.name = "isolab-1a2b3c4d-0-00c0ffee";
    result.profile = choose_profile(abilities, cpus);
    result.cpus = cpus;
    result.memory_bytes = 256U << 20U;
    result.emulator = abilities.emulator;
    if (result.profile.firmware == Firmware::qboot)
        result.firmware_file = abilities.qboot;
    result.kernel = "/data/cache/vmlinux";
    result.initramfs = "/data/cache/initramfs.cpio";
    result.base_disk = "/data/disks/sha256-<&'\">.ext4";
    result.overlay = "/data/machines/0-00c0ffee/disk.qcow2";
    result.console_socket = "/data/libvirt/0/s/00c0ffee.con";
    result.channel_socket = "/data/libvirt/0/s/00c0ffee.chn";
    return result;
}

} // namespace

class DomainXmlTest : public QObject {
    Q_OBJECT
  private slots:
    void matches_golden_file_data();
    void matches_golden_file();
    void chooses_profile_data();
    void chooses_profile();
    void names_the_user_of_a_server();
    void gives_whole_mebibytes();
    void escapes_text();
};

void DomainXmlTest::matches_golden_file_data() {
    QTest::addColumn<bool>("kvm");
    QTest::addColumn<unsigned>("cpus");
    QTest::newRow("tcg-1cpu") << false << 1U;
    QTest::newRow("tcg-2cpu") << false << 2U;
    QTest::newRow("kvm-1cpu") << true << 1U;
    QTest::newRow("kvm-4cpu") << true << 4U;
}

/// The golden files were accepted by libvirt's own schema (virt-xml-validate).
void DomainXmlTest::matches_golden_file() {
    QFETCH(bool, kvm);
    QFETCH(unsigned, cpus);
    const std::string file = std::string(ISOLAB_SOURCE_DIR) + "/tests/golden/virt/" + QTest::currentDataTag() + ".xml";
    const std::string xml = domain_xml(spec(host(kvm ? Accelerator::kvm : Accelerator::tcg), cpus));
    if (qEnvironmentVariableIsSet("ISOLAB_UPDATE_GOLDEN"))
        QVERIFY(write_file_atomically(file, xml));
    const auto golden = read_file(file);
    QVERIFY2(golden, file.c_str());
    QCOMPARE(QString::fromStdString(xml), QString::fromStdString(*golden));
}

void DomainXmlTest::chooses_profile_data() {
    QTest::addColumn<bool>("kvm");
    QTest::addColumn<bool>("pvh");
    QTest::addColumn<bool>("qboot");
    QTest::addColumn<unsigned>("cpus");
    QTest::addColumn<QString>("firmware");
    QTest::addColumn<bool>("acpi");
    QTest::newRow("lean") << false << true << true << 1U << "qboot" << false;
    QTest::newRow("two CPUs") << false << true << true << 2U << "SeaBIOS" << true;
    QTest::newRow("no PVH entry") << false << false << true << 1U << "SeaBIOS" << true;
    QTest::newRow("no qboot") << false << true << false << 1U << "SeaBIOS" << true;
    QTest::newRow("KVM") << true << true << true << 1U << "qboot" << true;
}

void DomainXmlTest::chooses_profile() {
    QFETCH(bool, kvm);
    QFETCH(bool, pvh);
    QFETCH(bool, qboot);
    QFETCH(unsigned, cpus);
    HostAbilities abilities = host(kvm ? Accelerator::kvm : Accelerator::tcg);
    abilities.pvh_kernel = pvh;
    if (!qboot)
        abilities.qboot.clear();
    const MachineProfile profile = choose_profile(abilities, cpus);
    QTEST(QString(firmware_name(profile.firmware)), "firmware");
    QTEST(profile.acpi, "acpi");
    QCOMPARE(profile.kernel_line.find("tsc_early_khz=2600000") != std::string::npos, !kvm);
    // With qboot the guest hangs for ever when it is told so on the kernel line.
    QVERIFY(profile.kernel_line.find("acpi=off") == std::string::npos);
}

void DomainXmlTest::names_the_user_of_a_server() {
    DomainSpec described = spec(host(Accelerator::tcg), 1);
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

void DomainXmlTest::escapes_text() {
    XmlWriter xml;
    xml.begin("a", {{"b", "<'\">&\n\x01"}}).text("c", "]]>").end();
    QCOMPARE(QString::fromStdString(xml.document()),
             QString("<a b='&lt;&apos;&quot;&gt;&amp;&#10;\uFFFD'>\n  <c>]]&gt;</c>\n</a>\n"));
}

QTEST_GUILESS_MAIN(DomainXmlTest)
#include "domain_xml_test.moc"
