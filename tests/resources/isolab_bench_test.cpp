// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"

using namespace isolab;
using namespace isolab::test;

namespace {

const std::string bench = program_file("isolab-bench");

CommandOutput run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), bench);
    return run_command(arguments).value_or(CommandOutput{-1, {}, {}});
}

} // namespace

class IsolabBenchTest : public QObject {
    Q_OBJECT
  private slots:
    void every_kernel_does_work();
    void kernels_can_be_chosen();
    void time_is_kept();
    void bad_arguments_are_explained_data();
    void bad_arguments_are_explained();
    void unwritable_directory_fails();
    void leaves_no_file();
};

void IsolabBenchTest::every_kernel_does_work() {
    const CommandOutput output = run({"--seconds", "0.02"});
    QCOMPARE(output.code, 0);
    const Json document = *parse_json(output.out, "output");
    QCOMPARE(document["schema"].get<std::string>(), std::string("isolab.bench/1"));
    std::vector<std::string> names;
    for (const Json& result : document["results"]) {
        names.push_back(result["kernel"].get<std::string>());
        const auto operations = result["operations"].get<double>();
        QVERIFY(operations > 0);
        QVERIFY(std::abs(result["ops_per_second"].get<double>() * result["seconds"].get<double>() / operations - 1) <
                0.01);
    }
    QCOMPARE(names, (std::vector<std::string>{"compute", "memory", "file", "syscall", "fork"}));
}

void IsolabBenchTest::kernels_can_be_chosen() {
    const Json document = *parse_json(run({"fork", "compute", "--seconds", "0.01"}).out, "output");
    QCOMPARE(document["results"].size(), 2U);
    QCOMPARE(document["results"][0]["kernel"].get<std::string>(), std::string("fork"));
}

void IsolabBenchTest::time_is_kept() {
    const Json document = *parse_json(run({"syscall", "--seconds", "1.5"}).out, "output");
    const auto seconds = document["results"][0]["seconds"].get<double>();
    QVERIFY(seconds >= 1.5); // more than without the option
    QVERIFY(seconds < 60);
}

void IsolabBenchTest::bad_arguments_are_explained_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("named");
    QTest::newRow("kernel") << QStringList{"dance"} << "'dance'";
    QTest::newRow("option") << QStringList{"--dance"} << "'--dance'";
    QTest::newRow("no seconds") << QStringList{"--seconds"} << "--seconds";
    QTest::newRow("seconds") << QStringList{"--seconds", "1x"} << "'1x'";
    QTest::newRow("zero") << QStringList{"--seconds", "0"} << "'0'";
    QTest::newRow("nan") << QStringList{"--seconds", "nan"} << "'nan'";
    QTest::newRow("no directory") << QStringList{"file", "--directory"} << "--directory";
}

void IsolabBenchTest::bad_arguments_are_explained() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, named);
    std::vector<std::string> words;
    for (const QString& argument : arguments)
        words.push_back(argument.toStdString());
    const CommandOutput output = run(words);
    QCOMPARE(output.code, 2);
    QCOMPARE(output.out, std::string());
    QVERIFY2(QString::fromStdString(output.err).contains(named), output.err.c_str());
    QCOMPARE(std::count(output.err.begin(), output.err.end(), '\n'), 1);
}

void IsolabBenchTest::unwritable_directory_fails() {
    const CommandOutput output = run({"file", "--directory", "/nonexistent"});
    QCOMPARE(output.code, 1);
    QVERIFY2(output.err.find("/nonexistent") != std::string::npos, output.err.c_str());
}

void IsolabBenchTest::leaves_no_file() {
    const QTemporaryDir scratch;
    const CommandOutput output = run({"file", "--seconds", "0.01", "--directory", scratch.path().toStdString()});
    QCOMPARE(output.code, 0);
    QVERIFY(QDir(scratch.path()).isEmpty());
}

ISOLAB_TEST(IsolabBenchTest)
#include "isolab_bench_test.moc"
