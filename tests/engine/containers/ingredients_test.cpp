// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers with less isolation, seen from inside against the host.
#include "engine/containers/ingredients.h"
#include "tests/engine/engine_stage.h"
#include "tests/support/free_port.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <sstream>

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace isolab;
using namespace isolab::test;

namespace {

/// What a process sees, by name; "@NAME" begins each.
constexpr const char* look_around = R"sh(
for one in pid net uts ipc cgroup mnt user; do echo "@$one"; readlink /proc/self/ns/$one; done
for one in CapEff CapBnd NoNewPrivs Seccomp; do echo "@$one"; grep "^$one:" /proc/self/status; done
echo @masked; busybox grep -c -E ' /proc/(kcore|keys|sys|irq|sysrq-trigger) ' /proc/self/mountinfo
echo @sysfs; busybox awk '$5 == "/sys" {print $6}' /proc/self/mountinfo
echo @memory; busybox cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null
echo @pids; busybox cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null
echo @first; echo $$
echo @end
)sh";

using Views = std::map<std::string, std::string>;

Views views_of(const std::string& output) {
    Views views;
    std::string name;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("@"))
            views.try_emplace(name = line.substr(1));
        else
            views[name] += line + "\n";
    return views;
}

std::string host_namespace(const std::string& kind) {
    std::error_code failed;
    return std::filesystem::read_symlink("/proc/self/ns/" + kind, failed).string() + "\n";
}

/// An ingredient by the name of what a process can see of it.
struct NamedIngredient {
    const char* view; ///< of look_around
    bool Ingredients::*member;
};
constexpr std::array namespaces{
    NamedIngredient{"pid", &Ingredients::pid},       NamedIngredient{"net", &Ingredients::network},
    NamedIngredient{"uts", &Ingredients::uts},       NamedIngredient{"ipc", &Ingredients::ipc},
    NamedIngredient{"cgroup", &Ingredients::cgroup},
};

} // namespace

class IngredientsTest : public QObject, private EngineStage {
    Q_OBJECT
  private slots:
    void initTestCase() { set_up(); }
    void init() { before_ = traces(); }
    void cleanup() {
        COMPARE_SOON(traces(), before_);
        QCOMPARE(containers_on_disk(), std::size_t{0});
    }

    void namespace_that_is_left_out_is_the_hosts_and_no_other_data() {
        QTest::addColumn<QString>("view");
        for (const NamedIngredient& one : namespaces)
            QTest::newRow(one.view) << one.view;
    }
    void namespace_that_is_left_out_is_the_hosts_and_no_other() {
        QFETCH(QString, view);
        Ingredients ingredients;
        for (const NamedIngredient& one : namespaces)
            if (view == one.view)
                ingredients.*one.member = false;
        const Views seen = look(ingredients);
        for (const NamedIngredient& one : namespaces)
            QVERIFY2((seen.at(one.view) == host_namespace(one.view)) == (view == one.view), one.view);
        QVERIFY(seen.at("mnt") != host_namespace("mnt"));
        compare_but(look({}), seen, {view.toStdString(), "first"});
    }
    void filter_alone_can_be_left_out() {
        const Views whole = look({});
        const Views seen = look({.seccomp = false});
        QCOMPARE(whole.at("Seccomp"), std::string("Seccomp:\t2\n"));
        QCOMPARE(seen.at("Seccomp"), std::string("Seccomp:\t0\n"));
        compare_but(whole, seen, {"Seccomp"});
    }
    void capabilities_alone_can_be_left_reduced() {
        const Views whole = look({});
        const Views seen = look({.capabilities = false});
        const std::string own = status_line("CapBnd");
        QVERIFY(whole.at("CapBnd") != own);
        QCOMPARE(seen.at("CapBnd"), own);
        QCOMPARE(seen.at("CapEff"), "CapEff" + own.substr(6));
        QCOMPARE(whole.at("NoNewPrivs"), std::string("NoNewPrivs:\t1\n"));
        QCOMPARE(seen.at("NoNewPrivs"), std::string("NoNewPrivs:\t0\n"));
        QCOMPARE(seen.at("Seccomp"), std::string("Seccomp:\t2\n"));
        compare_but(whole, seen, {"CapBnd", "CapEff", "NoNewPrivs"});
    }
    void filter_is_the_same_whatever_the_capabilities_are() {
        // The usual filter allows mount(2) only to those who have CAP_SYS_ADMIN.
        Recorder recorder;
        const auto code = run({"mount", "-t", "tmpfs", "none", "/open"}, {.capabilities = false}, recorder);
        VERIFY_OK(code);
        QVERIFY(*code != 0);
    }
    void kernel_files_alone_can_be_left_open() {
        const Views whole = look({});
        const Views seen = look({.kernel_files = false});
        QVERIFY(whole.at("masked") != "0\n");
        QCOMPARE(seen.at("masked"), std::string("0\n"));
        QVERIFY(whole.at("sysfs").starts_with("ro,"));
        QVERIFY(seen.at("sysfs").starts_with("rw,"));
        compare_but(whole, seen, {"masked", "sysfs"});
    }
    void limits_alone_can_be_left_out_and_its_group_counts() {
        if (!engine->facts().limits_enforced)
            QSKIP(engine->facts().limits_reason.c_str());
        const Views whole = look({});
        const Views seen = look({.limits = false});
        QVERIFY(whole.at("memory").starts_with(std::to_string(64U << 20U)));
        QVERIFY(!seen.at("memory").starts_with(std::to_string(64U << 20U)));
        QCOMPARE(seen.at("pids"), std::string("max\n"));
        compare_but(whole, seen, {"memory", "pids"});
        Recorder recorder;
        auto container = start_with({"sleep", "1000"}, {.limits = false}, recorder);
        VERIFY_OK(container);
        const auto usage = (*container)->usage();
        VERIFY_OK(usage);
        QCOMPARE(usage->workload_pids.size(), std::size_t{1});
        QVERIFY(usage->cgroup_bytes.value_or(0) > 0);
        QVERIFY(usage->cpu.has_value());
    }
    void overlay_alone_can_be_left_out() {
        if (engine->facts().snapshotter != "overlay")
            QSKIP(engine->facts().snapshotter_reason.c_str());
        const auto root_type = [this](const Ingredients& ingredients) {
            Recorder recorder;
            const auto code =
                run({"busybox", "awk", "$5 == \"/\" {print $(NF-2)}", "/proc/self/mountinfo"}, ingredients, recorder);
            return code ? recorder.out : code.error().message();
        };
        QCOMPARE(root_type({}), std::string("overlay\n"));
        QVERIFY2(root_type({.overlay = false}) != "overlay\n", root_type({.overlay = false}).c_str());
        Recorder recorder;
        auto container =
            start_with({"sh", "-c", "echo own > /own; cat /own; sleep 1000"}, {.overlay = false}, recorder);
        VERIFY_OK(container);
        const auto disk = (*container)->disk();
        VERIFY_OK(disk);
        QCOMPARE(disk->unique, disk->allocated); // nothing is shared with a layer
        compare_but(look({}), look({.overlay = false}), {});
    }

    void what_only_a_left_out_ingredient_could_meet_is_refused() {
        const auto refused = [this](const Ingredients& ingredients,
                                    const std::function<void(ContainerSettings&)>& ask) {
            ContainerRequest request = *make_request({"true"});
            request.ingredients = ingredients;
            ask(request.settings);
            Recorder recorder;
            const auto container = engine->start(request, recorder, {});
            return !container && container.error().kind == ErrorKind::invalid_argument && recorder.marks.empty();
        };
        QVERIFY(refused({.network = false}, [](auto& settings) { settings.network = "bridge"; }));
        QVERIFY(refused({.network = false}, [](auto& settings) {
            settings.ports = {{{}, 80, 0, 80, Transport::tcp}};
        }));
        QVERIFY(refused({.network = false}, [](auto& settings) { settings.sysctls["net/ipv4/ip_forward"] = "1"; }));
        QVERIFY(refused({.ipc = false}, [](auto& settings) { settings.sysctls["kernel.shmmax"] = "1"; }));
        QVERIFY(refused({.uts = false}, [](auto& settings) { settings.domain_name = "example"; }));
        QVERIFY(refused({.pid = false}, [](auto& settings) { settings.pid_mode = "container:other"; }));
        QVERIFY(refused({.limits = false}, [](auto& settings) { settings.strict_limits = true; }));
    }

    void native_is_the_host_in_the_root_of_the_image() {
        const Views seen = look(native_ingredients());
        for (const NamedIngredient& one : namespaces)
            QCOMPARE(seen.at(one.view), host_namespace(one.view));
        QCOMPARE(seen.at("user"), host_namespace("user"));
        QVERIFY(seen.at("mnt") != host_namespace("mnt"));
        QCOMPARE(seen.at("CapBnd"), status_line("CapBnd"));
        QCOMPARE(seen.at("NoNewPrivs"), std::string("NoNewPrivs:\t0\n"));
        QCOMPARE(seen.at("Seccomp"), status_line("Seccomp"));
        QCOMPARE(seen.at("masked"), std::string("0\n"));
        Recorder recorder;
        VERIFY_OK(run({"sh", "-c", "cat /etc/hostname; hostname"}, native_ingredients(), recorder));
        std::string name(256, '\0');
        QCOMPARE(::gethostname(name.data(), name.size()), 0);
        name = std::string(name.c_str()) + "\n";
        QCOMPARE(recorder.out, name + name);
    }
    /// The workload's first process ends and leaves others, in sessions of their own.
    void native_ends_what_its_first_process_leaves() {
        Recorder recorder;
        auto container = start_with({"sh", "-c", "busybox setsid sleep 2222 & (sleep 2223 &) ; echo up; read nothing"},
                                    native_ingredients(), recorder);
        VERIFY_OK(container); // standard input is empty: it ends at once
        VERIFY_OK((*container)->wait({}, patience));
        QCOMPARE(processes_in_image(), std::size_t{0});
    }
    void native_heeds_signals_as_on_the_host() {
        Recorder recorder;
        auto container =
            start_with({"sh", "-c", "sleep 1000 & echo up; exec sleep 1000"}, native_ingredients(), recorder);
        VERIFY_OK(container);
        const auto exit = (*container)->stop(patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.signal, SIGTERM); // the first of a PID namespace would not have got it
        QVERIFY(!exit->killed);
        QCOMPARE(processes_in_image(), std::size_t{0});
    }
    void native_that_ignores_its_stop_signal_is_killed() {
        Recorder recorder;
        auto container =
            start_with({"sh", "-c", "trap '' TERM; echo up; sleep 1000; sleep 1000"}, native_ingredients(), recorder);
        VERIFY_OK(container);
        VERIFY_SOON(!recorder.text().empty());
        const auto exit = (*container)->stop(patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.signal, SIGKILL);
        QVERIFY(exit->killed);
        QCOMPARE(processes_in_image(), std::size_t{0});
    }
    void killed_owner_takes_all_of_native_along() {
        const pid_t owner = ::fork();
        if (owner == 0) {
            Recorder recorder;
            ContainerRequest request =
                *make_request({"sh", "-c", "busybox setsid sleep 1000 & (sleep 1000 &) ; sleep 1000"});
            request.ingredients = native_ingredients();
            const auto container = engine->start(request, recorder, {});
            if (!container)
                ::_exit(1);
            for (;;)
                ::pause();
        }
        VERIFY_SOON(processes_in_image() >= 3); // sleeping
        ::kill(owner, SIGKILL);
        QCOMPARE(::waitpid(owner, nullptr, 0), owner);
        COMPARE_SOON(processes_in_image(), std::size_t{0});
        COMPARE_SOON(traces(), before_); // the launcher has ended too, and watches the folder no longer
        VERIFY_OK(engine->tidy_up({}));
    }
    void killed_launcher_takes_all_of_native_along() {
        Recorder recorder;
        auto container = start_with({"sh", "-c", "busybox setsid sleep 1000 & (sleep 1000 &) ; sleep 1000"},
                                    native_ingredients(), recorder);
        VERIFY_OK(container);
        VERIFY_SOON(processes_in_image() >= 3);
        const auto usage = (*container)->usage();
        VERIFY_OK(usage);
        ::kill(usage->monitor_pid, SIGKILL);
        QVERIFY(!(*container)->wait({}, patience));
        QCOMPARE(processes_in_image(), std::size_t{0});
    }

    void native_service_answers_at_the_hosts_loopback() {
        const auto port = static_cast<std::uint16_t>(free_port());
        Recorder recorder;
        auto container = serve(port, recorder);
        VERIFY_OK(container);
        VERIFY_SOON(recorder.ready.load() > Nanoseconds{0});
        VERIFY_OK((*container)->exchange(port, "GET /x HTTP/1.0\r\n\r\n", "404", patience));
        const auto exit = (*container)->stop(patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.signal, SIGTERM);
        auto again = serve(port, recorder); // connections that ended just now are no obstacle
        VERIFY_OK(again);
    }
    void port_that_is_taken_on_the_host_is_told() {
        const auto port = static_cast<std::uint16_t>(free_port());
        const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        QCOMPARE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0); // NOLINT
        QCOMPARE(::listen(listener.get(), 1), 0);
        Recorder recorder;
        const auto container = serve(port, recorder);
        QVERIFY(!container);
        QCOMPARE(container.error().kind, ErrorKind::already_exists);
        const QString message = QString::fromStdString(container.error().message());
        QVERIFY2(message.contains(QString::number(port)) && message.contains(QString("process %1").arg(::getpid())),
                 qPrintable(message));
        QVERIFY(recorder.marks.empty());
        Recorder whole; // with a network of its own it is nobody else's
        ContainerRequest request = *make_request(service(port));
        request.probe = PortProbe{port, "/nothing"};
        VERIFY_OK(engine->start(request, whole, {}));
    }

  private:
    static std::vector<std::string> service(std::uint16_t port) {
        return {"busybox", "httpd", "-f", "-p", std::to_string(port), "-h", "/bin"};
    }
    Result<std::unique_ptr<Container>> serve(std::uint16_t port, Recorder& recorder) {
        ContainerRequest request = *make_request(service(port));
        request.ingredients = native_ingredients();
        request.probe = PortProbe{port, "/nothing"};
        return engine->start(request, recorder, {});
    }
    Result<std::unique_ptr<Container>> start_with(const std::vector<std::string>& command,
                                                  const Ingredients& ingredients, Recorder& recorder) {
        ISOLAB_ASSIGN(ContainerRequest request, make_request(command));
        request.ingredients = ingredients;
        return engine->start(request, recorder, {});
    }
    Result<int> run(const std::vector<std::string>& command, const Ingredients& ingredients, Recorder& recorder) {
        ISOLAB_ASSIGN(const auto container, start_with(command, ingredients, recorder));
        ISOLAB_ASSIGN(const ContainerExit exit, container->wait({}, patience));
        return exit.status.code;
    }
    Views look(const Ingredients& ingredients) {
        Recorder recorder;
        const auto code = run({"sh", "-c", look_around}, ingredients, recorder);
        if (!code)
            qWarning("%s", code.error().message().c_str());
        Views views = views_of(recorder.out);
        if (!views.contains("end"))
            qFatal("the probe did not reach its end: %s", recorder.err.c_str());
        return views;
    }
    /// Everything but `changed` is as it was; namespaces are new ones each time.
    static void compare_but(const Views& whole, const Views& seen, const std::set<std::string>& changed) {
        for (const auto& [name, value] : whole) {
            const bool is_namespace = value.find(":[") != std::string::npos;
            if (is_namespace && !changed.contains(name))
                QVERIFY2((seen.at(name) == host_namespace(name)) == (value == host_namespace(name)), name.c_str());
            else if (!changed.contains(name))
                QVERIFY2(seen.at(name) == value, (name + ": " + seen.at(name) + "for " + value).c_str());
        }
    }
    static std::string status_line(const std::string& name) {
        std::istringstream lines(read_file("/proc/self/status").value_or(""));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with(name + ":"))
                return line + "\n";
        return {};
    }
    /// Processes of any container of this stage: all others have another root.
    std::size_t processes_in_image() const {
        std::size_t count = 0;
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator("/proc", failed))
            if (read_file(entry.path() / "mountinfo").value_or("").find(folder.path().filename().string() + "/") !=
                    std::string::npos &&
                std::filesystem::exists(entry.path() / "root/open", failed))
                ++count;
        return count;
    }

    std::string before_;
};

ISOLAB_TEST(IngredientsTest)
#include "ingredients_test.moc"
