// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/output_template.h"
#include "tests/support/test_main.h"

#include <QtTest>

#include "engine/base/json.h"

using namespace isolab;

class OutputTemplateTest : public QObject {
    Q_OBJECT
    std::vector<Json> documents_{Json{{"Name", "one"}, {"State", Json{{"Pid", 7}, {"Paused", false}}}},
                                 Json{{"Name", "number two"}, {"State", Json{{"Pid", 8}, {"Paused", true}}}}};

    QString lines(const std::string& form) const {
        const auto text = format_documents(form, documents_);
        return QString::fromStdString(text ? *text : text.error().message());
    }

  private slots:
    void fields() {
        QCOMPARE(lines("{{.Name}}: {{ .State.Pid }}"), QString("one: 7\nnumber two: 8\n"));
        QCOMPARE(lines("{{json .Name}}\\t{{.State.Paused}}"), QString("\"one\"\tfalse\n\"number two\"\ttrue\n"));
        QCOMPARE(lines("x"), QString("x\nx\n"));
        QCOMPARE(lines("{{.State}}").section('\n', 0, 0), QString("{\"Pid\":7,\"Paused\":false}"));
    }
    void tables() {
        QCOMPARE(lines("table {{.Name}}\\t{{.State.Pid}}"),
                 QString("NAME         PID\none          7\nnumber two   8\n"));
    }
    void documents() { QVERIFY(lines("json").startsWith("{\"Name\":\"one\"")); }
    void what_is_not_understood() {
        for (const char* form : {"{{.Name", "{{Name}}", "{{range .State}}", "{{.Nothing}}", "{{.State.Nothing}}"})
            QVERIFY2(lines(form).startsWith("cannot use format"), form);
    }
};

ISOLAB_TEST(OutputTemplateTest)
#include "output_template_test.moc"
