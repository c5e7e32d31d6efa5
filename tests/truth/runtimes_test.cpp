// SPDX-License-Identifier: GPL-3.0-or-later
//
// runc and crun, started by us as worlds and by hand with the configuration that we gave them: the same program in the
// same tree, in turns. What a world takes more than `run` by hand is what we do before the runtime begins, the phases
// prepare and create, and that we use the verbs create and start, whose price is measured by hand as well.
//
// Seen, in ms: crun 39.5 as a world, 30.8 by hand, 4.2 before it begins, 4.2 for the verbs; runc 56.9, 39.7, 4.3, 9.8.
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "compare/measure/host_cpu.h"
#include "compare/run/standing_instance.h"
#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"
#include "tests/truth/two_worlds.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class RuntimesTest : public QObject {
    Q_OBJECT

    static constexpr int rounds = 10;
    static constexpr double much_foreign = 0.5;
    static constexpr int most_rounds = 60; ///< on a busy host a moment without other work comes late

    /// Milliseconds of one runtime's runs.
    struct Times {
        std::vector<double> world, hand, verbs, added;
        // The fastest of all: what other work on this host adds is not the runtime's, and never makes one faster.
        static double fastest(const std::vector<double>& times) { return *std::ranges::min_element(times); }
        double as_world() const { return fastest(world); }
        double by_hand() const { return fastest(hand); }
        double by_two_verbs() const { return fastest(verbs); }
        double before() const { return fastest(added); }
        double apart() const { return as_world() - by_hand(); }
        /// What we do before the runtime begins, and what its two verbs take more than the one.
        double our_own() const { return before() + by_two_verbs() - by_hand(); }
        bool is_explained() const { return std::abs(apart() - our_own()) <= by_hand() / 4; }
    };
    std::map<std::string, Times> times_;

    /// Runc's time over crun's, as worlds and by hand. What we do before is the same work for both, so it is taken out.
    std::pair<double, double> ratios() const {
        const Times& runc = times_.at("runc");
        const Times& crun = times_.at("crun");
        return {(runc.as_world() - runc.before()) / (crun.as_world() - crun.before()),
                runc.by_two_verbs() / crun.by_two_verbs()};
    }
    static bool are_alike(const std::pair<double, double>& ratios) {
        return std::max(ratios.first / ratios.second, ratios.second / ratios.first) <= 1.25;
    }
    bool agrees() const {
        return std::ranges::all_of(times_, [](const auto& one) { return one.second.is_explained(); }) &&
               are_alike(ratios());
    }

    /// Right after another container the kernel need not wait before it moves a process into its control groups, so
    /// that who comes second would look faster: until the grace periods of that are over, however busy the host is
    /// (rcu_sync_exit() takes two; MEMBARRIER_CMD_GLOBAL waits for one).
    static void rest() {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        for (int period = 0; period < 3; ++period)
            ::syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
    }

    static double milliseconds_of(const std::vector<std::string>& words) {
        const Nanoseconds begin = monotonic_now();
        const auto output = run_checked(words);
        if (!output)
            throw std::runtime_error(output.error().message());
        return std::chrono::duration<double, std::milli>(monotonic_now() - begin).count();
    }

    /// The configuration that the world's runtime gets, with /bin/true in a tree that is there already.
    static void make_bundle(TwoWorlds& worlds, Backend& world, const std::filesystem::path& bundle) {
        const Workload workload = scripted("echo up; exec sleep 1000");
        const auto deployment = deploy(world, workload);
        const auto standing = StandingInstance::start(world, *deployment, workload, {});
        if (!standing)
            throw std::runtime_error(standing.error().message());
        Json config;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(worlds.root() / "instances"))
            if (entry.path().filename() == "config.json" && entry.path().parent_path().filename() == "runtime")
                config = parse_json(read_file(entry.path()).value(), "configuration").value();
        std::filesystem::create_directories(bundle);
        for (Json& mount : config["mounts"]) { // files of the instance, which goes
            const std::filesystem::path source = mount.value("source", "");
            if (source.string().starts_with(worlds.root().string())) {
                std::filesystem::copy_file(source, bundle / source.filename());
                mount["source"] = (bundle / source.filename()).string();
            }
        }
        config["process"]["args"] = {"/bin/true"};
        config["root"]["path"] = (worlds.scratch() / "tree").string();
        config["linux"]["cgroupsPath"] = config["linux"]["cgroupsPath"].get<std::string>() + "-by-hand";
        if (!write_file_atomically(bundle / "config.json", config.dump()))
            throw std::runtime_error("the bundle cannot be written");
    }

    void measure(TwoWorlds& worlds, const std::string& name, Backend& world, PreparedWorkload& deployment,
                 const Workload& workload) {
        RunnerObserver nobody;
        const auto bundle = worlds.scratch() / name;
        const std::string program = find_program(name).value();
        rest();
        const PhaseTimes phases = measure_phases(world, deployment, workload, nobody);
        double whole = 0;
        for (const char* phase : {"prepare", "create", "setup", "exec", "ready"})
            whole += phases.at(phase);
        Times& times = times_[name];
        times.world.push_back(whole);
        std::vector<std::string> words{program, "--root", (worlds.scratch() / "state").string()};
        if (name == "crun")
            words.emplace_back("--cgroup-manager=cgroupfs");
        const auto by_hand = [&](const std::vector<std::string>& verb) {
            std::vector<std::string> all = words;
            all.insert(all.end(), verb.begin(), verb.end());
            all.push_back(test_container(name));
            if (verb.front() == "create") // what it makes keeps its streams
                all.insert(all.begin(), {"/bin/sh", "-c", "exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1"});
            return milliseconds_of(all);
        };
        rest();
        times.hand.push_back(by_hand({"run", "--bundle", bundle.string()}));
        rest();
        times.verbs.push_back(by_hand({"create", "--bundle", bundle.string()}) + by_hand({"start"}));
        by_hand({"delete", "--force"});
        times.added.push_back(phases.at("prepare") + phases.at("create"));
    }

    void measure_all(TwoWorlds& worlds) {
        const GoFirst priority;
        // crun refuses a host that mixes both versions of control groups; a world hides the second one in the same way.
        if (::unshare(CLONE_FS | CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            throw std::runtime_error("a mount namespace cannot be made");
        if (std::filesystem::exists("/sys/fs/cgroup/unified"))
            ::mount("none", "/sys/fs/cgroup/unified", "tmpfs", 0, nullptr);
        const Workload workload = scripted("", "exit");
        std::map<std::string, std::unique_ptr<Backend>> backends;
        std::map<std::string, std::unique_ptr<PreparedWorkload>> deployments;
        for (const std::string name : {"runc", "crun"}) {
            backends[name] = worlds.container({world_of_id(name), {}, find_program(name).value()});
            make_bundle(worlds, *backends[name], worlds.scratch() / name);
            Workload plain = workload;
            plain.command = {"/bin/true"};
            deployments[name] = deploy(*backends[name], plain);
        }
        for (int round = 0; round <= rounds || (round <= most_rounds && !agrees()); ++round) {
            if (round == 1)
                times_.clear(); // the first one warms up
            for (const auto& [name, backend] : backends)
                measure(worlds, name, *backend, *deployments.at(name), workload);
        }
    }

  private slots:
    void initTestCase() {
        for (const char* name : {"runc", "crun"})
            if (!find_program(name))
                QSKIP("runc and crun are not installed");
        TwoWorlds worlds;
        const auto tree = worlds.scratch() / "tree";
        std::filesystem::create_directory(tree);
        VERIFY_OK(run_checked({"tar", "-C", tree.string(), "-xf", (worlds.scratch() / "root.tar").string()}));
        std::string failure;
        const CpuReading before = read_cpu();
        std::thread([&] { // with a mount namespace of its own
            try {
                measure_all(worlds);
            } catch (const std::exception& error) {
                failure = error.what();
            }
        })
            .join();
        QVERIFY2(failure.empty(), failure.c_str());
        const auto foreign =
            foreign_cpu_share(before, read_cpu(), std::nullopt, std::max(1U, std::thread::hardware_concurrency()));
        if (!agrees() && foreign.value_or(0) > much_foreign)
            QSKIP(fmt::format("other work used {:.0f} % of the processors all the time", *foreign * 100).c_str());
    }

    void what_we_add_is_what_we_do_ourselves() {
        for (const auto& [name, times] : times_) {
            const std::string text = fmt::format(
                "{}: {:.2f} ms as a world, {:.2f} ms by hand, {:.2f} ms apart, {:.2f} ms our own, {} rounds", name,
                times.as_world(), times.by_hand(), times.apart(), times.our_own(), times.world.size());
            qInfo("%s", text.c_str());
            QVERIFY2(times.is_explained(), text.c_str());
        }
    }

    void their_ratio_is_the_same() {
        const auto [as_worlds, by_hand] = ratios();
        const std::string text = fmt::format("runc over crun: {:.2f} as worlds, {:.2f} by hand", as_worlds, by_hand);
        qInfo("%s", text.c_str());
        QVERIFY2(are_alike({as_worlds, by_hand}), text.c_str());
    }
};

ISOLAB_TEST(RuntimesTest)
#include "runtimes_test.moc"
