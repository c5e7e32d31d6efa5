// SPDX-License-Identifier: GPL-3.0-or-later
//
// What needs no kernel: addresses, ports, leases, and the texts of firewall, hosts(5) and resolv.conf(5).
#include "engine/network/network_values.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/json.h"
#include "engine/network/firewall_rules.h"
#include "engine/network/hosts_file.h"
#include "engine/network/lease_store.h"
#include "engine/network/network.h"

using namespace isolab;

namespace {

NetworkSpec network(const std::string& name, const char* bridge, const char* subnet, bool internal = false) {
    NetworkSpec spec;
    spec.name = name;
    spec.bridge = bridge;
    spec.subnet = *Subnet::parse(subnet);
    spec.internal = internal;
    return spec;
}

Attachment web() {
    NetworkSpec home = network("default", "isolab0", "10.201.0.0/24");
    home.subnet6 = *Subnet::parse("fd00:1::/64");
    Attachment attachment;
    attachment.container = "c1";
    attachment.netns = "/s/netns/c1";
    attachment.endpoints = {plan_endpoint(home, *IpAddress::parse("10.201.0.2"), 0)};
    attachment.ports = {{std::nullopt, 8080, 80, Transport::tcp},
                        {IpAddress::parse("127.0.0.1"), 53, 5353, Transport::udp},
                        {IpAddress::parse("::"), 8081, 81, Transport::tcp}};
    attachment.names = {"web", "www"};
    return attachment;
}

std::string shown(const std::string& text) {
    const auto requests = parse_port_forward(text);
    if (!requests)
        return requests.error().cause;
    std::string all;
    for (const PortRequest& request : *requests)
        all += (request.host_address ? request.host_address->text() : "*") + " " + std::to_string(request.host_first) +
               "-" + std::to_string(request.host_last) + " > " + std::to_string(request.container_port) + "/" +
               std::string(transport_id(request.transport)) + "; ";
    return all;
}

} // namespace

class NetworkValuesTest : public QObject {
    Q_OBJECT
  private slots:
    void subnets_are_read() {
        const auto subnet = Subnet::parse("10.201.0.0/24");
        QVERIFY(subnet);
        QCOMPARE(subnet->text(), std::string("10.201.0.0/24"));
        QCOMPARE(subnet->size(), std::uint64_t{256});
        QVERIFY(subnet->contains(*IpAddress::parse("10.201.0.255")));
        QVERIFY(!subnet->contains(*IpAddress::parse("10.201.1.0")));
        QVERIFY(subnet->overlaps(*Subnet::parse("10.0.0.0/8")) && Subnet::parse("0.0.0.0/0")->overlaps(*subnet));
        QVERIFY(!subnet->overlaps(*Subnet::parse("10.201.1.0/24")) && !subnet->overlaps(*Subnet::parse("::/0")));
        for (const char* bad : {"10.201.0.1/24", "10.201.0.0", "10.201.0.0/33", "10.201.0.0/", "x/24", "::1/64"})
            QVERIFY2(!Subnet::parse(bad), bad);
        QCOMPARE(IpAddress::parse("10.0.255.255")->plus(2).text(), std::string("10.1.0.1"));
        QCOMPARE(mac_text(mac_for(*IpAddress::parse("10.201.0.2"))), std::string("02:69:0a:c9:00:02"));
    }

    void a_free_subnet_is_chosen() {
        const std::vector<Subnet> pool{*Subnet::parse("10.1.0.0/24"), *Subnet::parse("10.2.0.0/24")};
        QCOMPARE(choose_subnet(pool, {})->text(), std::string("10.1.0.0/24"));
        QCOMPARE(choose_subnet(pool, {*Subnet::parse("10.1.0.128/25")})->text(), std::string("10.2.0.0/24"));
        QCOMPARE(choose_subnet(pool, {*Subnet::parse("10.0.0.0/8")}).error().kind, ErrorKind::no_space);
        QVERIFY(choose_subnet(default_subnet_pool(), {}));
    }

    void port_forwards_are_read_data() {
        QTest::addColumn<QString>("meaning");
        const auto row = [](const char* text, const char* meaning) { QTest::newRow(text) << QString(meaning); };
        row("80", "* 0-0 > 80/tcp; ");
        row("8080:80", "* 8080-8080 > 80/tcp; ");
        row("8080:80/udp", "* 8080-8080 > 80/udp; ");
        row("127.0.0.1:8080:80", "127.0.0.1 8080-8080 > 80/tcp; ");
        row("127.0.0.1::80", "127.0.0.1 0-0 > 80/tcp; ");
        row("0.0.0.0:8080:80", "* 8080-8080 > 80/tcp; ");
        row("[::1]:53:53/udp", "::1 53-53 > 53/udp; ");
        row("127.0.0.1:8080-8081:80-81", "127.0.0.1 8080-8080 > 80/tcp; 127.0.0.1 8081-8081 > 81/tcp; ");
        row("8080-8090:80", "* 8080-8090 > 80/tcp; ");
        row("80-81", "* 0-0 > 80/tcp; * 0-0 > 81/tcp; ");
        row("8080-8082:80-81", "its two ranges differ in length");
        row("0:80", "its host port is not between 1 and 65535");
        row("8080:65536", "its container port is not between 1 and 65535");
        row("8080:81-80", "its container port is not between 1 and 65535");
        row("8080:", "its container port is not between 1 and 65535");
        row("", "its container port is not between 1 and 65535");
        row("8080:80/sctp", "its protocol is neither tcp nor udp");
        row("::1:8080:80", "its host address is not an IP address");
        row("example.org:8080:80", "its host address is not an IP address");
        row(":80", "it begins with a colon");
        row("-1:80", "its host port is not between 1 and 65535");
    }
    void port_forwards_are_read() {
        QFETCH(QString, meaning);
        QCOMPARE(QString::fromStdString(shown(QTest::currentDataTag())), meaning);
    }

    void network_choices_are_read() {
        QCOMPARE(parse_network_choice("none")->mode, NetworkMode::none);
        QCOMPARE(parse_network_choice("host")->mode, NetworkMode::host);
        QCOMPARE(*parse_network_choice("bridge"), (NetworkChoice{NetworkMode::bridge, "default"}));
        QCOMPARE(*parse_network_choice("container:web"), (NetworkChoice{NetworkMode::container, "web"}));
        QCOMPARE(*parse_network_choice("lab"), (NetworkChoice{NetworkMode::bridge, "lab"}));
        for (const char* bad : {"../x", "container:", "a b", ".hidden", "a/b"})
            QVERIFY2(!parse_network_choice(bad), bad);
        QCOMPARE(network_instance_name("/var/lib/isolab"), std::string("isolab"));
        QCOMPARE(network_instance_name("/tmp/a").size(), std::size_t{12});
        QVERIFY(network_instance_name("/tmp/a") != network_instance_name("/tmp/b"));
    }

    void the_firewall_is_worded() {
        const std::vector<NetworkSpec> networks{network("default", "isolab0", "10.201.0.0/24"),
                                                network("closed", "isolab1", "10.201.1.0/24", true)};
        const std::string text = render_firewall("isolab", networks, {web()});
        const std::string golden = R"(add table inet isolab
delete table inet isolab
table inet isolab {
	set bridges {
		type ifname
		elements = { "isolab0", "isolab1" }
	}
	set outward {
		type ifname
		elements = { "isolab0" }
	}
	set same_bridge {
		type ifname . ifname
		elements = { "isolab0" . "isolab0", "isolab1" . "isolab1" }
	}
	set subnets {
		type ipv4_addr; flags interval
		elements = { 10.201.0.0/24, 10.201.1.0/24 }
	}
	set subnets6 {
		type ipv6_addr; flags interval
	}
	map published {
		type inet_proto . inet_service : ipv4_addr . inet_service
		elements = { tcp . 8080 : 10.201.0.2 . 80 }
	}
	map published_at {
		type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
		elements = { 127.0.0.1 . udp . 53 : 10.201.0.2 . 5353 }
	}
	map published6 {
		type inet_proto . inet_service : ipv6_addr . inet_service
		elements = { tcp . 8080 : fd00:1::2 . 80, tcp . 8081 : fd00:1::2 . 81 }
	}
)";
        QCOMPARE(QString::fromStdString(text.substr(0, golden.size())), QString::fromStdString(golden));
        QCOMPARE(QString::fromStdString(render_publish("isolab", web())),
                 QString("add element inet isolab published { tcp . 8080 : 10.201.0.2 . 80 }\n"
                         "add element inet isolab published_at { 127.0.0.1 . udp . 53 : 10.201.0.2 . 5353 }\n"
                         "add element inet isolab published6 { tcp . 8080 : fd00:1::2 . 80, "
                         "tcp . 8081 : fd00:1::2 . 81 }\n"));
        Attachment quiet = web();
        quiet.ports.clear();
        QCOMPARE(render_publish("isolab", quiet), std::string());
    }

    void obstacles_come_with_advice() {
        const ForeignChain drops{"ip", "filter", "FORWARD", "forward", "drop"};
        const auto advice = [&](std::vector<ForeignChain> chains) {
            const auto sentences = explain_obstacles(chains, "isolab0");
            return sentences.empty() ? std::string() : sentences.front();
        };
        QCOMPARE(advice({{"ip", "filter", "FORWARD", "forward", "accept"}}), std::string());
        QVERIFY(advice({drops, {"ip", "filter", "ufw-before-forward", "", ""}}).find("ufw route allow in on isolab0") !=
                std::string::npos);
        QVERIFY(advice({drops}).find("iptables -I FORWARD -i isolab0") != std::string::npos);
        QVERIFY(advice({{"inet", "mine", "fwd", "forward", "drop"}}).find("(chain inet mine fwd)") !=
                std::string::npos);
    }

    void hosts_and_resolver_files_are_worded() {
        const Attachment attachment = web();
        QCOMPARE(QString::fromStdString(render_hosts_file("c1", &attachment, {*parse_extra_host("db:10.0.0.7", {})})),
                 QString("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                         "10.201.0.2\tc1 web www\nfd00:1::2\tc1 web www\n10.0.0.7\tdb\n"));
        QVERIFY(render_hosts_file("c1", nullptr).ends_with("127.0.1.1\tc1\n"));
        QCOMPARE(parse_extra_host("h:host-gateway", *IpAddress::parse("10.201.0.1"))->address.text(),
                 std::string("10.201.0.1"));
        QCOMPARE(parse_extra_host("h:fd00::7", {})->address.text(), std::string("fd00::7"));
        for (const char* bad : {"db", "db:", ":1.2.3.4", "d b:1.2.3.4", "db:x"})
            QVERIFY2(!parse_extra_host(bad, {}), bad);

        const ResolvConf host = parse_resolv_conf("# here\nnameserver 127.0.0.53\nnameserver 9.9.9.9 # far\n"
                                                  "nameserver fe80::1%eth0\nsearch lab example.org\noptions ndots:2\n"
                                                  "nameserver rubbish\n");
        QCOMPARE(host.servers.size(), std::size_t{3});
        QCOMPARE(render_resolv_conf(host), std::string("nameserver 127.0.0.53\nnameserver 9.9.9.9\nnameserver fe80::1\n"
                                                       "search lab example.org\noptions ndots:2\n"));
    }
    void lookups_reach_the_server_at_its_own_port() {
        const std::string text = render_dns_redirect();
        QVERIFY(text.find("127.0.0.11") != std::string::npos);
        QVERIFY(text.find("th dport 53 dnat to 127.0.0.11:61053") != std::string::npos);
    }

    void records_survive_the_way_through_json() {
        QCOMPARE(*attachment_from_json(to_json(web()), "x"), web());
        NetworkSpec spec = network("default", "isolab0", "10.201.0.0/24", true);
        spec.subnet6 = *Subnet::parse("fd00::/64");
        spec.mtu = 1400;
        QCOMPARE(*network_from_json(to_json(spec), "x"), spec);
        Json broken = to_json(web());
        broken["endpoints"][0]["address"] = "nowhere";
        QCOMPARE(attachment_from_json(broken, "x").error().kind, ErrorKind::corrupt);
        broken = to_json(web());
        broken["ports"][0]["host_port"] = 0;
        QVERIFY(!attachment_from_json(broken, "x"));
    }

    void leases_go_round() {
        const QTemporaryDir folder;
        LeaseStore store(folder.path().toStdString());
        const NetworkSpec small = network("small", "b", "10.0.0.0/29"); // .2 to .6
        for (const char* id : {"a", "b", "c", "d", "e"})
            QVERIFY(store.acquire(small, id));
        QCOMPARE(store.acquire(small, "a")->text(), std::string("10.0.0.2")); // it has that already
        const auto full = store.acquire(small, "f");
        QCOMPARE(QString::fromStdString(full.error().message()),
                 QString("cannot lease address of network small: all of 10.0.0.0/29 are taken. Remove containers, or "
                         "make a network with a larger subnet"));
        QVERIFY(store.release("small", "b") && store.release("small", "d") && store.release("small", "nobody"));
        QCOMPARE(store.acquire(small, "f")->text(), std::string("10.0.0.3"));
        QVERIFY(store.release("small", "f"));
        QCOMPARE(store.acquire(small, "g")->text(), std::string("10.0.0.5")); // not the one given back last
        QCOMPARE(store.acquire(small, "h", IpAddress::parse("10.0.0.5")).error().kind, ErrorKind::already_exists);
        QCOMPARE(store.acquire(small, "h", IpAddress::parse("10.0.0.1")).error().kind, ErrorKind::invalid_argument);
        QCOMPARE(store.acquire(small, "h", IpAddress::parse("10.0.0.7")).error().kind, ErrorKind::invalid_argument);
        QCOMPARE(store.acquire(small, "h", IpAddress::parse("10.0.0.3"))->text(), std::string("10.0.0.3"));
        QCOMPARE(*store.release_except("small", {"a", "h"}), (std::vector<std::string>{"c", "e", "g"}));
        QCOMPARE(store.leases("small")->size(), std::size_t{2});
        QVERIFY(store.forget("small") && store.leases("small")->empty());
    }
};

ISOLAB_TEST(NetworkValuesTest)
#include "network_values_test.moc"
