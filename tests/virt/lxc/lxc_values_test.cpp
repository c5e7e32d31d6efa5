// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "virt/lxc/lxc_process.h"
#include "virt/lxc/lxc_xml.h"

using namespace isolab;

class LxcValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void domain_is_described();
    void group_of_a_domain_data();
    void group_of_a_domain();
};

void LxcValuesTest::domain_is_described() {
    const std::string xml = lxc_xml({"isolab-1", "/data/a & b/root", {2, 256U << 20U}});
    QCOMPARE(QString::fromStdString(xml), QStringLiteral(R"(<domain type='lxc'>
  <name>isolab-1</name>
  <memory unit='b'>268435456</memory>
  <vcpu>2</vcpu>
  <cputune>
    <period>100000</period>
    <quota>200000</quota>
  </cputune>
  <os>
    <type>exe</type>
    <init>/proc/self/fd/4</init>
  </os>
  <features>
    <privnet/>
  </features>
  <devices>
    <filesystem type='mount'>
      <source dir='/data/a &amp; b/root'/>
      <target dir='/'/>
    </filesystem>
    <console type='pty'/>
  </devices>
</domain>
)"));
    QTemporaryDir folder;
    const std::string file = folder.filePath("domain.xml").toStdString();
    QVERIFY(write_file_atomically(file, xml));
    const auto valid = run_command({"virt-xml-validate", file, "domain"});
    if (!valid)
        QSKIP("libvirt's schema is not installed (package libvirt-clients)");
    QVERIFY2(valid->code == 0, (valid->out + valid->err).c_str());
}

void LxcValuesTest::group_of_a_domain_data() {
    QTest::addColumn<bool>("v2");
    QTest::addColumn<QByteArray>("groups");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("v1") << false << QByteArray("8:pids:/\n2:cpuacct:/machine/lxc-7-x.libvirt-lxc\n1:cpu:/other\n0::/\n")
                        << QByteArray("/machine/lxc-7-x.libvirt-lxc");
    QTest::newRow("v1, mounted together") << false << QByteArray("2:cpu,cpuacct:/machine/lxc-7-x.libvirt-lxc\n")
                                          << QByteArray("/machine/lxc-7-x.libvirt-lxc");
    QTest::newRow("v2") << true << QByteArray("0::/machine/lxc-7-x.libvirt-lxc\n")
                        << QByteArray("/machine/lxc-7-x.libvirt-lxc");
    QTest::newRow("machined") << true
                              << QByteArray("0::/machine.slice/machine-lxc\\x2d7\\x2dx.scope/libvirt/emulator\n")
                              << QByteArray("/machine.slice/machine-lxc\\x2d7\\x2dx.scope");
    QTest::newRow("none of its own") << true << QByteArray("0::/\n") << QByteArray();
    QTest::newRow("nonsense") << true << QByteArray("::\n0\n\n:") << QByteArray();
}

void LxcValuesTest::group_of_a_domain() {
    QFETCH(const bool, v2);
    QFETCH(const QByteArray, groups);
    QFETCH(const QByteArray, expected);
    CgroupLayout layout;
    layout.version = v2 ? CgroupVersion::v2 : CgroupVersion::v1;
    QCOMPARE(QByteArray::fromStdString(domain_group(layout, groups.toStdString())), expected);
    layout.version = CgroupVersion::none;
    QCOMPARE(domain_group(layout, groups.toStdString()), std::string());
}

ISOLAB_TEST(LxcValuesTest)
#include "lxc_values_test.moc"
