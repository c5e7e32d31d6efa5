// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_values.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/file_tree.h"

using namespace isolab;

class ContainerValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void device_rules() {
        const auto rule = parse_device_rule("c 10:200 rw");
        QVERIFY(rule);
        QCOMPARE(rule->type, 'c');
        QCOMPARE(rule->major, std::optional(10U));
        QCOMPARE(rule->minor, std::optional(200U));
        QCOMPARE(device_access_text(rule->access), std::string("rw"));
        const auto any = parse_device_rule("b *:3");
        QVERIFY(any && !any->major && any->minor == 3U && any->access == device_all_access && any->allow);
        QVERIFY(parse_device_rule("a"));
        for (const char* text : {"", "x 1:2 r", "c 1 r", "c 1:2:3 r", "c 1:x r", "c 1:2 q", "c 1:2 r w", "c -1:2 r"})
            QVERIFY2(!parse_device_rule(text), text);
    }
    void device_rates() {
        for (const char* text : {"", "/dev/null", "/dev/null:1M", "/nowhere:1M", ":1"})
            QVERIFY2(!parse_device_rate(text), text);
        QCOMPARE(parse_device_rate("/dev/null:1M").error().message(),
                 std::string("cannot use device rate /dev/null:1M: /dev/null is no block device"));
    }
    void mounts() {
        QCOMPARE(parse_volume("data:/srv:ro")->read_only, true);
        QCOMPARE(parse_volume("data:/srv/")->target, std::string("/srv"));
        QCOMPARE(parse_volume("/a:/b")->kind, std::string("bind"));
        QCOMPARE(parse_volume("/b")->volume, std::string());
        for (const char* text : {"", "a:b", "x:/", "/a:/b:ro:z", "-x:/b"})
            QVERIFY2(!parse_volume(text), text);
        QCOMPARE(parse_mount("type=tmpfs,target=/x,tmpfs-size=4m")->options, std::vector<std::string>{"size=4m"});
        for (const char* text : {"type=bind,target=/x", "type=nfs,target=/x", "target=/x,what=1", "source=a"})
            QVERIFY2(!parse_mount(text), text);
    }
    void lines_of_files() {
        const QTemporaryDir folder;
        const std::string file = folder.filePath("values").toStdString();
        QVERIFY(write_file_atomically(file, "# a comment\nA=1\n\n  B=two words\r\nC\n"));
        QCOMPARE(*read_value_lines(file), (std::vector<std::string>{"A=1", "B=two words", "C"}));
        QVERIFY(!read_value_lines(file + "x"));
    }
    void limits() {
        const auto limit = parse_ulimit("nofile=1024:2048");
        QVERIFY(limit && limit->type == "RLIMIT_NOFILE" && limit->soft == 1024 && limit->hard == 2048);
        QCOMPARE(parse_ulimit("CORE=-1")->hard, ~std::uint64_t{0});
        for (const char* text : {"", "nofile", "nofile=x", "nofile=2:1", "what=1"})
            QVERIFY2(!parse_ulimit(text), text);
        QCOMPARE(*parse_cpus("1.5"), std::int64_t{150'000});
        for (const char* text : {"", "0", "-1", "two", "1.5x"})
            QVERIFY2(!parse_cpus(text), text);
    }
};

ISOLAB_TEST(ContainerValuesTest)
#include "container_values_test.moc"
