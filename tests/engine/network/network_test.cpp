// SPDX-License-Identifier: GPL-3.0-or-later
//
// Networks with real links, rules and traffic, in a host that the test makes for itself.
#include <memory>
#include <optional>
#include <set>
#include <thread>

#include <csignal>
#include <sys/wait.h>

#include <QtTest>

#include "engine/base/clock.h"
#include "engine/network/firewall.h"
#include "engine/network/network.h"
#include "tests/engine/network/network_stage.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

constexpr int host = -1; // the calling thread's namespace

template <class T> T need(Result<T> result) {
    if (!result)
        throw std::runtime_error(result.error().message());
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

std::vector<PortRequest> ports(std::initializer_list<const char*> texts) {
    std::vector<PortRequest> all;
    for (const char* text : texts)
        for (const PortRequest& request : need(parse_port_forward(text)))
            all.push_back(request);
    return all;
}

} // namespace

class NetworkTest : public QObject {
    Q_OBJECT
    std::optional<NetworkStage> stage_;
    std::optional<Networks> networks_;

    /// A container of the default network with a server named like it on port 80.
    struct Box {
        Attachment attachment;
        UniqueFd netns;
        std::unique_ptr<EchoServer> server;
        std::string address() const { return attachment.endpoints.front().address.text(); }
    };
    Box box(const AttachRequest& request) {
        Box box;
        box.attachment = need(networks_->attach(request));
        box.netns = open_netns(box.attachment.netns);
        box.server = std::make_unique<EchoServer>(box.netns.get(), request.container, 80);
        return box;
    }
    static AttachRequest request(const std::string& id, std::vector<PortRequest> published = {}) {
        AttachRequest request;
        request.container = id;
        request.ports = std::move(published);
        return request;
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("bridges need root");
        try {
            stage_.emplace();
        } catch (const std::exception& error) {
            QSKIP(error.what());
        }
    }
    void init() { networks_.emplace(need(Networks::open({stage_->state()}))); }
    void cleanup() {
        need(networks_->remove_all());
        QCOMPARE(QString::fromStdString(sh("nft list ruleset")), QString());
        QVERIFY(sh("ip -o link").find("isolab") == std::string::npos);
        QVERIFY(fs::is_empty(stage_->state() / "netns"));
    }

    void containers_reach_each_other_and_the_outside() {
        const Box a = box(request("a"));
        const Box b = box(request("b"));
        QVERIFY(a.address() != b.address());
        QCOMPARE(ask(a.netns.get(), b.address(), 80), "b " + a.address());
        QCOMPARE(ask(a.netns.get(), b.address(), 80, Transport::udp), "b " + a.address());
        const EchoServer outside(stage_->outside(), "outside", 7);
        // Outside knows no route to the container: the answer arrives because the host lends its address.
        QCOMPARE(ask(a.netns.get(), NetworkStage::outside_address, 7), std::string("outside 198.51.100.1"));
        QCOMPARE(ask(a.netns.get(), NetworkStage::outside_address, 7, Transport::udp),
                 std::string("outside 198.51.100.1"));
        QCOMPARE(ask(host, a.address(), 80).substr(0, 2), std::string("a "));
    }

    void published_ports_are_reached_from_everywhere() {
        const Box a = box(request("a", ports({"8080:80", "8080:80/udp", "127.0.0.1:9090:80"})));
        const Box b = box(request("b"));
        for (const Transport transport : {Transport::tcp, Transport::udp}) {
            QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080, transport),
                     std::string("a 198.51.100.2"));
            QCOMPARE(first_word(ask(host, "127.0.0.1", 8080, transport)), std::string("a"));
            QCOMPARE(first_word(ask(host, NetworkStage::host_address, 8080, transport)), std::string("a"));
            QCOMPARE(first_word(ask(b.netns.get(), NetworkStage::host_address, 8080, transport)), std::string("a"));
            QCOMPARE(first_word(ask(a.netns.get(), NetworkStage::host_address, 8080, transport)), std::string("a"));
        }
        QCOMPARE(first_word(ask(host, "127.0.0.1", 9090)), std::string("a"));
        QCOMPARE(ask_briefly(host, NetworkStage::host_address, 9090), std::string());
        QCOMPARE(ask_briefly(stage_->outside(), NetworkStage::host_address, 9090), std::string());
    }

    void bridges_that_ask_the_firewall_change_nothing_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("bridged packets skip it") << QByteArray("0");
        QTest::newRow("bridged packets pass it") << QByteArray("1");
    }
    void bridges_that_ask_the_firewall_change_nothing() {
        QFETCH(QByteArray, value);
        if (!fs::exists("/proc/sys/net/bridge"))
            QSKIP("this kernel has no br_netfilter");
        sh("echo " + value.toStdString() + " > /proc/sys/net/bridge/bridge-nf-call-iptables");
        const Box a = box(request("a", ports({"8080:80"})));
        const Box b = box(request("b"));
        QCOMPARE(ask(a.netns.get(), b.address(), 80), "b " + a.address());
        QCOMPARE(first_word(ask(a.netns.get(), NetworkStage::host_address, 8080)), std::string("a"));
        QCOMPARE(first_word(ask(b.netns.get(), NetworkStage::host_address, 8080)), std::string("a"));
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
    }

    void networks_are_kept_apart() {
        need(networks_->create({.name = "other"}));
        need(networks_->create({.name = "closed", .internal = true}));
        const Box a = box(request("a"));
        AttachRequest other = request("b", ports({"8080:80"}));
        other.networks = {"other"};
        const Box b = box(other);
        AttachRequest closed = request("c");
        closed.networks = {"closed"};
        const Box c = box(closed);
        QCOMPARE(ask_briefly(a.netns.get(), b.address(), 80), std::string());
        QCOMPARE(ask_briefly(b.netns.get(), a.address(), 80), std::string());
        QCOMPARE(first_word(ask(a.netns.get(), NetworkStage::host_address, 8080)), std::string("b")); // published

        const EchoServer outside(stage_->outside(), "outside", 7);
        QCOMPARE(first_word(ask(b.netns.get(), NetworkStage::outside_address, 7)), std::string("outside"));
        QCOMPARE(ask_briefly(c.netns.get(), NetworkStage::outside_address, 7), std::string());
        closed.container = "d";
        closed.ports = ports({"8081:80"});
        QCOMPARE(networks_->attach(closed).error().kind, ErrorKind::invalid_argument);
        QVERIFY(!networks_->remove("other"));
        need(networks_->detach("b"));
        need(networks_->remove("other"));
        QCOMPARE(networks_->remove("other").error().kind, ErrorKind::not_found);
    }

    void a_container_may_be_in_two_networks() {
        need(networks_->create({.name = "other"}));
        const Box a = box(request("a"));
        AttachRequest both = request("b");
        both.networks = {"default", "other"};
        const Box b = box(both);
        AttachRequest other = request("c");
        other.networks = {"other"};
        const Box c = box(other);
        QCOMPARE(b.attachment.endpoints.size(), std::size_t{2});
        QCOMPARE(first_word(ask(b.netns.get(), a.address(), 80)), std::string("a"));
        QCOMPARE(first_word(ask(b.netns.get(), c.address(), 80)), std::string("c"));
        QCOMPARE(ask_briefly(a.netns.get(), c.address(), 80), std::string());
    }

    void strangers_do_not_get_in() {
        const Box a = box(request("a", ports({"127.0.0.1:9090:80"})));
        const std::string outside = (stage_->folder() / "outside").string();
        const EchoServer local(host, "host", 7);
        // A neighbour who sends packets for the subnet, or for the host's loopback addresses, to the host.
        sh("nsenter --net=" + outside + " ip route add " + a.address() + "/32 via 198.51.100.1");
        QCOMPARE(ask_briefly(stage_->outside(), a.address(), 80), std::string());
        sh("nsenter --net=" + outside + " ip route del " + a.address() + "/32");
        sh("nsenter --net=" + outside +
           " sh -ec 'ip addr del 127.0.0.1/8 dev lo; "
           "ip route add 127.0.0.1/32 via 198.51.100.1 src 198.51.100.2; "
           "echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet'");
        QCOMPARE(ask_briefly(stage_->outside(), "127.0.0.1", 9090), std::string());
        sh("nsenter --net=" + outside + " sh -ec 'ip route del 127.0.0.1/32; ip addr add 127.0.0.1/8 dev lo'");
        // The same from a container: route_localnet of the bridge must not open the host's loopback to it.
        sh("nsenter --net=" + a.attachment.netns.string() +
           " sh -ec 'ip addr del 127.0.0.1/8 dev lo; "
           "ip route add 127.0.0.1/32 via " +
           need(networks_->networks()).front().gateway().text() + " src " + a.address() +
           "; echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet'");
        QCOMPARE(ask_briefly(a.netns.get(), "127.0.0.1", 7), std::string());
    }

    void ipv6_works_beside_ipv4() {
        const std::string outside = (stage_->folder() / "outside").string();
        sh("ip addr replace fd01::1/64 dev up0 nodad; nsenter --net=" + outside +
           " ip addr replace fd01::2/64 dev eth0 nodad");
        need(networks_->create({.name = "six", .ipv6 = true}));
        AttachRequest first = request("a", ports({"8080:80", "[fd01::1]:9090:80"}));
        AttachRequest second = request("b");
        first.networks = second.networks = {"six"};
        const Box a = box(first);
        const Box b = box(second);
        // The first packet may come before its receiver has joined the group of those who are asked for their address.
        COMPARE_SOON(ask(b.netns.get(), a.attachment.endpoints.front().address6->text(), 80),
                     "a " + b.attachment.endpoints.front().address6->text());
        const EchoServer far(stage_->outside(), "outside", 7);
        QCOMPARE(ask(a.netns.get(), "fd01::2", 7), std::string("outside fd01::1"));
        for (const std::uint16_t port : {std::uint16_t{8080}, std::uint16_t{9090}}) {
            QCOMPARE(ask(stage_->outside(), "fd01::1", port), std::string("a fd01::2"));
            QCOMPARE(first_word(ask(host, "fd01::1", port)), std::string("a"));
        }
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
    }

    void what_others_wrote_stays() {
        const std::string foreign = "table ip theirs {\n\tchain forward {\n\t\ttype filter hook forward priority 0; "
                                    "policy accept;\n\t}\n}\n";
        sh("nft '" + foreign + "'; ip link add theirs0 type bridge");
        const std::string before = sh("nft list ruleset; ip -o link show theirs0");
        {
            const Box a = box(request("a", ports({"8080:80"})));
            QCOMPARE(sh("nft list table ip theirs; ip -o link show theirs0"), before);
            need(networks_->rebuild());
            QCOMPARE(sh("nft list table ip theirs; ip -o link show theirs0"), before);
        }
        need(networks_->remove_all());
        QCOMPARE(sh("nft list ruleset; ip -o link show theirs0"), before);
        sh("nft delete table ip theirs; ip link del theirs0");
    }

    void a_flushed_rule_set_is_rebuilt() {
        const Box a = box(request("a", ports({"8080:80", "8080:80/udp"})));
        const std::string rules = sh("nft list ruleset");
        sh("nft flush ruleset");
        QCOMPARE(ask_briefly(stage_->outside(), NetworkStage::host_address, 8080), std::string());
        need(networks_->rebuild());
        need(networks_->rebuild());
        QCOMPARE(sh("nft list ruleset"), rules);
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
        sh("nft flush ruleset"); // the next container brings everybody's rules back
        const Box b = box(request("b", ports({"8081:80"})));
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8081), std::string("b 198.51.100.2"));
        need(networks_->detach("b"));
        QCOMPARE(sh("nft list ruleset"), rules);
    }

    void rules_are_not_written_anew_for_each_container() {
        const Box a = box(request("a", ports({"8080:80"})));
        // A table that is written anew gets another handle.
        const auto handles = [] { return sh("nft -j list tables"); };
        const std::string before = handles();
        {
            const Box b = box(request("b", ports({"8081:80"})));
            QCOMPARE(handles(), before);
            need(networks_->rebuild());
        }
        need(networks_->detach("b"));
        QCOMPARE(handles(), before);
        sh("nft flush chain inet isolab forward"); // the table is there, but is not what it was
        need(networks_->rebuild());
        QVERIFY(handles() != before);
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
    }

    void a_network_survives_a_restart_of_the_machine() {
        const NetworkSpec before = need(networks_->create({}));
        sh("nft flush ruleset; ip link del " + before.bridge + "; echo 0 > /proc/sys/net/ipv4/ip_forward");
        const Box a = box(request("a", ports({"8080:80"})));
        QCOMPARE(need(networks_->networks()).front(), before);
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 8080), std::string("a 198.51.100.2"));
    }

    void forwarding_is_switched_on_and_off_again() {
        const auto forwarding = [] { return sh("cat /proc/sys/net/ipv4/ip_forward"); };
        sh("echo 0 > /proc/sys/net/ipv4/ip_forward");
        need(networks_->create({}));
        QCOMPARE(forwarding(), std::string("1\n"));
        need(networks_->remove_all());
        QCOMPARE(forwarding(), std::string("0\n"));
        sh("echo 1 > /proc/sys/net/ipv4/ip_forward");
        need(networks_->create({}));
        need(networks_->remove_all());
        QCOMPARE(forwarding(), std::string("1\n"));
        sh("echo 0 > /proc/sys/net/ipv4/ip_forward");
    }

    void ports_in_use_are_told_before_the_start() {
        const EchoServer server(host, "host", 8080);
        const auto taken = networks_->attach(request("a", ports({"8080:80"})));
        QVERIFY(!taken);
        QCOMPARE(QString::fromStdString(taken.error().message()),
                 QString("cannot attach container a: cannot publish port 8080/tcp: it is in use by "
                         "network_tests (process %1). Choose another host port, or stop what uses it")
                     .arg(::getpid()));
        QCOMPARE(need(networks_->attachments()).size(), std::size_t{0});
        QCOMPARE(networks_->attach(request("a", ports({"8080:80/udp"}))).error().kind, ErrorKind::already_exists);
        const Box b = box(request("b", ports({"8080-8090:80", "81"})));
        QCOMPARE(b.attachment.ports[0].host_port, std::uint16_t{8081});
        QVERIFY(b.attachment.ports[1].host_port != 0);
        const auto twice = networks_->attach(request("c", ports({"8081:80"})));
        QVERIFY(twice.error().message().find("container b publishes it") != std::string::npos);
        const auto elsewhere = networks_->attach(request("c", ports({"203.0.113.9:8082:80"})));
        QVERIFY(elsewhere.error().message().find("does not have that address") != std::string::npos);
    }

    void many_at_once_get_addresses_of_their_own() {
        constexpr int count = 50;
        need(networks_->create({}));
        std::vector<std::thread> threads;
        std::vector<std::string> addresses(count);
        const Nanoseconds start = monotonic_now();
        for (int i = 0; i < count; ++i)
            threads.emplace_back([&, i] {
                auto other = Networks::open({stage_->state()}); // as another process would
                const auto attached = other->attach(request("many" + std::to_string(i)));
                if (attached)
                    addresses[static_cast<std::size_t>(i)] = attached->endpoints.front().address.text();
            });
        for (std::thread& thread : threads)
            thread.join();
        qInfo("%d at once: %lld us each", count,
              static_cast<long long>((monotonic_now() - start).count() / 1000 / count));
        std::set<std::string> unique(addresses.begin(), addresses.end());
        QCOMPARE(unique.size(), std::size_t{count});
        QVERIFY(!unique.contains(""));
        const auto gone = need(networks_->detach_except({"many7"}));
        QCOMPARE(gone.size(), std::size_t{count - 1});
        QCOMPARE(need(networks_->attachments()).size(), std::size_t{1});
    }

    void an_attach_that_was_killed_leaves_nothing_behind() {
        need(networks_->create({}));
        for (int delay = 0; delay < 40; ++delay) {
            const pid_t child = ::fork();
            if (child == 0) {
                for (int i = 0;; ++i)
                    if (!networks_->attach(request("k" + std::to_string(i), ports({"0.0.0.0::80"}))))
                        ::_exit(1);
            }
            ::usleep(static_cast<useconds_t>(2000 + 377 * delay));
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status));
            need(networks_->detach_except({}));
            QVERIFY(fs::is_empty(stage_->state() / "netns"));
            QVERIFY(fs::is_empty(stage_->state() / "attachments"));
            QVERIFY(sh("nft list table inet isolab").find("elements = { tcp .") == std::string::npos);
        }
        // The kernel takes the links away by itself, a moment later.
        VERIFY_SOON(sh("ip -o link").find("isl0a") == std::string::npos);
        const Box a = box(request("a"));
        const Box b = box(request("b"));
        QCOMPARE(ask(a.netns.get(), b.address(), 80), "b " + a.address());
    }

    void what_an_attach_costs() {
        need(networks_->create({}));
        for (const bool published : {false, true}) {
            std::vector<long long> up;
            std::vector<long long> down;
            for (int i = 0; i < 21; ++i) {
                const Nanoseconds start = monotonic_now();
                need(networks_->attach(request("a", published ? ports({"8080:80"}) : ports({}))));
                const Nanoseconds attached = monotonic_now();
                need(networks_->detach("a"));
                up.push_back((attached - start).count() / 1000);
                down.push_back((monotonic_now() - attached).count() / 1000);
            }
            std::ranges::sort(up);
            std::ranges::sort(down);
            qInfo("%s: attach %lld us, detach %lld us (medians)", published ? "one port" : "no port", up[10], down[10]);
        }
    }

    void the_first_packet_arrives() {
        const Box server = box(request("server"));
        for (int i = 0; i < 30; ++i) {
            const Attachment client = need(networks_->attach(request("client")));
            const UniqueFd netns = open_netns(client.netns);
            QCOMPARE(first_word(ask_once(netns.get(), server.address(), 80)), std::string("server"));
            need(networks_->detach("client"));
        }
    }

    void subnets_keep_away_from_what_is_in_use() {
        sh("ip route add 10.201.0.0/20 via 198.51.100.2; ip addr add 10.202.0.9/28 dev up0");
        const NetworkSpec first = need(networks_->create({}));
        sh("ip route del 10.201.0.0/20; ip addr del 10.202.0.9/28 dev up0");
        QCOMPARE(first.subnet.text(), std::string("10.202.1.0/24"));
        QCOMPARE(need(networks_->create({.name = "second"})).subnet.text(), std::string("10.201.0.0/24"));
        const auto taken = networks_->create({.name = "third", .subnet = need(Subnet::parse("198.51.0.0/16"))});
        QVERIFY(taken.error().message().find("this host reaches 198.51.100.0/24 already") != std::string::npos);
        AttachRequest fixed = request("a");
        fixed.address = IpAddress::parse("10.202.1.77");
        QCOMPARE(need(networks_->attach(fixed)).endpoints.front().address, *fixed.address);
        fixed.container = "b";
        QVERIFY(networks_->attach(fixed).error().message().find("container a has it") != std::string::npos);
    }

    void a_firewall_of_others_is_explained() {
        need(networks_->create({}));
        QVERIFY(need(networks_->obstacles()).empty());
        sh("nft 'table ip filter { chain DOCKER-USER { }; "
           "chain FORWARD { type filter hook forward priority 0; policy drop; jump DOCKER-USER; }; }'");
        const auto obstacles = need(networks_->obstacles());
        sh("nft delete table ip filter");
        QCOMPARE(obstacles.size(), std::size_t{1});
        QVERIFY(obstacles.front().starts_with("Docker drops what is not allowed explicitly"));
        QVERIFY(obstacles.front().find("iptables -I DOCKER-USER -i isolab0 -j ACCEPT") != std::string::npos);
    }
};

ISOLAB_TEST(NetworkTest)
#include "network_test.moc"
