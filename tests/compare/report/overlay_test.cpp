// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several comparisons in one picture.
#include "compare/report/overlay.h"

#include <algorithm>

#include "engine/base/json.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

OverlaidResult made_on(const std::string& origin, const std::string& date, int vm_ready,
                       const std::string& kernel = "6.1.0") {
    ComparisonResult result;
    result.id = "20261130-" + date;
    result.plan.workload.id = "http";
    result.plan.sides = {"container", "vm"};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"}, {.side = "vm", .title = "Virtual machine"}};
    for (unsigned index = 0; index < 8; ++index)
        for (const auto& [side, ready] : {std::pair{"container", 10}, {"vm", vm_ready}}) {
            RunResult run;
            run.side = side;
            run.index = index;
            run.ready = std::chrono::milliseconds(ready) + std::chrono::microseconds(100 * index);
            result.runs.push_back(run);
        }
    result.environment = share({{"kernel", kernel}});
    summarise_comparison(result);
    return {std::make_shared<const ComparisonResult>(result), date, origin};
}

const DocumentBlock* first_of(const Document& document, DocumentBlock::Kind kind) {
    const auto found = std::ranges::find(document.blocks, kind, &DocumentBlock::kind);
    return found == document.blocks.end() ? nullptr : &*found;
}

std::vector<std::string> texts_of(const Drawing& drawing) {
    std::vector<std::string> texts;
    for (const Shape& shape : drawing.shapes)
        if (shape.kind == Shape::Kind::text)
            texts.push_back(shape.text);
    return texts;
}

std::string all_text(const Document& document) {
    std::string text;
    for (const DocumentBlock& block : document.blocks) {
        text += block.text + "\n";
        for (const auto& row : block.table.rows)
            for (const DocumentCell& cell : row)
                text += cell.text + "|";
    }
    return text;
}

} // namespace

class OverlayTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void dates_tell_results_of_one_machine_apart();
    void origins_tell_machines_apart();
    void each_result_has_a_lane_in_each_world();
    void two_results_are_told_how_they_differ();
    void a_figure_that_nobody_has_is_told();
    void origins_of_other_machines_are_plain_text();
};

void OverlayTest::dates_tell_results_of_one_machine_apart() {
    const auto labels = overlay_labels({made_on("", "10:00", 1000), made_on("", "11:00", 1000)}, english_speech());
    QCOMPARE(labels, (std::vector<std::string>{"10:00", "11:00"}));
}

void OverlayTest::origins_tell_machines_apart() {
    const auto labels = overlay_labels(
        {made_on("", "10:00", 1000), made_on("lab", "11:00", 1000), made_on("lab", "12:00", 1)}, english_speech());
    QCOMPARE(labels, (std::vector<std::string>{"this machine", "lab · 11:00", "lab · 12:00"}));
}

void OverlayTest::each_result_has_a_lane_in_each_world() {
    const std::vector<OverlaidResult> results{made_on("", "10:00", 1000), made_on("", "11:00", 2000),
                                              made_on("", "12:00", 3000)};
    QCOMPARE(overlay_figures(results).front(), std::string("ready"));
    const Document document = overlay_document(results, "ready", english_speech());
    QCOMPARE(document.blocks.size(), std::size_t{1}); // three are not compared in pairs
    const DocumentBlock* figure = first_of(document, DocumentBlock::Kind::figure);
    QVERIFY(figure != nullptr);
    const auto texts = texts_of(figure->figure);
    QCOMPARE(std::ranges::count(texts, "Container"), 3);
    QCOMPARE(std::ranges::count(texts, "Virtual machine"), 3);
    QCOMPARE(std::ranges::count(texts, "11:00"), 2);
    const auto last_container = std::ranges::find(texts.rbegin(), texts.rend(), "Container").base();
    QVERIFY(std::ranges::find(texts, "Virtual machine") >= last_container); // a world's lanes stand together
}

void OverlayTest::two_results_are_told_how_they_differ() {
    const std::vector<OverlaidResult> results{made_on("", "10:00", 1000), made_on("lab", "11:00", 2000, "6.18.5")};
    const Document document = overlay_document(results, "ready", english_speech());
    const std::string text = all_text(document);
    QVERIFY2(text.find("kernel|\"6.1.0\"|\"6.18.5\"|") != std::string::npos, text.c_str());
    QVERIFY2(text.find("2.00×") != std::string::npos, text.c_str());
    QVERIFY2(text.find("~") != std::string::npos, text.c_str()); // the containers
    QVERIFY(text.find("How the machines differ") < text.find("Figures, B over A"));
    const std::string same =
        all_text(overlay_document({results[0], made_on("", "11:00", 1000)}, "ready", english_speech()));
    QVERIFY2(same.find("The same was asked for") != std::string::npos, same.c_str());
}

void OverlayTest::a_figure_that_nobody_has_is_told() {
    const Document document = overlay_document({made_on("", "10:00", 1), made_on("", "11:00", 1), made_on("", "1", 1)},
                                               "memory", english_speech());
    QVERIFY(first_of(document, DocumentBlock::Kind::figure) == nullptr);
    QVERIFY(first_of(document, DocumentBlock::Kind::paragraph) != nullptr);
}

void OverlayTest::origins_of_other_machines_are_plain_text() {
    const auto labels =
        overlay_labels({made_on("a\nb\x1b[31m", "10:00", 1000), made_on("", "11:00", 1000)}, english_speech());
    QVERIFY(labels[0].find('\n') == std::string::npos && labels[0].find('\x1b') == std::string::npos);
}

ISOLAB_TEST(OverlayTest)
#include "overlay_test.moc"
