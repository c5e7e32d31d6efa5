// SPDX-License-Identifier: GPL-3.0-or-later
//
// A workload in a container and in an installed Debian, through the command line.
#include <algorithm>

#include "compare/report/report.h"
#include "engine/base/data_folder.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/virt/machine_image/built_debian.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

/// One boot of some 20 s of CPU time serves all that is asked.
class WholeMachineTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    static const PhaseSpan& phase(const RunResult& run, Phase wanted) {
        return run.phases.at(static_cast<std::size_t>(wanted));
    }
    static std::string row_of(const ComparisonResult& result, const std::string& key, const std::string& side) {
        const auto row = std::ranges::find(result.contract, key, &ContractEntry::key);
        return row == result.contract.end() ? "missing" : english(row->values.at(side));
    }
    QString left_since(const HostState& before) const {
        return QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before));
    }

  private slots:
    void initTestCase() {
        program_ =
            std::make_unique<Program>(programs_folder(), std::filesystem::path(scratch_.path().toStdString()) / "data");
    }

    void needs_a_machine_image() {
        const auto output = program_->run({"compare", "hello", "--sides", "container,vm-full", "--runs", "1"});
        QVERIFY(output.code != 0);
        QVERIFY2(output.err.find("isolab vm image build debian") != std::string::npos, output.err.c_str());
    }

    void runs_a_workload_in_an_installed_system() {
        const auto image = built_debian();
        VERIFY_OK(image);
        const auto place = DataFolder(program_->root()).machine_images() / image->image().name;
        VERIFY_OK(run_checked({"cp", "-a", "--reflink=auto", image->image().disk.parent_path().string(), place}));
        QCOMPARE(program_->run({"compare", "hello", "--sides", "container", "--runs", "1", "--warmup", "0"}).code, 0);
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        const auto output =
            program_->run({"compare", "hello", "--sides", "container,vm-full", "--runs", "1", "--warmup", "0",
                           "--deadline", "600", "--machine-image", image->image().name, "--format", "json"});
        QVERIFY2(output.code == 0, output.err.c_str());
        const auto parsed = parse_report(*parse_json(output.out, "output"), "output");
        VERIFY_OK(parsed);
        const ComparisonResult& result = *parsed;
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs) {
            QCOMPARE(QString::fromStdString(run.output), QString("Hello from Isolab\n"));
            QVERIFY(run.exit && run.exit->code == 0);
        }
        const auto run = std::ranges::find(result.runs, "vm-full", &RunResult::side);
        QCOMPARE(run->phases.size(), phase_count);
        Nanoseconds sum{0};
        for (std::size_t i = 0; i < phase_count; ++i) {
            const PhaseSpan& span = run->phases[i];
            QCOMPARE(span.phase, static_cast<Phase>(i));
            QVERIFY2(span.measured && span.duration.count() > 0, phase_id(span.phase).data());
            QVERIFY2(span.cpu && span.cpu->count() > 0, phase_id(span.phase).data());
            QCOMPARE(span.start, sum);
            sum += span.duration;
        }
        // A BIOS, GRUB, an initial file system and systemd: each takes longer than all of a lean machine's kernel.
        for (const Phase each : {Phase::firmware, Phase::kernel, Phase::setup})
            QVERIFY2(phase(*run, each).duration > std::chrono::milliseconds(300), phase_id(each).data());
        QVERIFY(run->disk && run->disk->shared + run->disk->unique == run->disk->allocated);
        QVERIFY(run->disk->shared > image->image().file_size / 2);
        QVERIFY(run->disk->unique > 1'000'000); // what a system writes when it starts
        QVERIFY(run->peak_memory && *run->peak_memory > 200'000'000);
        QCOMPARE(row_of(result, "kernel", "vm-full"), image->image().kernel);
        QCOMPARE(row_of(result, "firmware", "vm-full"), std::string("SeaBIOS"));
        QCOMPARE(row_of(result, "memory", "vm-full"),
                 std::string("384 MiB, the least for a whole system (asked: 256 MiB)"));
        QVERIFY(std::ranges::find(result.notices, "memory-raised", &Notice::id) != result.notices.end());
        QCOMPARE(left_since(before), QString());
    }
};

ISOLAB_TEST(WholeMachineTest)
#include "whole_machine_test.moc"
