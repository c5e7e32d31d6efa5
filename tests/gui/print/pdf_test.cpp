// SPDX-License-Identifier: GPL-3.0-or-later
//
// PDFs as others read them (poppler's tools), and isolab-print on the way from the command line.
#include <QImage>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <future>

#include <fcntl.h>

#include "compare/history/history.h"
#include "compare/report/document_json.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "gui/print/paper.h"
#include "gui/print/pdf.h"
#include "gui/print/pdf_properties.h"
#include "gui/print/printed_blocks.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/places.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace fs = std::filesystem;

namespace {

DocumentBlock text_block(DocumentBlock::Kind kind, const std::string& text, unsigned level = 2) {
    DocumentBlock block;
    block.kind = kind;
    block.text = text;
    block.level = level;
    return block;
}

Document long_table() {
    Document document{"A long table", "en", {text_block(DocumentBlock::Kind::heading, "A long table", 1)}};
    DocumentBlock block;
    block.kind = DocumentBlock::Kind::table;
    block.table.head = {{"the head"}, {"its figures", "vm-full", true}};
    for (int i = 0; i < 150; ++i)
        block.table.rows.push_back({{"row " + std::to_string(i)}, {std::to_string(i) + " ms", {}, true}});
    document.blocks.push_back(block);
    return document;
}

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

class PdfTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

    fs::path path(const char* name) const { return scratch_.path().toStdString() + "/" + name; }

    /// What a tool of poppler's says of a document's PDF.
    std::string told(const Document& document, std::vector<std::string> tool) const {
        const fs::path file = path("told.pdf");
        const auto written = write_pdf(document, QString::fromStdString(file));
        if (!written)
            return written.error().message();
        const bool prints = tool.front() == "pdftotext";
        tool.push_back(file);
        if (prints)
            tool.push_back("-");
        return run_checked(tool).value_or("the tool failed");
    }
    std::string words_of(const Document& document) const { return told(document, {"pdftotext", "-layout"}); }
    int pages_of_pdf(const Document& document) const {
        const std::string text = told(document, {"pdfinfo"});
        return std::stoi(text.substr(text.find("Pages:") + 6));
    }

    /// Runs a built program with something on its standard input.
    CommandOutput run_with_input(const std::string& program, const std::string& input) const {
        const fs::path file = path("input");
        std::ignore = write_file_atomically(file, input);
        return run_command({"sh", "-c", "exec \"$0\" < \"$1\"", program, file}).value_or(CommandOutput{-1, {}, {}});
    }

    CommandOutput report(std::vector<std::string> arguments,
                         const std::string& program = program_file("isolab")) const {
        arguments.insert(arguments.begin(), {program, "--root", path("root"), "report"});
        return run_command(arguments).value_or(CommandOutput{-1, {}, {}});
    }

    std::string id_;

  private Q_SLOTS:
    void initTestCase() {
        if (!find_program("pdftotext"))
            QSKIP("poppler-utils is not installed");
        fs::create_directory(path("root"));
        const auto history = History::open(path("root") / "history.sqlite");
        VERIFY_OK(history);
        ComparisonResult result = sample_result();
        id_ = result.id = "20260101-000000-aaaa";
        result.plan.workload.readiness = {};
        VERIFY_OK((*history)->begin(result));
        VERIFY_OK((*history)->save_runs(result));
        VERIFY_OK((*history)->save(result));
    }

    void a_report_says_all_on_a4() {
        const Document document = comparison_document(sample_result(), english_speech());
        const std::string info = told(document, {"pdfinfo"});
        for (const char* part : {"(A4)", "Isolab 0.", "Web server"})
            QVERIFY2(info.find(part) != std::string::npos, info.c_str());
        QVERIFY(pages_of_pdf(document) >= 2 && pages_of_pdf(document) <= 4);
        const std::string words = words_of(document);
        for (const DocumentBlock& block : document.blocks)
            for (const auto& row : block.table.rows)
                for (const DocumentCell& cell : row)
                    QVERIFY2(words.find(cell.text.substr(0, cell.text.find(' '))) != std::string::npos,
                             cell.text.c_str());
        QVERIFY2(words.find("Start, phase by phase") != std::string::npos, words.c_str());
        QVERIFY(words.find("firmware") != std::string::npos); // as one word, no ligature
        QVERIFY(
            QRegularExpression(QStringLiteral("\\b1 ?/ ?[2-4]\\n")).match(QString::fromStdString(words)).hasMatch());
    }
    void fonts_are_embedded_and_map_to_unicode() {
        const std::string fonts = told(comparison_document(sample_result(), chinese_speech()), {"pdffonts"});
        QVERIFY2(times(fonts, "Identity-H") > 0, fonts.c_str());
        QCOMPARE(times(fonts, "yes no  yes") + times(fonts, "yes yes yes"), times(fonts, "Identity-H"));
    }
    void chinese_is_text_too() {
        const std::string words = words_of(comparison_document(sample_result(), chinese_speech()));
        for (const char* part : {"虚拟机", "本机实测", "启动的各个阶段"})
            QVERIFY2(words.find(part) != std::string::npos, words.c_str());
    }
    void language_and_author_are_properties() {
        const auto pdf = pdf_of(comparison_document(sample_result(), chinese_speech()));
        VERIFY_OK(pdf);
        QVERIFY(pdf->contains("/Lang <FEFF007A0068002D0043004E>")); // zh-CN
        const QByteArray no_pdf = "trailer\n<<\n/Size 1\n>>\nstartxref\n0\n%%EOF\n";
        QCOMPARE(with_properties(no_pdf, QStringLiteral("a"), QStringLiteral("en")), no_pdf);
        QCOMPARE(with_properties({}, {}, {}), QByteArray());
    }
    void heads_of_tables_are_on_each_page() {
        const int pages = pages_of_pdf(long_table());
        QVERIFY(pages >= 3);
        const std::string words = words_of(long_table());
        QCOMPARE(times(words, "the head"), static_cast<std::size_t>(pages));
        for (int i = 0; i < 150; ++i)
            QVERIFY(words.find(" " + std::to_string(i) + " ms") != std::string::npos);
    }
    void an_introduction_stays_with_the_part_it_leads_to() {
        using Kind = DocumentBlock::Kind;
        const auto kept = [](std::vector<DocumentBlock> blocks) {
            std::string flags;
            for (const Piece& piece : printed_blocks({"", "en", std::move(blocks)}, make_paper_style("en")))
                flags += piece.keeps_next ? 'k' : '-';
            return flags;
        };
        const DocumentBlock words = text_block(Kind::paragraph, "words");
        QCOMPARE(kept({text_block(Kind::heading, "a", 2), words, text_block(Kind::caption, "b"),
                       text_block(Kind::heading, "c", 3), words}),
                 std::string("kkkk-"));
        QCOMPARE(kept({text_block(Kind::heading, "a", 2), words, text_block(Kind::heading, "b", 2), words}),
                 std::string("k-k-"));
        QCOMPARE(kept({words, text_block(Kind::heading, "b", 3)}), std::string("-k"));
    }
    void nothing_leaves_the_margins() {
        Document document = long_table();
        document.blocks[1].table.rows[3][0].text = std::string(3000, 'x');
        document.blocks[1].table.rows[4][0].text = std::string(30000, 'y'); // higher than a page
        document.blocks.push_back(text_block(DocumentBlock::Kind::paragraph, std::string(500, 'z')));
        document.blocks.push_back(text_block(DocumentBlock::Kind::note, std::string(9000, 'w')));
        const std::string boxes = told(document, {"pdftotext", "-bbox"});
        std::size_t words = 0;
        for (std::size_t at = boxes.find("<word "); at != std::string::npos; at = boxes.find("<word ", at + 1)) {
            const auto edge = [&](const char* name) {
                return std::stod(boxes.substr(boxes.find(name, at) + std::string_view(name).size() + 2));
            };
            constexpr double margin = 18 / 25.4 * 72;
            QVERIFY(edge("xMin") >= margin - 0.6 && edge("xMax") <= 595.3 - margin + 0.6);
            QVERIFY(edge("yMin") >= margin - 3 && edge("yMax") <= 842 - 20);
            ++words;
        }
        QVERIFY(words > 300);
        QVERIFY(times(told(document, {"pdftotext", "-raw"}), "y") >= 30000);
    }
    void texts_are_no_markup() {
        const Document document{
            "<b>bold</b>",
            "en",
            {text_block(DocumentBlock::Kind::heading, "<h1>&amp;</h1>"),
             text_block(DocumentBlock::Kind::paragraph, "<img src=\"file:///etc/passwd\"> \x1b[31m\xe2\x80\xaered")}};
        const std::string words = words_of(document);
        for (const char* part : {"<b>bold</b>", "<h1>&amp;</h1>", "<img src=\"file:///etc/passwd\">"})
            QVERIFY2(words.find(part) != std::string::npos, words.c_str());
        QVERIFY(words.find('\x1b') == std::string::npos && words.find("\xe2\x80\xae") == std::string::npos);
    }
    void pictures_are_vectors_in_the_worlds_colours() {
        const Document document = comparison_document(sample_result(), english_speech());
        QVERIFY2(told(document, {"pdfimages", "-list"}).find("image") == std::string::npos, "a picture of pixels");
        VERIFY_OK(run_checked({"pdftoppm", "-r", "60", "-png", "-f", "1", "-l", "1", path("told.pdf"), path("page")}));
        QImage page;
        for (const auto& entry : fs::directory_iterator(scratch_.path().toStdString()))
            if (entry.path().extension() == ".png")
                QVERIFY(page.load(QString::fromStdString(entry.path())));
        int container = 0;
        int vm = 0;
        for (int y = 0; y < page.height(); ++y)
            for (int x = 0; x < page.width(); ++x) {
                container += page.pixel(x, y) == qRgb(0x00, 0x72, 0xB2);
                vm += page.pixel(x, y) == qRgb(0xD5, 0x5E, 0x00);
            }
        QVERIFY2(container > 20 && vm > 20, qPrintable(QStringLiteral("%1 %2").arg(container).arg(vm)));
    }
    void any_thread_may_print() {
        const Document document = comparison_document(sample_result(), chinese_speech());
        std::vector<std::future<Result<QByteArray>>> printed;
        for (int i = 0; i < 4; ++i)
            printed.push_back(std::async(std::launch::async, [&] { return pdf_of(document); }));
        for (auto& one : printed) {
            const auto pdf = one.get();
            VERIFY_OK(pdf);
            QVERIFY(pdf->startsWith("%PDF-"));
        }
    }
    void an_empty_document_is_a_page() { QCOMPARE(pages_of_pdf({"", "en", {}}), 1); }

    void a_file_that_cannot_be_written_is_told() {
        const auto written = write_pdf(long_table(), QStringLiteral("/nonexistent/a.pdf"));
        QVERIFY(!written && written.error().message().find("/nonexistent") != std::string::npos);
    }

    void the_program_refuses_what_is_no_document() {
        for (const char* input : {"", "{", "[]", R"({"schema": "isolab.document/9"})"}) {
            const CommandOutput output = run_with_input(program_file("isolab-print"), input);
            QVERIFY2(output.code == 1 && output.out.empty(), input);
            QVERIFY2(output.err.find("isolab-print: cannot ") != std::string::npos &&
                         output.err.find("standard input") != std::string::npos,
                     output.err.c_str());
        }
        QCOMPARE(run_command({program_file("isolab-print"), "file"})->code, 2);
        const CommandOutput output = run_with_input(program_file("isolab-print"), document_json(long_table()).dump());
        QVERIFY2(output.code == 0 && output.out.starts_with("%PDF-"), output.err.c_str());
    }

    void the_command_line_writes_files_and_pipes() {
        const fs::path file = path("report.pdf");
        VERIFY_CODE(report({id_, "--format", "pdf", "--output", file}), 0);
        const auto content = read_file(file);
        QVERIFY(content && content->starts_with("%PDF-"));
        const CommandOutput piped = report({id_, "--format", "pdf", "--language", "zh"});
        QVERIFY2(piped.code == 0 && piped.out.starts_with("%PDF-") && piped.out.ends_with("%%EOF\n"),
                 piped.err.c_str());
        const CommandOutput html = report({id_, "--format", "html", "--language", "zh"});
        QVERIFY(html.code == 0 && html.out.find("<html lang=\"zh\">") != std::string::npos);
        QVERIFY(html.out.find("虚拟机") != std::string::npos);
    }
    void the_command_line_refuses_what_cannot_be() {
        const CommandOutput words = report({id_, "--format", "csv", "--language", "zh"});
        QVERIFY2(words.code == 2 && words.err.find("--language") != std::string::npos, words.err.c_str());
        VERIFY_CODE(report({id_, "--format", "pdf", "--language", "fr"}), 2);
        const CommandOutput nowhere = report({id_, "--format", "pdf", "--output", "/nonexistent/a.pdf"});
        QVERIFY2(nowhere.code != 0 && nowhere.err.find("/nonexistent/a.pdf") != std::string::npos, nowhere.err.c_str());
        const std::string line = "exec '" + program_file("isolab") + "' --root '" + path("root").string() +
                                 "' report " + id_ + " --format pdf";
        const auto terminal = run_command({"script", "-qec", line, "/dev/null"});
        VERIFY_OK(terminal);
        QVERIFY2(terminal->code == 2 && terminal->out.find("--output") != std::string::npos, terminal->out.c_str());
        QVERIFY(terminal->out.find("%PDF") == std::string::npos);
        const auto full = run_command({"sh", "-c", line + " > /dev/full"});
        QVERIFY2(full->code == 1 && full->err.find("standard output") != std::string::npos, full->err.c_str());
    }
    void without_the_program_it_says_what_is_missing() {
        const fs::path alone = path("alone");
        fs::create_directory(alone);
        fs::copy_file(program_file("isolab"), alone / "isolab");
        const CommandOutput output = report({id_, "--format", "pdf", "--output", path("none.pdf")}, alone / "isolab");
        QVERIFY2(output.code == 3 && output.err.find("isolab-print") != std::string::npos, output.err.c_str());
        QVERIFY(output.err.find("--format html") != std::string::npos);
        QVERIFY(!fs::exists(path("none.pdf")));
        VERIFY_CODE(report({id_, "--format", "html", "--output", path("one.html")}, alone / "isolab"), 0);
    }
    void a_stop_leaves_nothing() {
        const fs::path slow = path("slow");
        fs::create_directory(slow);
        fs::copy_file(program_file("isolab"), slow / "isolab");
        VERIFY_OK(write_file_atomically(slow / "isolab-print", "#!/bin/sh\n: > \"$0.begun\"\nexec sleep 300\n", 0755));
        Command command;
        command.argv = {slow / "isolab", "--root", path("root"), "report",      id_,
                        "--format",      "pdf",    "--output",   slow / "a.pdf"};
        auto child = spawn(command);
        VERIFY_OK(child);
        VERIFY_SOON(fs::exists(slow / "isolab-print.begun"));
        child->kill(SIGINT);
        const auto end = child->wait({}, patience);
        VERIFY_OK(end);
        QCOMPARE(end->code, 130);
        for (const auto& entry : fs::directory_iterator(slow))
            QVERIFY2(entry.path().filename().string().starts_with("isolab"), entry.path().c_str());
    }
    void a_program_that_fails_leaves_the_file_as_it_was() {
        const fs::path broken = path("broken");
        fs::create_directory(broken);
        fs::copy_file(program_file("isolab"), broken / "isolab");
        VERIFY_OK(write_file_atomically(broken / "isolab-print",
                                        "#!/bin/sh\necho '%PDF-half'\necho 'isolab-print: out of paper' >&2\nexit 1\n",
                                        0755));
        VERIFY_OK(write_file_atomically(path("kept.pdf"), "as it was"));
        const CommandOutput output = report({id_, "--format", "pdf", "--output", path("kept.pdf")}, broken / "isolab");
        QVERIFY2(output.code == 1 && output.err.find("out of paper") != std::string::npos, output.err.c_str());
        QCOMPARE(*read_file(path("kept.pdf")), std::string("as it was"));
    }
};

ISOLAB_GUI_TEST(PdfTest)
#include "pdf_test.moc"
