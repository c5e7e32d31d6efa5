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
    void long_operations_have_latencies();
    void memory_is_the_older_name_of_latency();
    void one_kernel_that_cannot_run_hinders_no_other();
    void leaves_no_file_data();
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
    QCOMPARE(names, (std::vector<std::string>{"compute", "float", "latency", "bandwidth", "file", "read", "write",
                                              "fsync", "syscall", "switch", "fork", "exec", "requests"}));
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
    QTest::newRow("burns what cannot be") << QStringList{"burn", "fsync"} << "'fsync'";
    QTest::newRow("burns nothing") << QStringList{"burn"} << "one kernel";
    QTest::newRow("threads") << QStringList{"burn", "compute", "--threads", "1.5"} << "'1.5'";
    QTest::newRow("threads of a measurement") << QStringList{"compute", "--threads", "2"} << "'--threads'";
    QTest::newRow("port") << QStringList{"hold", "--port", "65536"} << "'65536'";
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

void IsolabBenchTest::long_operations_have_latencies() {
    const Json document = *parse_json(run({"--seconds", "0.02"}).out, "output");
    std::vector<std::string> names;
    for (const Json& result : document["results"]) {
        if (!result.contains("latency_ns"))
            continue;
        names.push_back(result["kernel"].get<std::string>());
        const Json& latency = result["latency_ns"];
        const auto p50 = latency["p50"].get<double>();
        QVERIFY(p50 > 0 && p50 <= latency["p95"].get<double>() && latency["p95"] <= latency["p99"]);
        QVERIFY(latency["p99"] <= latency["max"]);
        // half of the operations took at least the median, and no more time than all of them
        const double least = result["operations"].get<double>() / 2 * p50 * 0.99 * 1e-9;
        QVERIFY2(least <= result["seconds"].get<double>(), result.dump().c_str());
    }
    QCOMPARE(names, (std::vector<std::string>{"fsync", "switch", "fork", "exec", "requests"}));
}

void IsolabBenchTest::memory_is_the_older_name_of_latency() {
    const Json document = *parse_json(run({"memory", "latency", "--seconds", "0.01"}).out, "output");
    QCOMPARE(document["results"][0]["kernel"].get<std::string>(), std::string("memory"));
    QCOMPARE(document["results"][0]["unit"], document["results"][1]["unit"]);
}

void IsolabBenchTest::one_kernel_that_cannot_run_hinders_no_other() {
    const CommandOutput output = run({"write", "compute", "--directory", "/nonexistent\"", "--seconds", "0.01"});
    QCOMPARE(output.code, 0);
    const Json document = *parse_json(output.out, "output");
    const auto error = document["results"][0]["error"].get<std::string>();
    QVERIFY2(error.find("/nonexistent\"") != std::string::npos, error.c_str());
    QVERIFY(!document["results"][0].contains("operations"));
    QVERIFY(document["results"][1]["operations"].get<double>() > 0);
    const CommandOutput all_failed = run({"read", "fsync", "--directory", "/nonexistent"});
    QCOMPARE(all_failed.code, 1);
    QCOMPARE((*parse_json(all_failed.out, "output"))["results"].size(), 2U);
}

void IsolabBenchTest::leaves_no_file_data() {
    QTest::addColumn<QString>("kernel");
    for (const char* kernel : {"file", "read", "write", "fsync"})
        QTest::newRow(kernel) << kernel;
}

void IsolabBenchTest::leaves_no_file() {
    QFETCH(QString, kernel);
    const QTemporaryDir scratch;
    const CommandOutput output =
        run({kernel.toStdString(), "--seconds", "0.01", "--directory", scratch.path().toStdString()});
    QCOMPARE(output.code, 0);
    QVERIFY(QDir(scratch.path()).isEmpty());
}

ISOLAB_TEST(IsolabBenchTest)
#include "isolab_bench_test.moc"
