// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/fact.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "compare/report/report_parts.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class FactTest : public QObject {
    Q_OBJECT
    static std::string english_of(const char* id, std::vector<Fact> values) {
        return english(Fact::said(id, std::move(values)));
    }

  private slots:
    void says_its_values_in_place() {
        QCOMPARE(english_of("notice.busy_host", {"7.5", Fact::quantity(2, "count")}),
                 std::string("This host is busy: load 7.5 on 2 CPUs."));
        QCOMPARE(english_of("notice.swap", {Fact::quantity(1e9, "bytes")}), std::string("1.00 GB of swap are in use."));
        QCOMPARE(english_of("notice.tcg", {Fact::said("world.vm")}).substr(0, 20), std::string("Virtual machine: TCG"));
    }
    void what_a_value_says_is_no_place() {
        QCOMPARE(english_of("limits.none", {"50 %1 of it"}), std::string("not enforced: 50 %1 of it"));
    }
    void a_missing_value_says_nothing() {
        QCOMPARE(english_of("notice.swap", {}), std::string(" of swap are in use."));
    }
    void what_is_unknown_is_its_id() {
        QCOMPARE(english_of("notice.of_tomorrow", {}), std::string("notice.of_tomorrow"));
        QCOMPARE(english(contract_title("unheard")), std::string("unheard"));
        QCOMPARE(english(world_name("other", "LXC")), std::string("LXC"));
    }
    void short_forms() {
        QCOMPARE(english(short_form(Fact::said("storage.disk", {"writeback"}))), std::string("ext4"));
        QCOMPARE(english(short_form(Fact::said("accelerator.native"))), std::string("native"));
        QCOMPARE(english(short_form("6.1.0")), std::string("6.1.0"));
    }
    void ids_are_unique_and_all_that_are_said_are_in_the_table() {
        const std::vector<std::string> list = fact_ids();
        const std::set<std::string> ids(list.begin(), list.end());
        QCOMPARE(ids.size(), list.size());
        std::set<std::string> kinds;
        for (const std::string& id : ids)
            kinds.insert(id.substr(0, id.find('.')));
        const std::regex literal("\"([a-z_]+)\\.[a-z_]+\"");
        int seen = 0;
        for (const auto& file : std::filesystem::recursive_directory_iterator(source_file("compare"))) {
            if (file.path().extension() != ".cpp" || file.path().stem().string().ends_with("_texts"))
                continue;
            const std::string text = *read_file(file.path());
            for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it) {
                const std::string quoted = it->str();
                const std::string id = quoted.substr(1, quoted.size() - 2);
                if (!kinds.contains((*it)[1]) || id.starts_with("disk.") || id.starts_with("memory."))
                    continue;
                ++seen;
                QVERIFY2(ids.contains(id), (file.path().string() + ": " + id).c_str());
            }
        }
        QVERIFY(seen > 60);
    }
    void is_read_as_it_was_written() {
        const std::vector<Fact> facts{"6.1.0", Fact::quantity(2.5, "bytes"),
                                      Fact::said("notice.killed", {Fact::said("world.vm"), Fact::quantity(2, "count")}),
                                      Fact()};
        for (const Fact& fact : facts)
            QVERIFY(read_fact(fact_json(fact), "unused") == fact);
    }
    void a_statement_of_another_version_is_what_the_document_says() {
        const Json unknown{{"id", "notice.of_tomorrow"}, {"values", Json::array()}};
        QVERIFY(read_fact(unknown, "It will rain.") == Fact("It will rain."));
        const Notice old = read_notice({{"id", "swap"}, {"text", "1 GB of swap are in use."}, {"remedy", ""}});
        QCOMPARE(english(old.text), std::string("1 GB of swap are in use."));
        QVERIFY(old.remedy.empty());
    }
};

ISOLAB_TEST(FactTest)
#include "fact_test.moc"
