// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/engine.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <csignal>
#include <set>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/runtime/spec_json.h"
#include "tests/engine/engine_stage.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr uid_t plain_user = 65534;
constexpr std::uint32_t first_subordinate = 200'000;

/// Everything an ordinary user with subordinate ids needs, in a folder that he can read.
struct UserPlace {
    TemporaryTree folder{*make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-user-")};
    std::filesystem::path path = folder.path();

    explicit UserPlace(const std::filesystem::path& tar) {
        std::filesystem::permissions(path, std::filesystem::perms(0755));
        std::filesystem::copy(launcher_path(), path / "isolab-runtime");
        std::filesystem::copy(tar, path / "root.tar");
        for (const char* name : {"home", "home/data", "home/data/instances", "home/data/instances/folders"}) {
            std::filesystem::create_directory(path / name);
            give(path / name, plain_user);
        }
        const std::string line = "65534:" + std::to_string(first_subordinate) + ":65536\n";
        QVERIFY(write_file_atomically(path / "subid", line, 0644));
    }
    static void give(const std::filesystem::path& file, uid_t owner) {
        QCOMPARE(::chown(file.c_str(), owner, owner), 0);
    }
};

/// In a child process: becomes the ordinary user, in a mount namespace where he has subordinate ids.
bool become_plain_user(const UserPlace& place) {
    const std::string subid = (place.path / "subid").string();
    return ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           ::mount(subid.c_str(), "/etc/subuid", nullptr, MS_BIND, nullptr) == 0 &&
           ::mount(subid.c_str(), "/etc/subgid", nullptr, MS_BIND, nullptr) == 0 && ::setgroups(0, nullptr) == 0 &&
           ::setresgid(plain_user, plain_user, plain_user) == 0 &&
           ::setresuid(plain_user, plain_user, plain_user) == 0 && ::prctl(PR_SET_DUMPABLE, 1) == 0;
}

bool holds_no_container(const std::filesystem::path& containers) {
    return std::ranges::none_of(std::filesystem::directory_iterator(containers),
                                [](const auto& entry) { return entry.is_directory(); });
}

std::string run_and_measure(Engine& engine, const std::filesystem::path& tar) {
    NoProgress progress;
    auto image = engine.images().import(tar, "busybox", progress, {});
    if (!image || !engine.layers().ensure(engine.images(), *image, progress, {}))
        return "no image";
    const std::vector<std::string> command{"sh", "-c", "umask 077; mkdir /open/closed; echo data > /open/closed/file"};
    const auto process = engine.resolve_process(*image, {command, {}, std::nullopt, "5:6"});
    const ContainerRequest request{*image, *measured_settings(*process, {1, 0}), std::nullopt};
    Recorder recorder;
    auto container = engine.start(request, recorder, {});
    if (!container)
        return container.error().message();
    const auto exit = (*container)->wait({}, patience);
    if (!exit || exit->status.code != 0)
        return "it failed: " + recorder.err;
    const auto disk = (*container)->disk();
    if (!disk)
        return disk.error().message();
    return disk->unique > 0 ? "" : "nothing was counted";
}

/// Without PID namespace and control group the launcher ends what the first process leaves: it would keep the output
/// open, and the wait would have no end.
std::string run_natively(Engine& engine, const std::filesystem::path& tar) {
    NoProgress progress;
    auto image = engine.images().import(tar, "busybox", progress, {});
    const std::vector<std::string> command{
        "sh", "-c",
        "busybox setsid sleep 1000 & (sleep 1000 &) ; readlink /proc/self/ns/pid; readlink /proc/self/ns/net"};
    const auto process = engine.resolve_process(*image, {command, {}, std::nullopt, "0"});
    ContainerRequest request{*image, *measured_settings(*process, {1, 0}), std::nullopt};
    request.ingredients = native_ingredients();
    Recorder recorder;
    auto container = engine.start(request, recorder, {});
    if (!container)
        return container.error().message();
    const auto exit = (*container)->wait({}, patience);
    if (!exit || exit->status.code != 0)
        return "native failed: " + recorder.err;
    std::error_code failed;
    std::string expected;
    for (const char* one : {"/proc/self/ns/pid", "/proc/self/ns/net"})
        expected += std::filesystem::read_symlink(one, failed).string() + "\n";
    return recorder.out == expected ? "" : "native has namespaces of its own: " + recorder.out;
}

/// What goes wrong for the user, in words; empty: nothing.
std::string work_as_plain_user(const UserPlace& place) {
    if (!become_plain_user(place))
        return "the test could not become an ordinary user";
    const auto engine = Engine::open({place.path / "home/data", place.path / "isolab-runtime", std::nullopt});
    if (!engine)
        return engine.error().message();
    if (const auto removed = (*engine)->tidy_up({}); !removed)
        return removed.error().message();
    if (!holds_no_container(place.path / "home/data/instances/folders"))
        return "an abandoned container is still there";
    std::string trouble = run_and_measure(**engine, place.path / "root.tar");
    if (trouble.empty())
        trouble = run_natively(**engine, place.path / "root.tar");
    if (trouble.empty() && !holds_no_container(place.path / "home/data/instances/folders"))
        trouble = "the ended container is still there";
    return trouble;
}

} // namespace

class EngineTest : public QObject, private EngineStage {
    Q_OBJECT
  private slots:
    void initTestCase() { set_up(); }
    void cleanupTestCase() {
        engine.reset();
        QVERIFY(QDir("/proc/self/fd").entryList(QDir::Files | QDir::System).size() < 20);
    }
    void init() { before_ = traces(); }
    void cleanup() {
        QCOMPARE(traces(), before_);
        QCOMPARE(containers_on_disk(), std::size_t{0});
    }

    void marks_output_and_exit() {
        Recorder recorder;
        const Nanoseconds begin = monotonic_now();
        auto container = start({"sh", "-c", "echo hello; echo trouble >&2; exit 5"}, recorder);
        QVERIFY(container);
        const auto exit = container->wait({}, patience);
        QVERIFY(exit);
        QCOMPARE(exit->status.code, 5);
        QCOMPARE(recorder.out, std::string("hello\n"));
        QCOMPARE(recorder.err, std::string("trouble\n"));
        QCOMPARE(recorder.marks.size(), std::size_t{4});
        Nanoseconds last = begin;
        Nanoseconds cpu{0};
        const std::array expected{Phase::prepare, Phase::create, Phase::setup, Phase::exec};
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(recorder.marks[i].phase, expected[i]);
            QVERIFY(recorder.marks[i].at >= last);
            QVERIFY(recorder.marks[i].cpu && *recorder.marks[i].cpu >= cpu);
            last = recorder.marks[i].at;
            cpu = *recorder.marks[i].cpu;
        }
        QVERIFY(exit->exited_at >= last && exit->gone_at >= exit->exited_at);
        QVERIFY(recorder.cpu_at_exit && exit->cpu_total && exit->peak_rss.value_or(0) > 0);
        QVERIFY(*recorder.cpu_at_exit >= cpu && *exit->cpu_total > *recorder.cpu_at_exit); // ending costs, too
    }
    void missing_command_is_an_error_that_names_it() {
        Recorder recorder;
        auto container = try_start({"no-such-command"}, recorder, {1, 0});
        QVERIFY(!container);
        QCOMPARE(container.error().kind, ErrorKind::not_found);
        QVERIFY2(container.error().message().find("no-such-command") != std::string::npos,
                 container.error().message().c_str());
    }
    void impossible_limits_are_refused() {
        Recorder recorder;
        for (const ResourceLimits& limits :
             {ResourceLimits{0, 0}, ResourceLimits{1, 1U << 20U}, ResourceLimits{1, 1ULL << 50U}}) {
            const auto container = try_start({"true"}, recorder, limits);
            QVERIFY(!container);
            QCOMPARE(container.error().kind, ErrorKind::invalid_argument);
        }
        QVERIFY(recorder.marks.empty());
    }
    void out_of_memory_is_told() {
        if (!engine->facts().limits_enforced)
            QSKIP(engine->facts().limits_reason.c_str());
        Recorder recorder;
        auto container = try_start({"tail", "/dev/zero"}, recorder, {1, 16U << 20U});
        VERIFY_OK(container);
        const auto exit = (*container)->wait({}, patience);
        QVERIFY(exit);
        QCOMPARE(exit->status.signal, SIGKILL);
        QVERIFY(exit->status.out_of_memory);
        QVERIFY(exit->cgroup_peak_bytes.value_or(0) > (12U << 20U));
    }
    void service_is_probed_used_measured_and_stopped() {
        Recorder recorder;
        ContainerRequest request = *make_request({"busybox", "httpd", "-f", "-p", "8080", "-h", "/bin"});
        request.probe = PortProbe{8080, "/nothing"};
        auto container = engine->start(request, recorder, {});
        VERIFY_OK(container);
        VERIFY_SOON(recorder.ready.load() > Nanoseconds{0});
        const auto answer = (*container)->exchange(8080, "GET /x HTTP/1.0\r\n\r\n", "404", patience);
        VERIFY_OK(answer);
        QVERIFY(!(*container)->exchange(8081, "x", "y", std::chrono::seconds(1)));
        auto usage = (*container)->usage();
        VERIFY_SOON((usage = (*container)->usage()) && usage->workload_pids.size() == 1); // a process per answer ends
        QVERIFY(usage->monitor_pid > 0 && usage->cpu);
        QVERIFY(*usage->cpu >= *recorder.marks.back().cpu); // the same sum as in marks
        const auto disk = (*container)->disk();
        QVERIFY(disk);
        QCOMPARE(disk->shared + disk->unique, disk->allocated);
        QVERIFY(!(*container)->wait({}, std::chrono::milliseconds(50)));
        const auto exit = (*container)->stop(std::chrono::milliseconds(500));
        QVERIFY(exit);
        QVERIFY(exit->status.code == 143 || exit->status.code == 137);
    }
    void killed_launcher_takes_a_workload_of_another_user_along() {
        Recorder recorder;
        auto container = start({"su", "-s", "/bin/sh", "other", "-c", "exec sleep 1000"}, recorder);
        QVERIFY(container);
        const auto user_changed = [&] {
            const auto usage = container->usage();
            const auto pids = usage ? usage->workload_pids : std::vector<pid_t>{};
            return !pids.empty() &&
                   read_file("/proc/" + std::to_string(pids.front()) + "/cmdline").value_or("").starts_with("sleep");
        };
        VERIFY_SOON(user_changed());
        const auto usage = container->usage();
        QVERIFY(usage);
        QCOMPARE(::kill(usage->monitor_pid, SIGKILL), 0);
        const auto exit = container->wait({}, patience);
        QVERIFY(!exit);
        QVERIFY2(exit.error().message().find("launcher ended") != std::string::npos, exit.error().message().c_str());
        for (const pid_t pid : usage->workload_pids)
            VERIFY_SOON(!alive(pid));
    }
    void disk_is_whole_while_the_container_ends() {
        Recorder recorder;
        auto container = start({"sh", "-c", "for i in $(seq 300); do echo data > /file$i; done"}, recorder);
        QVERIFY(container);
        VERIFY_SOON(recorder.exited.load() > Nanoseconds{0});
        std::set<std::uint64_t> sizes;
        for (int i = 0; i < 50; ++i) {
            const auto disk = container->disk();
            VERIFY_OK(disk);
            sizes.insert(disk->unique);
        }
        QCOMPARE(sizes.size(), std::size_t{1});
        QVERIFY(*sizes.begin() >= 300U * 4096U);
    }
    void what_cannot_be_written_into_a_configuration_is_refused() {
        const auto process =
            engine->resolve_process(*image, {{"echo", "\xff\x1b[31m"}, {}, std::nullopt, std::nullopt});
        QVERIFY(!process);
        QCOMPARE(process.error().kind, ErrorKind::invalid_argument);
        QCOMPARE(process.error().message(),
                 std::string("cannot use command argument \uFFFD\uFFFD[31m: it is not valid UTF-8"));
        const auto refused = Engine::open({folder.path() / "data\xff", launcher_path(), std::nullopt});
        QVERIFY(!refused);
        QVERIFY(!std::filesystem::exists(folder.path() / "data\xff"));
    }
    void unknown_stop_signal_is_named() {
        Image wrong = *image;
        wrong.config.stop_signal = "SIGNONSENSE";
        const auto process = engine->resolve_process(wrong, {{"true"}, {}, std::nullopt, std::nullopt});
        QVERIFY(!process);
        QVERIFY2(process.error().message().find("SIGNONSENSE") != std::string::npos, process.error().message().c_str());
        ProcessOverrides better;
        better.command = {"true"};
        better.stop_signal = "RTMIN+3";
        const auto mended = engine->resolve_process(wrong, better);
        VERIFY_OK(mended);
        QCOMPARE(mended->stop_signal, SIGRTMIN + 3);
    }
    void destroying_kills() {
        Recorder recorder;
        auto container = start({"sleep", "1000"}, recorder);
        QVERIFY(container);
        container.reset();
        QVERIFY(recorder.exited.load() > Nanoseconds{0});
        QCOMPARE(recorder.lost.load(), Nanoseconds{0});
    }
    void killed_launcher_is_told_and_named() {
        Recorder recorder;
        auto container = start({"sleep", "1000"}, recorder);
        QVERIFY(container);
        const auto usage = container->usage();
        QVERIFY(usage);
        ::kill(usage->monitor_pid, SIGKILL);
        VERIFY_SOON(recorder.lost.load() > Nanoseconds{0});
        QCOMPARE(recorder.exited.load(), Nanoseconds{0});
        const auto exit = container->wait({}, patience);
        QVERIFY(!exit);
        QVERIFY2(exit.error().message().find("launcher") != std::string::npos, exit.error().message().c_str());
    }
    void user_and_variables_come_from_the_image() {
        const auto process = engine->resolve_process(*image, {{"true"}, {"A=1"}, std::nullopt, "12:34"});
        QVERIFY(process);
        QCOMPARE(process->uid, 12U);
        QCOMPARE(process->gid, 34U);
        QVERIFY(std::ranges::find(process->env, "A=1") != process->env.end());
        QVERIFY(std::ranges::any_of(process->env, [](auto& entry) { return entry.starts_with("PATH=/"); }));
        Image silent = *image;
        silent.config.command.clear();
        QVERIFY(!engine->resolve_process(silent, {}));
        QVERIFY(!engine->resolve_process(*image, {{"true"}, {}, std::nullopt, "nobody-here"}));
    }
    void killed_caller_leaves_nothing_after_tidy_up() {
        const pid_t pid = ::fork();
        if (pid == 0) {
            Recorder recorder;
            auto container = start({"sleep", "1000"}, recorder);
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(pid, &status, 0), pid);
        QCOMPARE(WTERMSIG(status), SIGKILL);
        COMPARE_SOON(traces(), before_);
        QVERIFY(engine->tidy_up({}));
    }
    void files_of_subordinate_ids_are_measured_and_removed() {
        if (::geteuid() != 0 || !find_program("newuidmap"))
            QSKIP("the test needs root to become a user with subordinate ids, and newuidmap");
        const UserPlace place(folder.path() / "root.tar");
        ContainerSettings settings = default_settings({{"true"}, {}});
        settings.id = std::string(64, 'a');
        settings.name = "abandoned";
        settings.image_digest = image->digest.text();
        settings.snapshotter = "overlay";
        settings.owner = ProcessIdentity{1, 1};
        settings.auto_remove = true;
        const auto abandoned = place.path / "home/data/instances/folders" / settings.id;
        std::filesystem::create_directories(abandoned / "snapshot/upper/closed");
        RuntimeSpec spec = bundle.spec({"true"});
        spec.namespaces.user = true;
        spec.uid_mappings = spec.gid_mappings = {{0, plain_user, 1}, {1, first_subordinate, 65536}};
        QVERIFY(write_file_atomically(abandoned / "config.json", runtime_spec_to_json(spec).dump()));
        QVERIFY(write_file_atomically(abandoned / "container.json", settings_to_json(settings).dump()));
        QVERIFY(write_file_atomically(abandoned / "snapshot/upper/closed/file", "x"));
        for (const auto& entry : std::filesystem::recursive_directory_iterator(abandoned))
            UserPlace::give(entry.path(), plain_user);
        UserPlace::give(abandoned, plain_user);
        UserPlace::give(abandoned / "snapshot/upper/closed", first_subordinate + 4);
        UserPlace::give(abandoned / "snapshot/upper/closed/file", first_subordinate + 4);
        std::filesystem::permissions(abandoned / "snapshot/upper/closed", std::filesystem::perms::owner_all);

        std::array<int, 2> ends{};
        QCOMPARE(::pipe2(ends.data(), O_CLOEXEC), 0);
        const UniqueFd reading(ends[0]);
        UniqueFd writing(ends[1]);
        const pid_t pid = ::fork();
        if (pid == 0) {
            const std::string trouble = work_as_plain_user(place);
            (void)!::write(writing.get(), trouble.data(), trouble.size());
            ::_exit(0);
        }
        writing.reset();
        char trouble[1000]{};
        (void)!::read(reading.get(), trouble, sizeof trouble - 1);
        QCOMPARE(::waitpid(pid, nullptr, 0), pid);
        QCOMPARE(QByteArray(trouble), QByteArray());
    }
    void containers_of_living_owners_stay() {
        Recorder recorder;
        auto container = start({"sleep", "1000"}, recorder);
        QVERIFY(engine->tidy_up({}));
        QVERIFY(container->disk());
        QVERIFY(container->usage());
    }
    void everything_needed_is_here() {
        for (const Prerequisite& one : check_engine({folder.path(), launcher_path(), std::nullopt}))
            QVERIFY2(!one.required || one.state == Prerequisite::State::found, (one.id + ": " + one.detail).c_str());
        const auto without = check_engine({folder.path(), "/no/such/launcher", std::nullopt});
        QCOMPARE(without.front().state, Prerequisite::State::missing);
        QVERIFY(!without.front().remedy.empty());
    }

  private:
    static bool alive(pid_t pid) {
        const std::string status = read_file("/proc/" + std::to_string(pid) + "/status").value_or("");
        return !status.empty() && status.find("State:\tZ") == std::string::npos;
    }

    std::string before_;
};

ISOLAB_TEST(EngineTest)
#include "engine_test.moc"
