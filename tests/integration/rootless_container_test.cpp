// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab run` and `isolab container` of an ordinary user: no root, no daemon, a network through pasta or slirp4netns.
#include <csignal>
#include <functional>
#include <set>
#include <sstream>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/unique_fd.h"
#include "engine/network/rootless_programs.h"
#include "engine/network/socket_address.h"
#include "tests/support/free_port.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/plain_user.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/user_namespaces.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

/// What comes back for a datagram to a port of this host.
std::string ask_udp(const IpAddress& host, std::uint16_t port, const std::string& question) {
    constexpr int longest = 2000; // ms; who asks repeats it
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress there(host, port);
    ::connect(socket.get(), there.get(), there.length());
    ::send(socket.get(), question.data(), question.size(), 0);
    pollfd waiting{socket.get(), POLLIN, 0};
    std::array<char, 256> answer{};
    if (::poll(&waiting, 1, longest) != 1)
        return {};
    const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
    return {answer.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

/// What this program does in a container: sends datagrams back.
int echo_datagrams(std::uint16_t port) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) // NOLINT
        return 1;
    for (std::array<char, 256> bytes{};;) {
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const ssize_t size = ::recvfrom(socket.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from),
                                        &length); // NOLINT
        if (size < 0)
            return 1;
        ::sendto(socket.get(), bytes.data(), static_cast<std::size_t>(size), 0,
                 reinterpret_cast<const sockaddr*>(&from), length); // NOLINT
    }
}

} // namespace

class RootlessContainerTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_{"/tmp/iso-XXXXXX"}; // short, for the sockets
    std::unique_ptr<PlainUser> user_;
    HostState before_;

    CommandOutput isolab(const std::vector<std::string>& arguments) const { return user_->isolab(arguments); }
    CommandOutput container(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "container");
        return isolab(arguments);
    }
    /// `options`, then a shell script; in the network none, which takes no time.
    CommandOutput run(std::vector<std::string> options, const std::string& script) const {
        options.insert(options.begin(), {"run", "--network", "none"});
        options.insert(options.end(), {default_image, "sh", "-c", script});
        return isolab(options);
    }
    std::string field(const std::string& name, const std::string& form) const {
        return trimmed(container({"inspect", "--format", "{{" + form + "}}", name}).out);
    }
    std::string status(const std::string& name) const { return field(name, ".State.Status"); }
    /// Programs that carry the packets of this test's containers.
    std::size_t helpers() const {
        std::size_t count = 0;
        std::error_code failed;
        for (const auto& entry : fs::directory_iterator("/proc", failed)) {
            const std::string line = read_file(entry.path() / "cmdline").value_or(""); // it may end in between
            if (contains(line, user_->root().string()) && (contains(line, "pasta") || contains(line, "slirp4netns")) &&
                !contains(line, "network-start"))
                ++count;
        }
        return count;
    }
    /// Processes that keep a user namespace for this test's data folder.
    std::set<pid_t> keepers_of_ids() const {
        std::set<pid_t> found;
        std::error_code failed;
        for (const auto& entry : fs::directory_iterator("/proc", failed)) {
            const std::string line = read_file(entry.path() / "cmdline").value_or(""); // it may end in between
            if (contains(line, user_->root().string()) && contains(line, "keeps a user namespace"))
                found.insert(std::stoi(entry.path().filename()));
        }
        return found;
    }
    static bool page_is_served(unsigned port) {
        const auto page =
            run_command({"busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:" + std::to_string(port) + "/passwd"});
        return page && contains(page->out, "root:");
    }
    /// A PATH with the programs for ids, and `more`.
    std::string path_with(const std::string& name, const std::vector<std::string>& more) const {
        const fs::path folder = user_->place() / name;
        fs::create_directories(folder);
        std::vector<std::string> programs{"newuidmap", "newgidmap"};
        programs.insert(programs.end(), more.begin(), more.end());
        for (const std::string& program : programs)
            if (const auto found = find_program(program); found && !fs::exists(folder / program))
                fs::create_symlink(*found, folder / program);
        return folder.string();
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("the test needs root to become an ordinary user");
        if (const std::string why = why_no_user_namespaces(); !why.empty())
            QSKIP(why.c_str());
        for (const char* program : {"newuidmap", "newgidmap", "pasta", "slirp4netns", "busybox"})
            if (!find_program(program))
                QSKIP((std::string(program) + " is not installed").c_str());
        user_ = std::make_unique<PlainUser>(scratch_.path().toStdString(), programs_folder());
        VERIFY_CODE(run({"--rm"}, "true"), 0); // imports the default_image
        before_ = HostState::capture(user_->root(), user_->temporary());
    }
    void cleanup() {
        const auto ids = container({"ls", "--all", "--quiet", "--no-trunc"});
        VERIFY_CODE(ids, 0);
        std::istringstream lines(ids.out);
        for (std::string id; std::getline(lines, id);)
            VERIFY_CODE(container({"rm", "--force", id}), 0);
        VERIFY_CODE(isolab({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, user_->root(), user_->temporary());
        QVERIFY2(left.empty(), left.c_str());
        std::error_code failed;
        for (const char* folder : {"network/rootless", "instances/folders", "instances/names"})
            QVERIFY2(fs::directory_iterator(user_->root() / folder, failed) == fs::directory_iterator(), folder);
    }

    void run_passes_output_and_exit_code_on() {
        const auto output = run({"--rm"}, "echo out; echo err >&2; exit 7");
        VERIFY_CODE(output, 7);
        QCOMPARE(output.out, std::string("out\n"));
        QCOMPARE(output.err, std::string("err\n"));
        VERIFY_CODE(isolab({"run", "--rm", "--network", "none", default_image, "no-such-program"}), 127);
        VERIFY_CODE(isolab({"run", "--rm", "--network", "host", default_image, "true"}), 0);
    }
    void container_outlives_its_caller() {
        VERIFY_CODE(run({"-d", "--name", "quiet"}, "echo begun; sleep 1000"), 0);
        QVERIFY(becomes_true([&] { return container({"logs", "quiet"}).out == "begun\n"; }));
        QVERIFY(contains(isolab({"ps"}).out, "quiet"));
        const auto there = container({"exec", "-u", "7:8", "quiet", "sh", "-c", "id -u; id -g"});
        VERIFY_CODE(there, 0);
        QCOMPARE(there.out, std::string("7\n8\n"));
        QVERIFY(becomes_true([&] { return contains(container({"top", "quiet"}).out, "sleep 1000"); }));
        VERIFY_CODE(container({"restart", "-t", "0", "quiet"}), 0);
        QCOMPARE(status("quiet"), std::string("running"));
        VERIFY_CODE(container({"stop", "-t", "0", "quiet"}), 0);
        QCOMPARE(status("quiet"), std::string("exited"));
        VERIFY_CODE(container({"rm", "quiet"}), 0);
    }
    void other_ids_work_and_go() {
        const auto output = run({"--rm", "-u", "5:6"}, "id -u; id -g");
        VERIFY_CODE(output, 0);
        QCOMPARE(output.out, std::string("5\n6\n"));
        VERIFY_CODE(run({"--name", "owner"}, "mkdir /made; echo x > /made/file; chown -R 33:34 /made"), 0);
        QVERIFY(contains(container({"diff", "owner"}).out, "A /made/file"));
        VERIFY_CODE(container({"cp", "owner:/made/file", user_->temporary() / "copied"}), 0);
        fs::remove(user_->temporary() / "copied");
        VERIFY_CODE(container({"commit", "owner", "kept:1"}), 0);
        const auto again = isolab({"run", "--rm", "--network", "none", "kept:1", "cat", "/made/file"});
        VERIFY_CODE(again, 0);
        QCOMPARE(again.out, std::string("x\n"));
        VERIFY_CODE(isolab({"image", "rm", "kept:1"}), 0);
        VERIFY_CODE(run({"--name", "private"}, "umask 077; mkdir /made; chown 33:34 /made"), 0);
        const auto closed = container({"diff", "private"});
        VERIFY_CODE(closed, 1);
        QVERIFY2(contains(closed.err, "container cp"), closed.err.c_str());
    }
    void ids_are_mapped_once_and_kept() {
        VERIFY_CODE(container({"create", "--name", "first", "--network", "none", default_image, "sleep", "1000"}), 0);
        VERIFY_CODE(container({"create", "--name", "second", "--network", "none", default_image, "sleep", "1000"}), 0);
        VERIFY_CODE(container({"start", "first"}), 0);
        const auto keepers = keepers_of_ids();
        QCOMPARE(keepers.size(), std::size_t{1});
        VERIFY_CODE(container({"start", "second"}), 0);
        QVERIFY(keepers_of_ids() == keepers);
        // The ids that a container gets are those of the namespace that is kept, in which they have these numbers.
        const auto map = container({"exec", "first", "cat", "/proc/self/uid_map"});
        VERIFY_CODE(map, 0);
        QCOMPARE(QString::fromStdString(map.out).simplified(), QString("0 0 1 1 1 65536"));
        const auto namespaces = [this](const std::string& name) {
            return container({"exec", name, "readlink", "/proc/self/ns/user"}).out;
        };
        QVERIFY(namespaces("first") != namespaces("second"));
        VERIFY_CODE(container({"exec", "-u", "33:34", "second", "sh", "-c", "echo x > /tmp/x; stat -c %u:%g /tmp/x"}),
                    0);

        ::kill(*keepers.begin(), SIGKILL);
        VERIFY_CODE(container({"rm", "-f", "second"}), 0);
        VERIFY_CODE(run({"--rm", "-u", "5:6"}, "id -u"), 0); // a dead one is replaced
        const auto next = keepers_of_ids();
        QVERIFY(next.size() == 1 && next != keepers);
        VERIFY_CODE(isolab({"system", "prune"}), 0);
        QVERIFY(becomes_true([this] { return keepers_of_ids().empty(); }));
        QCOMPARE(status("first"), std::string("running"));
        VERIFY_CODE(container({"exec", "first", "true"}), 0);
        std::ofstream(user_->root() / "instances/user-namespaces") << "in the way";
        VERIFY_CODE(run({"--rm", "-u", "5:6"}, "id -u"), 0); // it goes without
        QVERIFY(keepers_of_ids().empty());
        fs::remove(user_->root() / "instances/user-namespaces");
    }
    void volumes_keep_what_was_written() {
        VERIFY_CODE(run({"--rm", "-v", "store:/data"}, "echo kept > /data/file; chown 9:9 /data/file"), 0);
        const auto read = run({"--rm", "-v", "store:/data"}, "cat /data/file; stat -c %u /data/file");
        VERIFY_CODE(read, 0);
        QCOMPARE(read.out, std::string("kept\n9\n"));
        VERIFY_CODE(isolab({"volume", "rm", "store"}), 0);
        const fs::path folder = user_->temporary() / "shown";
        PlainUser::make_folder(folder);
        VERIFY_CODE(run({"--rm", "-v", folder.string() + ":/data"}, "echo made > /data/file"), 0);
        QVERIFY(fs::exists(folder / "file"));
        fs::remove_all(folder);
    }
    void care_is_taken() {
        const auto reaped = run({"--rm", "--init"}, "sh -c 'sleep 0.1 & exit'; sleep 0.4; ps; kill -TERM $$");
        VERIFY_CODE(reaped, 143);
        QVERIFY2(contains(reaped.out, "isolab-init"), reaped.out.c_str());
        VERIFY_CODE(run({"-d", "--name", "failing", "--restart", "on-failure:2"}, "echo run; exit 3"), 0);
        QVERIFY(becomes_true([&] { return status("failing") == "exited"; }));
        QCOMPARE(container({"logs", "failing"}).out, std::string("run\nrun\nrun\n"));
        VERIFY_CODE(
            run({"-d", "--name", "patient", "--health-cmd", "true", "--health-interval", "100ms"}, "sleep 1000"), 0);
        QVERIFY(becomes_true([&] { return field("patient", ".State.Health.Status") == "healthy"; }));
    }
    void limits_that_cannot_be_set_are_told() {
        const auto limited = run({"--rm", "-m", "64M"}, "true");
        VERIFY_CODE(limited, 0);
        if (limited.err.empty())
            QSKIP("this user can set limits");
        QVERIFY2(contains(limited.err, "without the limits"), limited.err.c_str());
        const auto strict = run({"--rm", "--strict", "-m", "64M"}, "echo ran");
        VERIFY_CODE(strict, 125);
        QVERIFY2(contains(strict.err, "limit the resources"), strict.err.c_str());
        QVERIFY(!contains(strict.out, "ran"));
        QCOMPARE(container({"ls", "-aq"}).out, std::string());
        VERIFY_CODE(run({"--rm", "--strict"}, "true"), 0);
    }
    void published_ports_are_reached_data() {
        QTest::addColumn<QString>("programs");
        QTest::newRow("pasta") << "pasta";
        QTest::newRow("slirp4netns where pasta is missing") << "slirp4netns";
    }
    void published_ports_are_reached() {
        QFETCH(QString, programs);
        const std::string path = path_with("only-" + programs.toStdString(), {programs.toStdString()});
        const fs::path echo = user_->place() / "bin/echo";
        fs::copy_file("/proc/self/exe", echo, fs::copy_options::overwrite_existing);
        const std::vector<std::string> libraries{"-v", "/usr:/usr:ro", "-v", "/lib:/lib:ro", "-v", "/lib64:/lib64:ro"};
        const unsigned page = free_port();
        const std::string page_place = "127.0.0.1:" + std::to_string(page);
        const unsigned datagrams = free_port(SOCK_DGRAM);
        const std::string word = std::to_string(datagrams);
        std::vector<std::string> server{"run", "-d", "--name", "server", "-p", page_place + ":8080"};
        server.insert(server.end(), libraries.begin(), libraries.end());
        server.insert(server.end(),
                      {"-p", word + ":" + word + "/udp", "-v", echo.string() + ":/echo:ro", default_image, "sh", "-c",
                       "/bin/httpd -p 8080 -h /etc; exec /echo rootless_container_test --echo " + word});
        const auto started = user_->isolab_with_path(path, server);
        VERIFY_CODE(started, 0);
        QCOMPARE(helpers(), std::size_t{1});
        const std::string ports = container({"port", "server"}).out;
        QVERIFY2(contains(ports, "8080/tcp -> " + page_place + "\n"), ports.c_str());
        QVERIFY2(contains(ports, word + "/udp -> 0.0.0.0:" + word + "\n"), ports.c_str());
        QVERIFY(contains(isolab({"ps"}).out, page_place + "->8080/tcp"));
        QVERIFY(becomes_true([&] { return page_is_served(page); }));
        // slirp4netns keeps the container from the host's loopback addresses, answers included.
        const auto own = rootless_own_address(RootlessProgram::pasta);
        const IpAddress host = programs == "slirp4netns" && own ? *own : *IpAddress::parse("127.0.0.1");
        QVERIFY(becomes_true([&] { return ask_udp(host, static_cast<std::uint16_t>(datagrams), "word") == "word"; }));
        const auto inside = container({"exec", "server", "sh", "-c", "cat /etc/hosts /etc/resolv.conf; ip route"});
        VERIFY_CODE(inside, 0);
        QVERIFY2(contains(inside.out, "server"), inside.out.c_str());
        QVERIFY2(contains(inside.out, programs == "pasta" ? "nameserver 169.254.1.1\n" : "nameserver 10.0.2.3\n"),
                 inside.out.c_str());
        QVERIFY2(contains(inside.out, "default via"), inside.out.c_str());
        const auto taken = isolab({"run", "--rm", "-p", page_place + ":80", default_image, "true"});
        VERIFY_CODE(taken, 125);
        QVERIFY2(contains(taken.err, "publish"), taken.err.c_str());
        VERIFY_CODE(container({"stop", "-t", "0", "server"}), 0);
        QCOMPARE(container({"port", "server"}).out, std::string());
        COMPARE_SOON(helpers(), std::size_t{0});
        QVERIFY(!page_is_served(page));
    }
    void network_comes_back_with_each_start() {
        const unsigned port = free_port();
        VERIFY_CODE(isolab({"run", "-d", "--name", "again", "--restart", "always", "-p", std::to_string(port) + ":8080",
                            default_image, "sh", "-c", "httpd -f -p 8080 -h /etc & sleep 1000"}),
                    0);
        QVERIFY(becomes_true([&] { return page_is_served(port); }));
        QCOMPARE(::kill(std::stoi(field("again", ".State.Pid")), SIGKILL), 0); // by the supervisor, without a caller
        QVERIFY(becomes_true([&] { return field("again", ".RestartCount") != "0" && status("again") == "running"; }));
        QVERIFY(becomes_true([&] { return page_is_served(port); }));
        QCOMPARE(helpers(), std::size_t{1});
        VERIFY_CODE(container({"restart", "-t", "0", "again"}), 0);
        QVERIFY(becomes_true([&] { return page_is_served(port); }));
        QCOMPARE(helpers(), std::size_t{1});
    }
    void killed_supervisor_leaves_no_network() {
        VERIFY_CODE(isolab({"run", "-d", "--name", "orphan", "-p", std::to_string(free_port()) + ":80", default_image,
                            "sleep", "1000"}),
                    0);
        QCOMPARE(helpers(), std::size_t{1});
        QCOMPARE(::kill(std::stoi(field("orphan", ".State.ConmonPid")), SIGKILL), 0);
        QVERIFY(becomes_true([&] { return helpers() == 0; }));
        QVERIFY(contains(container({"ls", "--all"}).out, "Exited (137)"));
        VERIFY_CODE(container({"start", "orphan"}), 0);
        QCOMPARE(helpers(), std::size_t{1});
    }
    void network_of_another_container_is_shared() {
        VERIFY_CODE(isolab({"run", "-d", "--name", "first", default_image, "httpd", "-f", "-p", "8080", "-h", "/etc"}),
                    0);
        const auto serves = [&] {
            return container({"exec", "first", "wget", "-q", "-O", "-", "http://127.0.0.1:8080/passwd"}).code == 0;
        };
        QVERIFY(becomes_true(serves));
        const auto second = isolab({"run", "--rm", "--network", "container:first", default_image, "wget", "-q", "-O",
                                    "-", "http://127.0.0.1:8080/passwd"});
        VERIFY_CODE(second, 0);
        QVERIFY(contains(second.out, "root:"));
    }
    void what_is_missing_is_named() {
        const std::string path = path_with("neither", {});
        const auto output = user_->isolab_with_path(path, {"run", "--rm", default_image, "true"});
        VERIFY_CODE(output, 125);
        QVERIFY2(contains(output.err, "passt") && contains(output.err, "--network none"), output.err.c_str());
        VERIFY_CODE(user_->isolab_with_path(path, {"run", "--rm", "--network", "none", default_image, "true"}), 0);
        const auto named = isolab({"run", "--rm", "--network", "mine", default_image, "true"});
        VERIFY_CODE(named, 125);
        QVERIFY2(contains(named.err, "root"), named.err.c_str());
    }
};

/// Also the server that a test puts into a container.
static int run_rootless_tests(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--echo")
        return echo_datagrams(static_cast<std::uint16_t>(std::stoi(argv[2])));
    return run_tests<RootlessContainerTest>(argc, argv);
}

ISOLAB_TEST_BY(RootlessContainerTest, run_rootless_tests)
#include "rootless_container_test.moc"
