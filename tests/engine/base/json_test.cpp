// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/json.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

class JsonTest : public QObject {
    Q_OBJECT
  private slots:
    void syntax_error_names_subject_line_and_column() {
        const auto document = parse_json("{\n  \"a\": oops\n}", "file.json");
        QVERIFY(!document);
        QVERIFY(document.error().kind == ErrorKind::corrupt);
        QVERIFY(document.error().message().find("file.json") != std::string::npos);
        QVERIFY(document.error().message().find("line 2") != std::string::npos);
    }
    void object_order_is_kept() {
        QCOMPARE(parse_json(R"({"b":1,"a":2})", "x")->dump(), std::string(R"({"b":1,"a":2})"));
    }
    void fields_are_read_with_their_types() {
        const Json object = *parse_json(R"({"s":"text","n":7,"l":["a","b"],"null":null})", "x");
        QCOMPARE(*json_string(object, "s", "x"), std::string("text"));
        QCOMPARE(**json_optional_unsigned(object, "n", "x"), std::uint64_t{7});
        QCOMPARE(json_strings(object, "l", "x")->size(), std::size_t{2});
        QVERIFY(!json_optional_string(object, "null", "x")->has_value());
        QVERIFY(json_strings(object, "none", "x")->empty());
    }
    void documents_without_measure_are_refused_quickly() {
        const auto object = [](int fields) {
            std::string text;
            for (int i = 0; i < fields; ++i)
                text += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":0";
            return "{" + text + "}";
        };
        const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
        QVERIFY(parse_json(object(1000), "x") && parse_json(nested(64), "x"));
        const std::string signs(2000, '[');
        QVERIFY(parse_json("[\"" + signs + "\", \"\\\"" + signs + "\", {\"" + signs + ":\": \":\"}]", "x"));
        std::string list = object(3);
        for (int i = 0; i < 2000; ++i)
            list += "," + object(3);
        QVERIFY(parse_json("[" + list + "]", "x"));
        for (const std::string& text : {object(1001), object(200'000), nested(65), nested(1'000'000)}) {
            const auto document = parse_json(text, "hostile");
            QVERIFY(!document && document.error().kind == ErrorKind::corrupt);
            QVERIFY(document.error().message().find("not valid JSON") == std::string::npos);
        }
    }
    void wrong_types_and_missing_fields_are_errors_that_name_the_field() {
        const Json object = *parse_json(R"({"s":1,"n":-7,"l":["a",1]})", "doc");
        for (const auto& error :
             {json_string(object, "s", "doc").error(), json_string(object, "none", "doc").error(),
              json_optional_unsigned(object, "n", "doc").error(), json_strings(object, "l", "doc").error()}) {
            QVERIFY(error.kind == ErrorKind::corrupt);
            QVERIFY(error.message().find("doc") != std::string::npos);
            QVERIFY(error.message().find("field \"") != std::string::npos);
        }
        QVERIFY(!json_string(Json::array(), "s", "doc"));
    }
};

ISOLAB_TEST(JsonTest)
#include "json_test.moc"
