// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/host_identity.h"

#include <algorithm>

#include "engine/base/file_tree.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;

class HostIdentityTest : public QObject {
    Q_OBJECT

  private slots:
    void names_and_numbers_are_read_and_placeholders_are_not() {
        const QTemporaryDir scratch;
        const std::filesystem::path root = scratch.path().toStdString();
        const auto put = [&](const char* file, const char* text) {
            QVERIFY(make_directories((root / file).parent_path()) && write_user_file(root / file, text));
        };
        put("proc/sys/kernel/hostname", "laptop\n");
        put("etc/hostname", "laptop.example.org\n");
        put("etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
        put("proc/sys/kernel/random/boot_id", "828292ec-213a-42a8-b5df-eda2b757650b\n");
        put("sys/class/dmi/id/product_serial", "SN-99XY81 \n");
        put("sys/class/dmi/id/board_serial", "Default string\n");
        put("sys/class/dmi/id/chassis_serial", "0\n");
        put("sys/class/net/eth0/address", "52:54:00:ab:cd:ef\n");
        put("sys/class/net/lo/address", "00:00:00:00:00:00\n");
        put("sys/block/sda/device/serial", "WD-12345678\n");
        const HostIdentity identity = read_host_identity(root, "/data/../data/isolab");
        using Texts = std::vector<std::string>;
        QCOMPARE(identity.names, (Texts{"laptop", "laptop.example.org"}));
        QCOMPARE(identity.numbers, (Texts{"3d1219c7c4c5404aaa1f6d2a48adfda4", "828292ec-213a-42a8-b5df-eda2b757650b",
                                          "SN-99XY81", "52:54:00:ab:cd:ef", "WD-12345678"}));
        QCOMPARE(identity.data_folder.string(), std::string("/data/isolab"));
        QVERIFY(std::ranges::find(identity.users, "root") == identity.users.end());
    }

    void a_machine_without_any_of_it_has_none() {
        const QTemporaryDir scratch;
        const HostIdentity identity = read_host_identity(scratch.path().toStdString(), {});
        QVERIFY(identity.names.empty() && identity.numbers.empty() && identity.data_folder.empty());
    }

    void this_host_has_the_name_that_the_kernel_tells() {
        const HostIdentity identity = read_host_identity("/", {});
        QVERIFY(!host_name().empty());
        QVERIFY(std::ranges::find(identity.names, host_name()) != identity.names.end());
    }
};

ISOLAB_TEST(HostIdentityTest)
#include "host_identity_test.moc"
