// SPDX-License-Identifier: GPL-3.0-or-later
//
// Networks of an ordinary user, with real traffic through pasta and slirp4netns.
#include <array>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <QtTest>

#include "engine/network/network_namespace.h"
#include "engine/network/port_check.h"
#include "engine/network/rootless_network.h"
#include "tests/engine/network/network_stage.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/patience.h"
#include "tests/support/test_main.h"
#include "tests/support/user_namespaces.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t ordinary_user = 65534;

/// Where the device is closed to users, opens it to them in this mount namespace only.
void open_tun_to_all(const fs::path& folder) {
    const fs::path place = folder / "dev";
    fs::create_directory(place);
    if (::mount("none", place.c_str(), "tmpfs", 0, "mode=755") == 0 &&
        ::mknod((place / "tun").c_str(), S_IFCHR, ::makedev(10, 200)) == 0 &&
        ::chmod((place / "tun").c_str(), 0666) == 0)
        ::mount((place / "tun").c_str(), "/dev/net/tun", nullptr, MS_BIND, nullptr);
}

bool become_ordinary_user() {
    return ::setgroups(0, nullptr) == 0 && ::setresgid(ordinary_user, ordinary_user, ordinary_user) == 0 &&
           ::setresuid(ordinary_user, ordinary_user, ordinary_user) == 0 && ::prctl(PR_SET_DUMPABLE, 1) == 0;
}

/// A "container": namespaces, a server on port 80, and one question to the outside when told.
struct Inside {
    pid_t pid = -1;
    int control = -1;

    explicit Inside(const fs::path& answer) {
        std::array<int, 2> pair{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
            return;
        pid = ::fork();
        if (pid == 0)
            ::_exit(live(pair[1], answer));
        control = pair[0];
        ::close(pair[1]);
        wait_for_word();
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        ::close(control);
    }
    void wait_for_word() const {
        char byte = 0;
        [[maybe_unused]] const auto got = ::read(control, &byte, 1);
    }
    void ask() const {
        [[maybe_unused]] const auto told = ::write(control, "a", 1);
        wait_for_word();
    }
    static int live(int control, const fs::path& answer) {
        const std::string map = "0 " + std::to_string(ordinary_user) + " 1";
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 || !write_text("/proc/self/setgroups", "deny") ||
            !write_text("/proc/self/uid_map", map) || !write_text("/proc/self/gid_map", map))
            return 1;
        const EchoServer server(-1, "inside", 80);
        const EchoServer same_number(-1, "inside", 18081);
        for (char byte = 'r'; ::write(control, &byte, 1) == 1 && ::read(control, &byte, 1) == 1;)
            std::ofstream(answer) << isolab::test::ask(-1, NetworkStage::outside_address, 7);
        return 0;
    }
};

/// What the ordinary user does, in a process of his own; the text is empty when all went well.
std::string job_of_user(RootlessProgram program, const fs::path& folder) {
    const Inside inside(folder / "answer");
    RootlessRequest request;
    request.user_namespace = "/proc/" + std::to_string(inside.pid) + "/ns/user";
    request.network_namespace = "/proc/" + std::to_string(inside.pid) + "/ns/net";
    request.folder = folder;
    const auto forwards = parse_port_forward("127.0.0.1:18080:80");
    const auto udp = parse_port_forward(program == RootlessProgram::pasta ? "18081:18081/udp" : "18081:80/udp");
    const auto ports = choose_host_ports({forwards->front(), udp->front()}, {});
    if (!ports)
        return ports.error().message();
    request.ports = *ports;
    pid_t pid = -1;
    {
        const auto network = RootlessNetwork::start(request, {}, program);
        if (!network)
            return network.error().message();
        pid = network->pid();
        if (ask(-1, "127.0.0.1", 18080).substr(0, 6) != "inside")
            return "the published TCP port does not answer";
        const char* address = program == RootlessProgram::pasta ? "127.0.0.1" : NetworkStage::host_address;
        if (ask(-1, address, 18081, Transport::udp).substr(0, 6) != "inside")
            return "the published UDP port does not answer";
        inside.ask();
        std::string answer;
        std::getline(std::ifstream(folder / "answer"), answer);
        if (answer != "outside 198.51.100.1")
            return "outside was not reached, but: " + answer;
        if (choose_host_ports({forwards->front()}, {}))
            return "a port in use was not noticed";
    }
    return becomes_true([pid] { return ::kill(pid, 0) != 0; }) ? "" : "the program goes on after its end";
}

} // namespace

class RootlessNetworkTest : public QObject {
    Q_OBJECT
    std::optional<NetworkStage> stage_;

    static RootlessRequest example() {
        RootlessRequest request;
        request.user_namespace = "/proc/7/ns/user";
        request.network_namespace = "/proc/7/ns/net";
        request.folder = "/run/c";
        request.ports = {{std::nullopt, 8080, 80, Transport::tcp},
                         {IpAddress::parse("127.0.0.1"), 53, 5353, Transport::udp}};
        return request;
    }
    static QString joined(const std::vector<std::string>& argv) {
        QStringList words;
        for (const std::string& word : argv)
            words << QString::fromStdString(word);
        return words.join(' ');
    }

  private slots:
    void command_lines_are_complete() {
        QCOMPARE(joined(pasta_command("pasta", example())),
                 QString("pasta --quiet --config-net --no-map-gw --mtu 65520 --dns-forward 169.254.1.1 "
                         "--pid /run/c/pasta.pid --ns-ifname eth0 -t 8080:80 -u 127.0.0.1/53:5353 -T none -U none "
                         "--userns /proc/7/ns/user --netns /proc/7/ns/net"));
        QCOMPARE(joined(slirp_command("slirp4netns", example(), 3, 4)),
                 QString("slirp4netns --configure --mtu=65520 --disable-host-loopback --ready-fd=3 --exit-fd=4 "
                         "--api-socket=/run/c/slirp.sock --userns-path=/proc/7/ns/user --netns-type=path "
                         "/proc/7/ns/net eth0"));
        QCOMPARE(QString::fromStdString(slirp_forward_request(example().ports[1])),
                 QString(R"({"execute":"add_hostfwd","arguments":{"proto":"udp","host_addr":"127.0.0.1",)"
                         R"("host_port":53,"guest_port":5353}})"));
    }

    void the_program_fits_the_ports() {
        QCOMPARE(preferred_program(example().ports), RootlessProgram::slirp4netns);
        QCOMPARE(preferred_program({{std::nullopt, 8080, 80, Transport::tcp}, {std::nullopt, 53, 53, Transport::udp}}),
                 RootlessProgram::pasta);
        QCOMPARE(check_rootless_ports(example().ports).error().kind, ErrorKind::unsupported);
        QVERIFY(check_rootless_ports({{std::nullopt, 53, 5353, Transport::udp}}));
        QVERIFY(check_rootless_ports({{IpAddress::parse("127.0.0.1"), 53, 53, Transport::udp}}));
    }

    void an_ordinary_user_reaches_and_is_reached_data() {
        QTest::addColumn<int>("program");
        QTest::newRow("pasta") << static_cast<int>(RootlessProgram::pasta);
        QTest::newRow("slirp4netns") << static_cast<int>(RootlessProgram::slirp4netns);
    }
    void an_ordinary_user_reaches_and_is_reached() {
        QFETCH(int, program);
        if (::geteuid() != 0)
            QSKIP("the stage needs root");
        if (const std::string why = why_no_user_namespaces(); !why.empty())
            QSKIP(why.c_str());
        if (!find_program(QTest::currentDataTag()))
            QSKIP("the program is not installed");
        if (!stage_) {
            stage_.emplace();
            open_tun_to_all(stage_->folder());
            fs::permissions(stage_->folder(), fs::perms(0755));
        }
        const fs::path folder = stage_->folder() / QTest::currentDataTag();
        fs::create_directory(folder);
        QCOMPARE(::chown(folder.c_str(), ordinary_user, ordinary_user), 0);
        const EchoServer outside(stage_->outside(), "outside", 7);
        const pid_t user = ::fork();
        if (user == 0) {
            const std::string trouble = become_ordinary_user()
                                            ? job_of_user(static_cast<RootlessProgram>(program), folder)
                                            : "cannot become an ordinary user";
            std::ofstream(folder / "trouble") << trouble;
            ::_exit(0);
        }
        int status = 0;
        QCOMPARE(::waitpid(user, &status, 0), user);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        std::string trouble;
        std::getline(std::ifstream(folder / "trouble"), trouble);
        QCOMPARE(QString::fromStdString(trouble), QString());
    }
};

ISOLAB_TEST(RootlessNetworkTest)
#include "rootless_network_test.moc"
