// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/error.h"
#include "tests/support/test_main.h"

#include <cerrno>

#include <QtTest>

using namespace isolab;

namespace {

Result<int> half(int number) {
    if (number % 2 != 0)
        return fail(ErrorKind::invalid_argument, "halve", std::to_string(number), "it is odd", "Use an even number");
    return number / 2;
}

Result<int> quarter(int number) {
    ISOLAB_ASSIGN(const int once, half(number));
    ISOLAB_TRY(half(once));
    return half(once);
}

} // namespace

class ErrorTest : public QObject {
    Q_OBJECT
  private slots:
    void message_names_operation_subject_cause_and_remedy() {
        QCOMPARE(half(3).error().message(), std::string("cannot halve 3: it is odd. Use an even number"));
    }
    void message_without_subject_or_remedy_has_no_gaps() {
        QCOMPARE((Error{ErrorKind::system, "boot", "", "no power", ""}.message()),
                 std::string("cannot boot: no power"));
    }
    void context_moves_the_inner_error_into_the_cause() {
        const Error outer = half(3).error().within("quarter", "6");
        QCOMPARE(outer.message(), std::string("cannot quarter 6: cannot halve 3: it is odd. Use an even number"));
        QVERIFY(outer.kind == ErrorKind::invalid_argument);
    }
    void macros_pass_values_and_errors_through() {
        QCOMPARE(*quarter(8), 2);
        QCOMPARE(quarter(6).error().subject, std::string("3"));
    }
    void errno_becomes_a_kind_data() {
        QTest::addColumn<int>("number");
        QTest::addColumn<QString>("kind");
        QTest::newRow("ENOENT") << ENOENT << "not_found";
        QTest::newRow("EPERM") << EPERM << "permission_denied";
        QTest::newRow("ENOSPC") << ENOSPC << "no_space";
        QTest::newRow("ECONNREFUSED") << ECONNREFUSED << "unavailable";
        QTest::newRow("EIO") << EIO << "system";
    }
    void errno_becomes_a_kind() {
        QFETCH(int, number);
        QFETCH(QString, kind);
        const std::string_view id = error_kind_id(system_error(number, "try").kind);
        QCOMPARE(QString::fromUtf8(id.data(), static_cast<qsizetype>(id.size())), kind);
    }
    void unknown_errno_still_has_a_text() { QVERIFY(!system_error(9999, "try").cause.empty()); }
};

ISOLAB_TEST(ErrorTest)
#include "error_test.moc"
