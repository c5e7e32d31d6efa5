// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers in a bridge network find each other by name, as a user meets it.
#include <csignal>
#include <set>
#include <sstream>
#include <thread>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/network/dns_server.h"
#include "engine/network/network_values.h"
#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

/// An address of this machine alone, where nobody else serves, not even this test in another process.
std::string own_server() {
    const int number = ::getpid();
    return "127." + std::to_string(1 + number / 254 % 254) + "." + std::to_string(1 + number % 254) + ".53";
}

std::set<pid_t> children_of(pid_t parent) {
    const std::string number = std::to_string(parent);
    std::istringstream list(read_file("/proc/" + number + "/task/" + number + "/children").value_or(""));
    return {std::istream_iterator<pid_t>(list), {}};
}

} // namespace

class ContainerNamesTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput container(const std::vector<std::string>& arguments) const { return program_->container(arguments); }
    CommandOutput run(std::vector<std::string> options, const std::string& script) const {
        options.insert(options.begin(), "run");
        options.insert(options.end(), {default_image, "sh", "-c", script});
        return program_->run(options);
    }
    CommandOutput start(const std::string& name, std::vector<std::string> options = {}) const {
        options.insert(options.begin(), {"-d", "--init", "--name", name});
        return run(options, "sleep 1000");
    }
    CommandOutput in(const std::string& name, const std::string& script) const {
        return container({"exec", name, "sh", "-c", script});
    }
    /// The address that a container gets for a name; empty: none.
    std::string look_up(const std::string& name, const std::string& wanted) const {
        const auto output = in(name, "nslookup -type=a " + wanted + " | sed -n '/^Name/,$s/^Address: //p'");
        return output.out.substr(0, output.out.find('\n'));
    }
    std::string address_of(const std::string& name) const {
        return program_->field(name, ".NetworkSettings.IPAddress");
    }
    pid_t supervisor_of(const std::string& name) const {
        return static_cast<pid_t>(std::stol(program_->field(name, ".State.ConmonPid")));
    }
    /// The child of a container's supervisor that is not in the container.
    pid_t name_server_of(const std::string& name) const {
        std::set<pid_t> children = children_of(supervisor_of(name));
        for (const pid_t pid : ContainerProgram::processes_in(program_->field(name, ".Id")))
            children.erase(pid);
        return children.size() == 1 ? *children.begin() : -1;
    }

  private slots:
    void initTestCase() {
        program_ = std::make_unique<ContainerProgram>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the image
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        for (const auto& [id, listed] : program_->list())
            VERIFY_CODE(container({"rm", "--force", id}), 0);
        VERIFY_CODE(program_->run({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
        QVERIFY(program_->processes_with({"supervise"}).empty());
    }

    void an_earlier_one_finds_a_later_one() {
        VERIFY_CODE(start("early"), 0);
        QCOMPARE(look_up("early", "late"), std::string());
        VERIFY_CODE(start("late", {"--network-alias", "store", "-h", "depot"}), 0);
        const std::string address = address_of("late");
        QVERIFY(!address.empty());
        for (const std::string& name : {std::string("late"), std::string("store"), std::string("depot"),
                                        program_->field("late", ".Id").substr(0, 12)})
            QCOMPARE(look_up("early", name), address);
        QCOMPARE(look_up("late", "early"), address_of("early"));
        VERIFY_CODE(in("early", "ping -c 1 -W 60 store"), 0);
        VERIFY_CODE(container({"rm", "--force", "late"}), 0);
        QCOMPARE(look_up("early", "late"), std::string());
        QVERIFY(in("early", "ping -c 1 -W 5 store").code != 0);
    }
    void a_workload_may_serve_the_port_itself() {
        VERIFY_CODE(run({"-d", "--name", "server"}, "echo own | nc -l -p 53"), 0);
        VERIFY_CODE(start("client"), 0);
        const auto answer = in("client", "for i in $(seq 600); do nc server 53 </dev/null && break; sleep 0.1; done");
        VERIFY_CODE(answer, 0);
        QCOMPARE(answer.out, std::string("own\n"));
    }
    void other_names_go_to_the_servers_that_were_chosen() {
        const std::string server_address = own_server();
        const std::filesystem::path records = scratch_.path().toStdString() + "/far";
        QVERIFY(make_directories(records));
        Attachment far;
        far.container = "far";
        far.netns = "/nowhere";
        far.names = {"far.example"};
        NetworkSpec network;
        network.subnet = *Subnet::parse("192.0.2.0/24");
        far.endpoints = {plan_endpoint(network, *IpAddress::parse("192.0.2.7"), 0)};
        QVERIFY(write_file_atomically(records / "far.json", to_json(far).dump()));
        const auto sockets = bind_dns_sockets(*IpAddress::parse(server_address));
        VERIFY_OK(sockets);
        StopSource stop;
        std::thread server([&] {
            [[maybe_unused]] const auto done = serve_dns(*sockets, {records, "far", {}}, stop.token());
        });

        const auto begun = start("asks", {"--dns", server_address, "--dns-search", "example", "--dns-option", "ndots:2",
                                          "--add-host", "printer:192.0.2.9"});
        const std::string found = look_up("asks", "far.example");
        const std::string searched = look_up("asks", "far");
        stop.request_stop();
        server.join();
        VERIFY_CODE(begun, 0);
        QCOMPARE(found, std::string("192.0.2.7"));
        QCOMPARE(searched, std::string("192.0.2.7"));
        QCOMPARE(in("asks", "cat /etc/resolv.conf").out,
                 std::string("nameserver 127.0.0.11\nsearch example\noptions ndots:2\n"));
        QVERIFY(contains(in("asks", "cat /etc/hosts").out, "192.0.2.9\tprinter\n"));
        QCOMPARE(program_->field("asks", ".HostConfig.DnsSearch"), std::string("[\"example\"]"));
    }
    void the_host_network_has_the_hosts_files() {
        const auto output = run({"--rm", "--network", "host", "--dns", "192.0.2.53", "--dns-search", ".", "--add-host",
                                 "here:host-gateway"},
                                "cat /etc/resolv.conf; echo --; cat /etc/hosts");
        VERIFY_CODE(output, 0);
        QVERIFY(output.out.starts_with("nameserver 192.0.2.53\n"));
        QVERIFY(!contains(output.out, "search"));
        QVERIFY(contains(output.out, "127.0.0.1\there\n"));
    }
    void a_new_name_is_known_at_once() {
        VERIFY_CODE(start("one"), 0);
        VERIFY_CODE(start("two"), 0);
        VERIFY_CODE(container({"rename", "two", "three"}), 0);
        QCOMPARE(look_up("one", "three"), address_of("three"));
        QCOMPARE(look_up("one", "two"), std::string());
    }
    void names_are_answered_after_a_restart() {
        VERIFY_CODE(run({"-d", "--init", "--name", "again", "--restart", "always"}, "echo up; sleep 1000"), 0);
        // Process 1, which hears of the signal, has started the shell by then and listens.
        QVERIFY(becomes_true([&] { return container({"logs", "again"}).out == "up\n"; }));
        VERIFY_CODE(start("other"), 0);
        const pid_t server = name_server_of("again");
        QVERIFY(server > 0);
        VERIFY_CODE(container({"kill", "--signal", "TERM", "again"}), 0);
        QVERIFY(becomes_true(
            [&] { return program_->field("again", ".RestartCount") == "1" && !look_up("again", "other").empty(); }));
        QCOMPARE(name_server_of("again"), server);
        QCOMPARE(look_up("other", "again"), address_of("again"));
        VERIFY_CODE(container({"restart", "-t", "0", "again"}), 0);
        QCOMPARE(look_up("again", "other"), address_of("other"));
    }
    void a_name_server_that_is_killed_is_replaced() {
        VERIFY_CODE(start("one"), 0);
        ::usleep(1'100'000); // one that ends within its first second is not
        const pid_t server = name_server_of("one");
        QVERIFY(server > 0);
        ::kill(server, SIGKILL);
        QVERIFY(becomes_true([&] { return name_server_of("one") > 0 && name_server_of("one") != server; }));
        QVERIFY(becomes_true([&] { return look_up("one", "one") == address_of("one"); }));
    }
    void a_name_server_has_no_power_and_ends_with_its_supervisor() {
        VERIFY_CODE(start("one"), 0);
        const pid_t server = name_server_of("one");
        QVERIFY(server > 0);
        const std::string status = read_file("/proc/" + std::to_string(server) + "/status").value_or("");
        QVERIFY2(contains(status, "CapEff:\t0000000000000000"), status.c_str());
        QVERIFY(contains(status, "CapPrm:\t0000000000000000"));
        std::error_code failed;
        QCOMPARE(std::filesystem::read_symlink("/proc/" + std::to_string(server) + "/root", failed),
                 program_->root() / "network/attachments");
        ::kill(supervisor_of("one"), SIGKILL);
        QVERIFY(becomes_true([&] { return ::kill(server, 0) != 0; }));
        QCOMPARE(program_->field("one", ".State.Status"), std::string("exited"));
    }
    void what_contradicts_the_network_is_refused() {
        struct Case {
            std::vector<std::string> options;
            const char* part;
        };
        for (const auto& [options, part] :
             {Case{{"--network", "none", "--ip", "10.0.0.1"}, "--ip"},
              Case{{"--network", "host", "--network-alias", "x"}, "--network-alias"},
              Case{{"--dns", "example.org"}, "example.org"}, Case{{"--ip", "10.0.0.300"}, "10.0.0.300"},
              Case{{"--add-host", "rubbish"}, "rubbish"},
              Case{{"--network", "container:x", "--dns", "9.9.9.9"}, "--dns"}}) {
            const auto output = run(options, "true");
            VERIFY_CODE(output, 125);
            QVERIFY2(contains(output.err, part), output.err.c_str());
        }
    }
};

ISOLAB_TEST(ContainerNamesTest)
#include "container_names_test.moc"
