// SPDX-License-Identifier: GPL-3.0-or-later
//
// A workload deployed in both real worlds.
#include "compare/adapters/container_backend.h"
#include "compare/adapters/lxc_backend.h"
#include "compare/adapters/vm_backend.h"
#include "compare/run/runner.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <csignal>
#include <set>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/compare/adapters/world_probe.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/support/layout_builder.h"
#include "tests/support/places.h"
#include "tests/support/verify.h"
#include "tests/virt/vm_fixture.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class DeploymentTest : public QObject {
    Q_OBJECT
    TestRoot root_;
    TemporaryTree scratch_{*make_temporary_directory("/tmp", "isolab-deployment-")};
    Bundle bundle_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Hypervisor> hypervisor_;
    std::vector<std::unique_ptr<Backend>> backends_;
    NoProgress progress_;

    /// An image of busybox whose file /version has that text, under that name.
    Image import(const std::string& version, const std::string& name, const Json& config = Json::object()) {
        const auto tar = scratch_.path() / "root.tar";
        const auto layout = scratch_.path() / ("layout-" + version);
        const bool written =
            write_file_atomically(bundle_.rootfs() / "version", version + "\n").has_value() &&
            run_checked({"tar", "-C", bundle_.rootfs().string(), "-cf", tar.string(), "."}).has_value();
        const std::string layer = written ? read_file(tar).value_or("") : "";
        const LayoutBuilder builder(layout);
        Json whole = *parse_json(builder.config({layer}), "configuration");
        whole["config"]["User"] = "0";
        whole["config"].update(config);
        const std::string media = "application/vnd.oci.image.";
        const Json manifest{{"schemaVersion", 2},
                            {"mediaType", media + "manifest.v1+json"},
                            {"config", builder.blob(media + "config.v1+json", whole.dump())},
                            {"layers", Json::array({builder.blob(media + "layer.v1.tar", layer)})}};
        builder.index(Json::array({builder.blob(media + "manifest.v1+json", manifest.dump())}));
        auto image = engine_->images().import(layout, name, progress_, {});
        if (!image)
            qFatal("%s", image.error().message().c_str());
        return *image;
    }

    static Workload workload(const std::string& image, const std::string& script) {
        Workload result;
        result.id = "test";
        result.image = image;
        result.command = {"sh", "-c", script};
        result.deadline = patience;
        return result;
    }

    static std::string value_of(const std::vector<ContractRow>& rows, const std::string& key) {
        const auto row = std::ranges::find(rows, key, &ContractRow::key);
        return row == rows.end() ? "missing" : english(row->value);
    }

    /// A service of an image with STOPSIGNAL SIGUSR1, once in each world.
    ComparisonResult serve(const std::string& script) {
        import("signalled", "signalled:latest", {{ "StopSignal", "SIGUSR1" }});
        ComparisonPlan plan;
        plan.workload = workload("signalled:latest", script + "; echo up; while :; do sleep 0.05; done");
        plan.workload.readiness = *Readiness::parse("log:^up");
        plan.workload.duration = std::chrono::milliseconds(10);
        plan.runs = 1;
        plan.warmup = 0;
        RunnerObserver nobody;
        auto result = Runner({backends_[0].get(), backends_[1].get()}, nullptr).run(plan, nobody, {});
        return result ? std::move(*result) : ComparisonResult{};
    }

    static bool is_killed(const RunResult& run) { return std::ranges::find(run.marks, killed_mark) != run.marks.end(); }

  private slots:
    void initTestCase() {
        auto engine = Engine::open({root_.path(), launcher_path(), std::nullopt});
        VERIFY_OK(engine);
        engine_ = std::move(*engine);
        auto hypervisor = Hypervisor::open(root_.options(MachineKind::lean), {});
        VERIFY_OK(hypervisor);
        hypervisor_ = std::move(*hypervisor);
        backends_.push_back(std::make_unique<ContainerBackend>(*engine_));
        backends_.push_back(std::make_unique<VmBackend>(
            *engine_, [this](const StopToken&) -> Result<Hypervisor*> { return hypervisor_.get(); },
            DataFolder(root_.path())));
    }

    void starts_what_was_deployed_though_its_image_is_gone() {
        const Image first = import("first", "moving:latest");
        const std::string digest = first.digest.text();
        std::vector<std::unique_ptr<PreparedWorkload>> deployments;
        for (const auto& backend : backends_) {
            auto deployed = backend->deploy(workload("moving:latest", "cat /version"), progress_, {});
            VERIFY_OK(deployed);
            deployments.push_back(std::move(*deployed));
        }
        import("second", "moving:latest"); // the name goes to another image, and then nobody has it
        VERIFY_OK(engine_->images().remove("moving:latest"));
        VERIFY_OK(engine_->layers().remove_unused({}));
        for (const auto& deployment : deployments) {
            RecordingObserver observer;
            auto instance = deployment->start(observer, {});
            VERIFY_OK(instance);
            const auto exit = (*instance)->wait({}, patience);
            VERIFY_OK(exit);
            QCOMPARE(exit->status.code, 0);
            QCOMPARE(observer.output(OutputStream::out), std::string("first\n"));
            QCOMPARE(value_of(deployment->contract(), "image"), "moving:latest " + digest);
        }
    }

    /// Whatever the image has in their place: links that lead nowhere, as many images have them, or nothing at all.
    void both_worlds_show_their_names_data() {
        QTest::addColumn<QString>("make");
        QTest::newRow("links that lead nowhere") << "mkdir -p etc; ln -sf ../run/network/hosts etc/hosts; "
                                                    "ln -sf /run/hostname etc/hostname";
        QTest::newRow("no etc") << "rm -rf etc";
        QTest::newRow("a pipe, a link to the kernel") << "mkdir -p etc; mkfifo etc/hosts; "
                                                         "ln -sf /proc/sys/kernel/domainname etc/hostname";
    }
    void both_worlds_show_their_names() {
        QFETCH(QString, make);
        const QString name = QString("names-%1").arg(QString(QTest::currentDataTag()).length());
        VERIFY_OK(run_checked({"sh", "-ec", "cd " + bundle_.rootfs().string() + "; " + make.toStdString()}));
        import(name.toStdString(), name.toStdString() + ":latest");
        QString seen;
        for (const auto& backend : backends_) {
            const auto deployed = backend->deploy(
                workload(name.toStdString() + ":latest", "cat /etc/hosts /etc/hostname; busybox hostname; busybox find "
                                                         "/run -type f -size +0 | busybox sort"),
                progress_, {});
            VERIFY_OK(deployed);
            RecordingObserver observer;
            auto instance = (*deployed)->start(observer, {});
            VERIFY_OK(instance);
            VERIFY_OK((*instance)->wait({}, patience));
            seen += QString::fromStdString(observer.output(OutputStream::out));
        }
        const QString names = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                              "127.0.1.1\tisolab\nisolab\nisolab\n";
        const QString links = make.contains("/run/") ? "/run/hostname\n/run/network/hosts\n" : "";
        QCOMPARE(seen, names + links + names + links);
    }

    void both_worlds_keep_another_user_from_the_same() {
        import("kept", "kept:latest");
        Workload probe = workload("kept:latest", "busybox grep -E 'Cap|NoNewPrivs|Groups|Uid|Gid' /proc/self/status; "
                                                 "cat /proc/self/limits; umask; pwd; readlink /proc/self/fd/0");
        probe.user = "1000:1001";
        QStringList seen;
        for (const auto& backend : backends_) {
            const auto deployed = backend->deploy(probe, progress_, {});
            VERIFY_OK(deployed);
            RecordingObserver observer;
            auto instance = (*deployed)->start(observer, {});
            VERIFY_OK(instance);
            VERIFY_OK((*instance)->wait({}, patience));
            seen.push_back(QString::fromStdString(observer.output(OutputStream::out)));
        }
        QVERIFY(seen.front().contains("NoNewPrivs:\t1"));
        QCOMPARE(seen.back(), seen.front());
    }

    static bool is_the_hosts_at_another_time(const Difference& difference) {
        return difference.text.starts_with("file /proc/uptime") || difference.text.starts_with("file /proc/loadavg") ||
               difference.text.starts_with("room of /:");
    }

    /// One probe program in both: whatever it finds to be different is a condition of the contract whose values differ.
    void what_a_process_finds_to_be_different_is_in_the_contract_data() {
        QTest::addColumn<bool>("lxc");
        QTest::addColumn<QStringList>("certain"); // what differs for certain was found, so the probe does probe
        QTest::newRow("machine") << false
                                 << QString("kernel kernel_line kernel_settings kernel_files storage disk_room "
                                            "memory_seen filter first_process processes_seen devices clock limits")
                                        .split(' ');
        QTest::newRow("lxc") << true
                             << QString("kernel_files memory_seen filter first_process limits storage devices "
                                        "processes_seen privileges")
                                    .split(' ');
    }
    void what_a_process_finds_to_be_different_is_in_the_contract() {
        QFETCH(const bool, lxc);
        QFETCH(const QStringList, certain);
        if (const auto there = check_lxc(); lxc && !there)
            QSKIP(there.error().message().c_str());
        import("probed", "probed:latest");
        LxcBackend by_libvirt(*engine_, DataFolder(root_.path()), program_file("isolab-lxc-init"));
        std::vector<Findings> found;
        std::vector<std::vector<ContractRow>> contracts;
        for (Backend* backend : {backends_.front().get(), lxc ? &by_libvirt : backends_.back().get()}) {
            const auto deployed = backend->deploy(workload("probed:latest", probe_script()), progress_, {});
            VERIFY_OK(deployed);
            RecordingObserver observer;
            auto instance = (*deployed)->start(observer, {});
            VERIFY_OK(instance);
            VERIFY_OK((*instance)->wait({}, patience));
            found.push_back(findings_of(observer.output(OutputStream::out)));
            contracts.push_back((*deployed)->contract());
        }
        QStringList told;
        std::string untold;
        for (const Difference& difference : differences(found[0], found[1])) {
            if (lxc && is_the_hosts_at_another_time(difference))
                continue;
            told.push_back(QString::fromStdString(difference.condition));
            if (value_of(contracts[0], difference.condition) == value_of(contracts[1], difference.condition))
                untold += difference.condition + ": " + difference.text + "\n";
        }
        if (!untold.empty())
            qWarning("%s", untold.c_str()); // longer than QtTest shows
        QVERIFY(untold.empty());
        QVERIFY(lxc || !told.contains("privileges")); // root may do the same in a container and in a machine
        for (const QString& row : certain)
            QVERIFY2(told.contains(row), qPrintable(row));
    }

    void the_same_workload_runs_in_lxc() {
        if (const auto there = check_lxc(); !there)
            QSKIP(there.error().message().c_str());
        import("lxc", "lxc:latest");
        LxcBackend backend(*engine_, DataFolder(root_.path()), program_file("isolab-lxc-init"));
        const auto deployed = backend.deploy(workload("lxc:latest", "cat /version; sleep 1000"), progress_, {});
        VERIFY_OK(deployed);
        QCOMPARE(backend.versions().count("libvirt"), 1U);
        const auto before = list_traces(root_.path());
        {
            RecordingObserver observer;
            auto instance = (*deployed)->start(observer, {});
            VERIFY_OK(instance);
            QVERIFY(observer.wait_output("lxc\n"));
            const auto memory = (*instance)->memory(true);
            VERIFY_OK(memory);
            std::uint64_t sum = 0;
            for (const MemoryRow& row : memory->rows)
                sum += row.in_headline ? row.bytes : 0;
            QCOMPARE(sum, memory->host_cost);
            QVERIFY(sum > mebibyte);
            const auto disk = (*instance)->disk();
            VERIFY_OK(disk);
            QCOMPARE(disk->shared + disk->unique, disk->allocated);
            VERIFY_OK((*instance)->cpu());
            VERIFY_OK((*instance)->stop(std::chrono::milliseconds(500)));
        }
        QCOMPARE(changes_since(before, root_.path()), std::string());
    }

    void the_same_workload_runs_natively_and_by_other_runtimes() {
        // runc refuses images whose /etc/hostname leads into /proc, such as the one of the test above.
        VERIFY_OK(run_checked({"rm", "-rf", (bundle_.rootfs() / "etc").string()}));
        import("worlds", "worlds:latest");
        std::vector<ContainerSide> sides{{world_of_id("native"), native_ingredients(), std::nullopt}};
        for (const char* name : {"runc", "crun"}) {
            const auto program = find_program(name);
            QVERIFY2(program, name);
            sides.push_back({world_of_id(name), {}, *program});
        }
        for (const ContainerSide& side : sides) {
            ContainerBackend backend(*engine_, side);
            QCOMPARE(backend.world().id, side.world.id);
            const auto deployed = backend.deploy(
                workload("worlds:latest", "cat /version; readlink /proc/self/ns/pid; sleep 1000"), progress_, {});
            VERIFY_OK(deployed);
            RecordingObserver observer;
            auto instance = (*deployed)->start(observer, {});
            VERIFY_OK(instance);
            VERIFY_SOON(observer.output(OutputStream::out).find("pid:[") != std::string::npos);
            const auto memory = (*instance)->memory(true);
            VERIFY_OK(memory);
            for (const char* row : {"workload_anonymous", "monitor", "rss"})
                QVERIFY2(std::ranges::any_of(memory->rows,
                                             [row](const auto& one) { return one.id == row && one.bytes > 0; }),
                         row);
            VERIFY_OK((*instance)->cpu());
            VERIFY_OK((*instance)->stop(std::chrono::milliseconds(500)));
            const std::string host = std::filesystem::read_symlink("/proc/self/ns/pid").string();
            QCOMPARE(observer.output(OutputStream::out) == "worlds\n" + host + "\n", side.world.id == "native");
            QCOMPARE(value_of((*deployed)->contract(), "runtime"),
                     side.runtime ? side.runtime->string() : std::string("isolab-runtime"));
            QCOMPARE(value_of((*deployed)->contract(), "network"),
                     std::string(side.world.id == "native" ? "the host's" : "loopback only"));
        }
    }

    void both_worlds_stop_by_the_signal_of_the_image() {
        const ComparisonResult result = serve("trap 'echo came TERM; exit 4' TERM; trap 'echo came USR1; exit 3' USR1");
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs) {
            QVERIFY2(!run.error, run.error ? run.error->message().c_str() : "");
            QCOMPARE(QString::fromStdString(run.output), QString("up\ncame USR1\n"));
            QCOMPARE(run.exit->code, 3);
            QVERIFY(!is_killed(run));
        }
        const auto row = std::ranges::find(result.contract, "stop_signal", &ContractEntry::key);
        QVERIFY(row != result.contract.end());
        QCOMPARE(english(row->values.at("container")), std::string("SIGUSR1"));
        QVERIFY(!row->differs);
        QVERIFY(result.find_ratio("phase.stop") != nullptr);
    }

    void what_ignores_every_signal_is_killed_and_its_stop_not_counted() {
        std::string numbers;
        for (int number = 1; number < 32; ++number)
            numbers += number == SIGKILL || number == SIGSTOP ? "" : " " + std::to_string(number);
        const ComparisonResult result = serve("trap ''" + numbers);
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs) {
            QVERIFY2(!run.error, run.error ? run.error->message().c_str() : "");
            QCOMPARE(run.exit->signal, SIGKILL);
            QVERIFY2(is_killed(run), run.side.c_str());
            QVERIFY(result.find_metric(run.side, "phase.stop") == nullptr);
        }
        QVERIFY(result.find_ratio("phase.stop") == nullptr);
        QVERIFY(result.find_ratio("ready") != nullptr);
    }
};

ISOLAB_TEST(DeploymentTest)
#include "deployment_test.moc"
