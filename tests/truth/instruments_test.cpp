// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a run tells about an instance against instruments of the test's own, read at the same moment: /proc, du, the
// accounting of this process's children, and a stopwatch around the first answer. Figures that change meanwhile are
// read again until both agree, with the number of attempts bounded.
#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include "engine/base/clock.h"
#include "engine/base/process_memory.h"
#include "engine/base/subprocess.h"
#include "engine/base/unique_fd.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/truth/two_worlds.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

/// Remembers the host's process of an instance and when it was ready.
class ReadyObserver final : public InstanceObserver {
  public:
    std::atomic<pid_t> process{-1};
    std::atomic<Nanoseconds> ready{};
    void on_process(pid_t pid) override { process = pid; }
    void on_mark(const PhaseMark& /*mark*/) override {}
    void on_output(OutputStream /*stream*/, std::string_view /*bytes*/, Nanoseconds /*at*/) override {}
    void on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> /*cpu*/) override { ready = at; }
    void on_exit(const ExitStatus& /*status*/, Nanoseconds /*at*/, std::optional<Nanoseconds> /*cpu*/) override {}
};

class InstrumentsTest : public QObject {
    Q_OBJECT
    std::unique_ptr<TwoWorlds> worlds_;

    static constexpr int attempts = 20;

    /// A field of a file of /proc in bytes, "Pss:" of smaps_rollup.
    static double kibibytes(const std::string& file, const std::string& name) {
        std::ifstream lines(file);
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(name))
                return std::stod(line.substr(name.size())) * 1024;
        return 0;
    }
    static double pss_of(const std::vector<pid_t>& processes) {
        double sum = 0;
        for (const pid_t pid : processes)
            sum += kibibytes(fmt::format("/proc/{}/smaps_rollup", pid), "Pss:");
        return sum;
    }
    /// What ps and top show: ticks of a process by /proc/PID/stat, in seconds.
    static double seconds_of(pid_t pid) {
        std::ifstream file(fmt::format("/proc/{}/stat", pid));
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        std::istringstream fields(text.substr(text.rfind(')') + 2));
        std::string field;
        double ticks = 0;
        for (int number = 3; number <= 15 && fields >> field; ++number)
            ticks += number >= 14 ? std::stod(field) : 0;
        return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    static double seconds(const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    }
    static double seconds_of_children() {
        rusage usage{};
        ::getrusage(RUSAGE_CHILDREN, &usage);
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    static double du(const std::filesystem::path& path) {
        const auto output = run_checked({"du", "--summarize", "--block-size=1", path.string()});
        return output ? std::stod(*output) : -1;
    }
    /// Files below the data folder that the process has open.
    static std::filesystem::path open_file(pid_t pid, const std::string& part) {
        for (const auto& entry : std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
            std::error_code error;
            const auto target = std::filesystem::read_symlink(entry.path(), error);
            if (target.string().find(part) != std::string::npos)
                return target;
        }
        return {};
    }
    /// The first HTTP answer at a port in the network of a process.
    static Nanoseconds first_answer(pid_t process, std::uint16_t port) {
        Nanoseconds at{0};
        std::thread([&] { // its network namespace ends with it
            const UniqueFd network(::open(fmt::format("/proc/{}/ns/net", process).c_str(), O_RDONLY | O_CLOEXEC));
            if (::setns(network.get(), CLONE_NEWNET) != 0)
                return;
            const Nanoseconds deadline = monotonic_now() + patience;
            while (at.count() == 0 && monotonic_now() < deadline) {
                const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
                sockaddr_in address{};
                address.sin_family = AF_INET;
                address.sin_port = htons(port);
                address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                constexpr std::string_view question = "GET / HTTP/1.0\r\n\r\n";
                char answer[16] = "";
                if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && // NOLINT
                    ::write(socket.get(), question.data(), question.size()) > 0 &&
                    ::read(socket.get(), answer, sizeof answer - 1) > 0)
                    at = monotonic_now();
                else
                    std::this_thread::sleep_for(std::chrono::microseconds(200));
            }
        })
            .join();
        return at;
    }
    static double ms(Nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

    /// Reads both until they differ by at most `tolerance`.
    template <class Read> static void agree(const char* what, double tolerance, Read&& read) {
        std::pair<double, double> figures;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            figures = read();
            if (std::abs(figures.first - figures.second) <= tolerance)
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        const std::string text =
            fmt::format("{}: {:.6g} told, {:.6g} by the instrument, {:.3g} apart, {:.3g} allowed", what, figures.first,
                        figures.second, std::abs(figures.first - figures.second), tolerance);
        qInfo("%s", text.c_str());
        QVERIFY2(std::abs(figures.first - figures.second) <= tolerance, text.c_str());
    }

    static double row_of(const MemorySample& sample, const std::string& id) {
        const auto row = std::ranges::find(sample.rows, id, &MemoryRow::id);
        return row == sample.rows.end() ? 0 : static_cast<double>(row->bytes);
    }

  private slots:
    void initTestCase() { worlds_ = std::make_unique<TwoWorlds>(); }

    /// A question of ours and one of the product's every millisecond: either comes up to that much later than the
    /// service, and a busy processor holds either up. Seen: 0.1 to 1 ms.
    void ready_agrees_with_a_stopwatch() {
        const GoFirst priority;
        const auto world = worlds_->container();
        const auto deployment = deploy(
            *world, scripted("echo hello >/index.html; sleep 0.15; exec busybox httpd -f -p 8080", "http:8080/"));
        double best = 1e9;
        for (int attempt = 0; attempt < attempts && best > 3; ++attempt) {
            ReadyObserver observer;
            const Nanoseconds begin = monotonic_now();
            auto instance = deployment->start(observer, {});
            VERIFY_OK(instance);
            const Nanoseconds answered = first_answer(process_tree(observer.process).at(1), 8080);
            QVERIFY(answered.count() > 0);
            VERIFY_SOON(observer.ready.load().count() > 0);
            best = std::min(best, std::abs(ms(observer.ready.load() - answered)));
            qInfo("ready after %.2f ms, by the stopwatch after %.2f ms", ms(observer.ready.load() - begin),
                  ms(answered - begin));
            VERIFY_OK((*instance)->stop(std::chrono::milliseconds(0)));
        }
        QVERIFY2(best <= 3, qPrintable(QString::number(best)));
    }

    void figures_of_a_container_agree() {
        const auto world = worlds_->container();
        const auto deployment =
            deploy(*world, scripted("dd if=/dev/zero of=/file bs=4096 count=700; i=0; while [ $i -lt 100000 ]; do "
                                    "i=$((i+1)); done; echo up; exec sleep 1000"));
        ReadyObserver observer;
        const double children_before = seconds_of_children();
        const double thread_before = std::chrono::duration<double>(thread_cpu_time()).count();
        auto instance = deployment->start(observer, {});
        VERIFY_OK(instance);
        const double thread = std::chrono::duration<double>(thread_cpu_time()).count() - thread_before;
        // The shell has become sleep once it has counted.
        VERIFY_SOON(process_tree(observer.process).size() >= 2 &&
                    read_file(fmt::format("/proc/{}/cmdline", process_tree(observer.process).back()))
                        .value_or("")
                        .starts_with("sleep"));
        // Pss of the same processes at the same moment, and the kernel memory that only the group knows. 64 KiB: what
        // mappings that others share change by when one of them ends.
        agree("memory, bytes", 65536, [&] {
            const auto memory = (*instance)->memory(true);
            const double pss = pss_of(process_tree(observer.process));
            return std::pair(static_cast<double>(memory->host_cost) - row_of(*memory, "kernel"), pss);
        });
        const auto disk = (*instance)->disk();
        VERIFY_OK(disk);
        std::filesystem::path upper;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(worlds_->root() / "instances"))
            if (entry.path().filename() == "file")
                upper = entry.path().parent_path();
        QVERIFY(!upper.empty());
        agree("disk of its own, bytes", 4096, [&] { // du counts the folder itself
            return std::pair(static_cast<double>((*instance)->disk()->unique), du(upper));
        });
        const auto ended = (*instance)->stop(std::chrono::milliseconds(0));
        VERIFY_OK(ended);
        instance->reset();
        // Ours is of the group and the launcher; the kernel adds up for this process whom it and the launcher waited
        // for.
        const double told = std::chrono::duration<double>(ended->cpu_total.value_or(Nanoseconds(0))).count();
        agree("CPU time, s", 0.02 + told / 20,
              [&] { return std::pair(told, seconds_of_children() - children_before + thread); });
    }

    void figures_of_a_machine_agree() {
        const auto world = worlds_->machine();
        const auto deployment = deploy(*world, scripted("dd if=/dev/zero of=/file bs=4096 count=700; sync; echo up; "
                                                        "exec sleep 1000"));
        ReadyObserver observer;
        auto instance = deployment->start(observer, {});
        VERIFY_OK(instance);
        const pid_t emulator = observer.process;
        std::this_thread::sleep_for(std::chrono::milliseconds(300)); // the translator is at work for some time yet
        agree("memory, bytes", 1 << 20, [&] {
            const auto memory = (*instance)->memory(true);
            return std::pair(static_cast<double>(memory->host_cost), pss_of({emulator}));
        });
        // Ours has also what this thread did before, a hundredth of a second or so, and /proc counts ticks of 10 ms.
        agree("CPU time, s", 0.1, [&] {
            return std::pair(std::chrono::duration<double>((*instance)->cpu().value_or(Nanoseconds(0))).count(),
                             seconds_of(emulator));
        });
        const auto layer = open_file(emulator, worlds_->root().string() + "/machines");
        const auto base = open_file(emulator, worlds_->root().string() + "/disks");
        QVERIFY2(!layer.empty() && !base.empty(), layer.c_str());
        agree("disk of its own, bytes", 0,
              [&] { return std::pair(static_cast<double>((*instance)->disk()->unique), du(layer)); });
        agree("shared disk, bytes", 0,
              [&] { return std::pair(static_cast<double>((*instance)->disk()->shared), du(base)); });
        VERIFY_OK((*instance)->stop(std::chrono::milliseconds(0)));
    }
};

ISOLAB_TEST(InstrumentsTest)
#include "instruments_test.moc"
