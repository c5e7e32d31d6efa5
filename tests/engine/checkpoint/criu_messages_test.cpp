// SPDX-License-Identifier: GPL-3.0-or-later
//
// Messages against the bytes that protoc makes of the same text with CRIU's rpc.proto.
#include "engine/checkpoint/criu_messages.h"
#include "engine/checkpoint/wire.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

std::string bytes(const char* hex) { return QByteArray::fromHex(hex).toStdString(); }
QByteArray hex(const std::string& text) { return QByteArray::fromStdString(text).toHex(); }

/// Of the options inside a request.
std::vector<WireField> options_in(const std::string& request, std::string& kept) {
    const auto fields = read_fields(request);
    for (const WireField& field : *fields)
        if (field.field == 2)
            kept = field.text();
    return *read_fields(kept);
}

} // namespace

class CriuMessagesTest : public QObject {
    Q_OBJECT
  private slots:
    void numbers_take_as_many_bytes_as_they_need() {
        QCOMPARE(hex(WireWriter().number(1, 0).text()), QByteArray("0800"));
        QCOMPARE(hex(WireWriter().number(1, 150).text()), QByteArray("089601"));
        QCOMPARE(hex(WireWriter().integer(1, -1).text()), QByteArray("08ffffffffffffffffff01"));
        QCOMPARE(hex(WireWriter().bytes(37, "ab").text()), QByteArray("aa02026162"));
        QCOMPARE(hex(WireWriter().bytes(2, "").text()), QByteArray("1200"));
    }
    void what_is_written_is_read() {
        const std::string text = WireWriter().integer(1, -7).number(2, ~0ULL).bytes(300, "text").flag(4, true).text();
        const auto fields = read_fields(text);
        QVERIFY(fields);
        QCOMPARE(fields->size(), std::size_t{4});
        QCOMPARE(fields->at(0).integer(), -7);
        QCOMPARE(fields->at(1).number, ~0ULL);
        QCOMPARE(fields->at(2).field, 300U);
        QCOMPARE(fields->at(2).text(), std::string("text"));
        QVERIFY(fields->at(3).flag());
    }
    void fixed_numbers_are_read() {
        const std::string text = bytes("0d01020304110100000000000080");
        const auto fields = read_fields(text);
        QVERIFY(fields);
        QCOMPARE(fields->at(0).number, 0x04030201ULL);
        QCOMPARE(fields->at(1).number, 0x8000000000000001ULL);
    }
    void what_is_no_message_is_refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("a key without its value") << QByteArray("08");
        QTest::newRow("a number without an end") << QByteArray("08ffffffffffffffffffffff01");
        QTest::newRow("bytes that are too few") << QByteArray("0a0561");
        QTest::newRow("a length beyond everything") << QByteArray("0affffffffffffffffff0161");
        QTest::newRow("a short fixed number") << QByteArray("0d0102");
        QTest::newRow("field 0") << QByteArray("0001");
        QTest::newRow("a group") << QByteArray("0b");
    }
    void what_is_no_message_is_refused() {
        QFETCH(const QByteArray, text);
        const std::string message = bytes(text.constData());
        const auto fields = read_fields(message);
        QVERIFY(!fields);
        QCOMPARE(fields.error().kind, ErrorKind::corrupt);
    }

    void a_request_as_protoc_encodes_it() {
        QCOMPARE(hex(encode_request({CriuMessageType::version, {}, {}, {}})), QByteArray("080a"));
        QCOMPARE(hex(encode_request({CriuMessageType::notify, {}, true, {}})), QByteArray("08061801"));
        QCOMPARE(hex(encode_request({CriuMessageType::features, {}, {}, CriuFeatures{true, false, true}})),
                 QByteArray("08092a06080110001801"));
    }
    void options_are_named_by_their_numbers() {
        CriuOptions options;
        options.images_fd = 7;
        options.work_fd = 8;
        options.pid = 4711;
        options.root = "/r";
        options.log_file = "l";
        options.parent_images = "../p";
        options.freezer_group = "/f";
        options.groups = CriuGroupMode::full;
        options.group_roots = {{"", "/g"}};
        options.external = {"mnt[/a]:/a", "net[1]:n"};
        options.inherited = {{"pipe:[5]", 1}};
        options.leave_running = options.tcp_established = options.external_unix_sockets = options.shell_job = true;
        options.file_locks = options.track_memory = options.orphan_terminals = options.as_sibling = true;
        std::string kept;
        QMap<unsigned, QStringList> seen;
        for (const WireField& field : options_in(encode_request({CriuMessageType::dump, options, {}, {}}), kept))
            seen[field.field] +=
                field.bytes.data() != nullptr ? QString::fromStdString(field.text()) : QString::number(field.number);
        const QMap<unsigned, QStringList> expected{{1, {"7"}},
                                                   {2, {"4711"}},
                                                   {3, {"1"}},
                                                   {4, {"1"}},
                                                   {5, {"1"}},
                                                   {7, {"1"}},
                                                   {8, {"1"}},
                                                   {9, {"4"}},
                                                   {10, {"l"}},
                                                   {13, {"/r"}},
                                                   {14, {"../p"}},
                                                   {15, {"1"}},
                                                   {17, {"8"}},
                                                   {24, {"1"}},
                                                   {25, {"\x12\x02/g"}},
                                                   {26, {"1"}},
                                                   {27, {"\x0a\x08pipe:[5]\x10\x01"}},
                                                   {34, {"4"}},
                                                   {37, {"mnt[/a]:/a", "net[1]:n"}},
                                                   {44, {"/f"}},
                                                   {50, {"1"}}};
        QCOMPARE(seen, expected);
    }
    void what_was_not_asked_for_is_not_sent() {
        std::string kept;
        QList<unsigned> seen;
        for (const WireField& field : options_in(encode_request({CriuMessageType::check, CriuOptions{}, {}, {}}), kept))
            seen += field.field;
        QCOMPARE(seen, (QList<unsigned>{1, 9, 24, 34}));
    }
    void a_response_is_read() {
        // type: RESTORE success: true restore { pid: 42 } cr_errno: 16 cr_errmsg: "busy\n"
        const auto response = decode_response(bytes("080210012202082a38104a05627573790a"));
        QVERIFY(response);
        QCOMPARE(response->type, CriuMessageType::restore);
        QVERIFY(response->success);
        QCOMPARE(response->restored_pid, 42);
        QCOMPARE(response->error_number, 16);
        QCOMPARE(response->error, std::string("busy"));
        QVERIFY(!response->notification);
    }
    void notifications_versions_and_features_are_read() {
        const auto notified = decode_response(WireWriter()
                                                  .number(1, 6)
                                                  .flag(2, true)
                                                  .bytes(5, WireWriter().bytes(1, "post-restore").integer(2, 9).text())
                                                  .text());
        QCOMPARE(notified->notification->script, std::string("post-restore"));
        QCOMPARE(notified->notification->pid, 9);
        const auto version =
            decode_response(WireWriter()
                                .number(1, 10)
                                .flag(2, true)
                                .bytes(10, WireWriter().integer(1, 3).integer(2, 17).integer(4, 1).text())
                                .text());
        QCOMPARE(version->version->text(), std::string("3.17.1"));
        QVERIFY((*version->version < CriuVersion{4, 0, 0}));
        const auto features =
            decode_response(WireWriter().number(1, 9).flag(2, true).bytes(8, WireWriter().flag(1, true).text()).text());
        QVERIFY(features->features->track_memory && !features->features->lazy_pages);
    }
    void half_a_response_is_none() {
        QVERIFY(!decode_response(""));
        QVERIFY(!decode_response(bytes("0802")));
        QVERIFY(!decode_response(bytes("0802100122020b")));
    }
    void modes_of_control_groups_have_names() {
        QCOMPARE(*criu_group_mode("strict"), CriuGroupMode::strict);
        QVERIFY(!criu_group_mode("hard"));
    }
};

ISOLAB_TEST(CriuMessagesTest)
#include "criu_messages_test.moc"
