// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/external_mounts.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

constexpr const char* host = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
                             "23 22 0:5 / /dev rw - devtmpfs dev rw\n"
                             "24 22 0:21 / /proc rw - proc proc rw\n"
                             "25 22 254:1 /data /srv/my\\040data rw - ext4 /dev/vdb rw\n"
                             "26 22 0:30 / /sys/fs/cgroup/pids rw - cgroup pids rw,pids\n";

QStringList found_in(const char* container) {
    QStringList found;
    for (const ExternalMount& mount : external_mounts(parse_mountinfo(container), parse_mountinfo(host)))
        found += QString::fromStdString(mount.target + " < " + mount.source);
    return found;
}

} // namespace

class ExternalMountsTest : public QObject {
    Q_OBJECT
  private slots:
    void lines_are_read() {
        const auto entries = parse_mountinfo(host);
        QCOMPARE(entries.size(), std::size_t{5});
        QCOMPARE(entries[0].id, 22);
        QCOMPARE(entries[0].device, std::string("254:0"));
        QCOMPARE(entries[3].target, std::string("/srv/my data"));
        QCOMPARE(entries[3].root, std::string("/data"));
        QCOMPARE(entries[3].type, std::string("ext4"));
        QVERIFY(parse_mountinfo("no mount\n\n").empty());
    }
    void what_the_host_has_is_external() {
        QCOMPARE(found_in("90 80 254:0 /var/c/rootfs / rw - ext4 /dev/vda rw\n"
                          "91 90 0:50 / /proc rw - proc proc rw\n"
                          "92 91 0:50 /sys /proc/sys ro - proc proc rw\n"
                          "93 90 0:51 / /dev rw - tmpfs tmpfs rw\n"
                          "94 93 0:5 /null /dev/null ro - devtmpfs dev rw\n"
                          "95 90 254:0 /etc/hosts /etc/hosts ro - ext4 /dev/vda rw\n"
                          "96 90 0:30 /isolab/x /sys/fs/cgroup/pids ro - cgroup pids rw,pids\n"),
                 (QStringList{"/dev/null < /dev/null", "/etc/hosts < /etc/hosts",
                              "/sys/fs/cgroup/pids < /sys/fs/cgroup/pids/isolab/x"}));
    }
    void parts_of_what_the_host_shows_only_in_parts() {
        QCOMPARE(found_in("90 80 0:60 / / rw - overlay overlay rw\n"
                          "91 90 254:1 /data/a/b /mnt rw - ext4 /dev/vdb rw\n"
                          "92 90 254:1 /data /all rw - ext4 /dev/vdb rw\n"
                          "93 90 254:1 /database /other rw - ext4 /dev/vdb rw\n"),
                 (QStringList{"/mnt < /srv/my data/a/b", "/all < /srv/my data"}));
    }
};

ISOLAB_TEST(ExternalMountsTest)
#include "external_mounts_test.moc"
