// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cerrno>
#include <functional>

#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "virt/host_check.h"

using namespace isolab;
using Outcome = KvmProbe::Outcome;

namespace {

KvmFacts perfect() { return {true, 0, true, true, true, KvmProbe{Outcome::works, {}}}; }

struct Branch {
    const char* name;
    std::function<void(KvmFacts&)> change;
    const char* reason;
    bool has_remedy;
};

const std::vector<Branch>& branches() {
    static const std::vector<Branch> all{
        {"cpu flag", [](KvmFacts& facts) { facts.cpu_flag = false; }, "neither vmx nor svm", true},
        {"module", [](KvmFacts& facts) { facts.module_loaded = facts.device = false; }, "module", true},
        {"device", [](KvmFacts& facts) { facts.device = false; }, "/dev/kvm does not exist", true},
        {"permission", [](KvmFacts& facts) { facts.open_error = EACCES; }, "may not open", true},
        {"busy", [](KvmFacts& facts) { facts.open_error = EBUSY; }, "does not open", false},
        {"libvirt", [](KvmFacts& facts) { facts.libvirt_offers = false; }, "libvirt", true},
        {"slow",
         [](KvmFacts& facts) {
             facts.probe = KvmProbe{Outcome::slow, "took 637 ms"};
         },
         "took 637 ms", false},
        {"broken",
         [](KvmFacts& facts) {
             facts.probe = KvmProbe{Outcome::broken, "exit 17"};
         },
         "exit 17", false},
        {"hangs",
         [](KvmFacts& facts) {
             facts.probe = KvmProbe{Outcome::no_answer, "no end"};
         },
         "no end", false},
        {"refused",
         [](KvmFacts& facts) {
             facts.probe = KvmProbe{Outcome::refused, "why"};
         },
         "why", false},
    };
    return all;
}

} // namespace

class HostCheckTest : public QObject {
    Q_OBJECT
  private slots:
    void accepts_working_kvm();
    void names_the_one_cause_data();
    void names_the_one_cause();
    void chooses_the_accelerator();
    void probe_is_bounded_and_tells();
    void looks_at_this_machine();
    void remembers_the_probe();
    void distrusts_what_it_remembers();
    void measures_the_counter();
};

void HostCheckTest::accepts_working_kvm() {
    QVERIFY(judge_kvm(perfect()).usable);
    QCOMPARE(choose_accelerator({}, judge_kvm(perfect())).accelerator, Accelerator::kvm);
    QVERIFY(choose_accelerator({}, judge_kvm(perfect())).reason.empty());
}

void HostCheckTest::names_the_one_cause_data() {
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < branches().size(); ++i)
        QTest::newRow(branches()[i].name) << static_cast<int>(i);
}

void HostCheckTest::names_the_one_cause() {
    QFETCH(int, index);
    const Branch& branch = branches()[static_cast<std::size_t>(index)];
    KvmFacts facts = perfect();
    branch.change(facts);
    const KvmVerdict verdict = judge_kvm(facts);
    QVERIFY(!verdict.usable);
    QVERIFY2(verdict.reason.find(branch.reason) != std::string::npos, verdict.reason.c_str());
    QCOMPARE(!verdict.remedy.empty(), branch.has_remedy);
    const AcceleratorChoice choice = choose_accelerator({}, verdict);
    QCOMPARE(choice.accelerator, Accelerator::tcg);
    QVERIFY(choice.reason.starts_with(verdict.reason));
}

void HostCheckTest::chooses_the_accelerator() {
    QCOMPARE(choose_accelerator(Accelerator::kvm, {false, "no", "do"}).accelerator, Accelerator::kvm);
    const AcceleratorChoice forced = choose_accelerator(Accelerator::tcg, judge_kvm(perfect()));
    QCOMPARE(forced.accelerator, Accelerator::tcg);
    QVERIFY(!forced.reason.empty());
}

/// The real probe, whatever this machine has: it must come back in time with a reason unless KVM works.
void HostCheckTest::probe_is_bounded_and_tells() {
    const Nanoseconds begun = monotonic_now();
    const KvmProbe probe = probe_kvm(std::chrono::milliseconds(1500));
    QVERIFY(monotonic_now() - begun < std::chrono::seconds(4));
    qInfo("outcome %d: %s", static_cast<int>(probe.outcome), probe.detail.c_str());
    QCOMPARE(probe.detail.empty(), probe.outcome == Outcome::works);
    const Nanoseconds again = monotonic_now();
    const KvmProbe cut = probe_kvm(std::chrono::milliseconds(0));
    QVERIFY(monotonic_now() - again < std::chrono::seconds(2));
    QVERIFY(cut.outcome != Outcome::works || probe.outcome == Outcome::works);
}

void HostCheckTest::looks_at_this_machine() {
    const KvmFacts facts = look_at_kvm();
    const auto flags = read_file("/proc/cpuinfo");
    QVERIFY(flags);
    const QString text = QString::fromStdString(*flags);
    QCOMPARE(facts.cpu_flag, text.contains(QRegularExpression("\\b(vmx|svm)\\b")));
    QCOMPARE(facts.device, QFile::exists("/dev/kvm"));
}

void HostCheckTest::remembers_the_probe() {
    const QTemporaryDir cache;
    const std::filesystem::path folder = cache.path().toStdString();
    const QString file = cache.filePath("kvm.json");
    KvmFacts facts = perfect();
    facts.probe.reset();
    int probes = 0;
    KvmProbe outcome{Outcome::slow, "took 637 ms"};
    KvmCheck how{true, [&] {
                     ++probes;
                     return outcome;
                 }};
    // What a busy moment can bring about is asked again.
    for (const Outcome passing : {Outcome::slow, Outcome::no_answer, Outcome::refused}) {
        outcome.outcome = passing;
        QVERIFY(!check_kvm(facts, folder, how).usable);
        QVERIFY(!QFile::exists(file));
    }
    QCOMPARE(probes, 3);
    how.remember = false;
    outcome = {Outcome::works, {}};
    QVERIFY(check_kvm(facts, folder, how).usable);
    QVERIFY(!QFile::exists(file));
    how.remember = true;
    for (const KvmProbe& lasting : {KvmProbe{Outcome::works, {}}, KvmProbe{Outcome::broken, "exit 17"}}) {
        QFile::remove(file);
        probes = 0;
        outcome = lasting;
        const KvmVerdict first = check_kvm(facts, folder, how);
        outcome = {Outcome::slow, "another"};
        const KvmVerdict second = check_kvm(facts, folder, how);
        QCOMPARE(probes, 1);
        QCOMPARE(first.usable, lasting.outcome == Outcome::works);
        QCOMPARE(second.usable, first.usable);
        QCOMPARE(second.reason, first.reason);
    }
}

/// What was found before the host was started anew does not count, nor what nobody wrote.
void HostCheckTest::distrusts_what_it_remembers() {
    const QTemporaryDir cache;
    const std::filesystem::path folder = cache.path().toStdString();
    KvmFacts facts = perfect();
    facts.probe.reset();
    const KvmCheck how{true, [] { return KvmProbe{Outcome::broken, "asked"}; }};
    const auto boot = read_file("/proc/sys/kernel/random/boot_id", 256);
    QVERIFY(boot);
    const std::string id = boot->substr(0, boot->find('\n')) + "\\n";
    for (const std::string& text : {std::string(R"({"boot":"another","outcome":"works","detail":""})"),
                                    R"({"boot":")" + id + R"(","outcome":1,"detail":""})",
                                    R"({"boot":")" + id + R"(","outcome":"slow","detail":"stale"})",
                                    R"({"boot":")" + id + R"(","outcome":"works","detail":[]})",
                                    std::string(R"({"boot":[]})"), std::string("[]"), std::string("{")}) {
        QVERIFY(write_file_atomically(folder / "kvm.json", text));
        QVERIFY2(check_kvm(facts, folder, how).reason.ends_with("asked"), text.c_str());
    }
    QVERIFY(write_file_atomically(folder / "kvm.json", R"({"boot":")" + id + R"(","outcome":"works","detail":""})"));
    QVERIFY(check_kvm(facts, folder, how).usable);
}

void HostCheckTest::measures_the_counter() {
    const auto first = static_cast<double>(measure_tsc_khz());
    QVERIFY(first > 500'000 && first < 10'000'000);
    // One of several tries agrees: others may be cut in two by the scheduler, between the clock and the counter.
    bool agrees = false;
    for (int i = 0; i < 10 && !agrees; ++i) {
        const auto one = static_cast<double>(measure_tsc_khz());
        const auto other = static_cast<double>(measure_tsc_khz());
        agrees = std::abs(one - other) / one < 0.005;
    }
    QVERIFY(agrees);
}

QTEST_GUILESS_MAIN(HostCheckTest)
#include "host_check_test.moc"
