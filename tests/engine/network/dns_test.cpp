// SPDX-License-Identifier: GPL-3.0-or-later
//
// Name lookups: messages made by hand, and a server asked from inside a container's namespace.
#include <array>
#include <optional>
#include <thread>

#include <sys/socket.h>

#include <QtTest>

#include "engine/network/dns_message.h"
#include "engine/network/dns_names.h"
#include "engine/network/dns_server.h"
#include "engine/network/network_namespace.h"
#include "engine/network/socket_address.h"
#include "tests/engine/network/network_stage.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace {

std::string query(const std::string& name, std::uint16_t type, std::uint16_t id = 0x1234) {
    std::string message{static_cast<char>(id >> 8U), static_cast<char>(id & 0xffU), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    std::string rest = name;
    while (!rest.empty()) {
        const std::string label = rest.substr(0, rest.find('.'));
        message += static_cast<char>(label.size()) + label;
        rest.erase(0, label.size() + 1);
    }
    return message + std::string{0, 0, static_cast<char>(type), 0, 1};
}

/// Sends a query to the container's server and returns the answer; "" when none comes.
std::string look_up(int netns, const std::string& message, int type) {
    UniqueFd fd;
    const auto opened = in_network_namespace(netns, [&]() -> Result<void> {
        fd.reset(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
        return {};
    });
    const SocketAddress server(*IpAddress::parse(dns_address), 53);
    const timeval longest{patience.count(), 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    if (!opened || ::connect(fd.get(), server.get(), server.length()) != 0)
        return {};
    const bool tcp = type == SOCK_STREAM;
    const std::string sent = tcp ? std::string{0, static_cast<char>(message.size())} + message : message;
    ::send(fd.get(), sent.data(), sent.size(), MSG_NOSIGNAL);
    std::array<char, 2048> buffer{};
    const ssize_t size = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    const std::string answer(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return tcp && answer.size() > 2 ? answer.substr(2) : answer;
}

Result<DnsSockets> bind_in(int netns, const char* address, std::uint16_t port) {
    DnsSockets sockets;
    ISOLAB_TRY(in_network_namespace(netns, [&]() -> Result<void> {
        ISOLAB_ASSIGN(sockets, bind_dns_sockets(*IpAddress::parse(address), port));
        return {};
    }));
    return sockets;
}

int code_of(const std::string& answer) { return answer.size() < dns_header_size ? -1 : answer[3] & 0x0f; }
int count_of(const std::string& answer) { return answer.size() < dns_header_size ? -1 : answer[7]; }

Attachment attachment(const std::string& id, const char* network, const char* address, std::vector<std::string> names) {
    Attachment made;
    made.container = id;
    made.netns = "/n/" + id;
    made.names = std::move(names);
    NetworkSpec spec;
    spec.name = network;
    spec.subnet = *Subnet::parse("10.201.0.0/24");
    made.endpoints.push_back(plan_endpoint(spec, *IpAddress::parse(address), 0));
    return made;
}

} // namespace

class DnsTest : public QObject {
    Q_OBJECT
  private slots:
    void only_shared_networks_are_seen() {
        const std::vector<Attachment> all{attachment("a", "one", "10.201.0.2", {"web"}),
                                          attachment("b", "one", "10.201.0.3", {"DB", "store"}),
                                          attachment("c", "two", "10.201.0.4", {"hidden"})};
        const DnsNames seen = names_seen_by("a", all);
        QCOMPARE(seen.addresses.size(), std::size_t{3});
        QCOMPARE(seen.addresses.at("db").front().text(), std::string("10.201.0.3"));
        QVERIFY(!seen.addresses.contains("hidden"));
        QCOMPARE(seen.names.at(*IpAddress::parse("10.201.0.3")), std::string("DB"));
        QCOMPARE(names_seen_by("nobody", all), DnsNames{});
    }

    void answers_have_the_right_form() {
        const DnsNames names = names_seen_by("a", {attachment("a", "one", "10.201.0.2", {"web"})});
        const std::string address = answer_locally(query("WEB", dns_type_a), names);
        QCOMPARE(code_of(address), 0);
        QCOMPARE(count_of(address), 1);
        QVERIFY(address.ends_with(std::string("\x0a\xc9\x00\x02", 4)));
        QCOMPARE(count_of(answer_locally(query("web", dns_type_aaaa), names)), 0); // exists, but not of this type
        QVERIFY(
            answer_locally(query("2.0.201.10.in-addr.arpa", dns_type_ptr), names).ends_with(std::string("\3web\0", 5)));
        QCOMPARE(answer_locally(query("elsewhere", dns_type_a), names), std::string());
    }

    void broken_queries_do_no_harm() {
        const std::string good = query("web", dns_type_a);
        for (std::size_t size = 0; size < good.size(); ++size)
            QVERIFY(!parse_dns_query(std::string_view(good).substr(0, size)));
        std::string compressed = good;
        compressed[12] = static_cast<char>(0xc0);
        QVERIFY(!parse_dns_query(compressed));
        for (std::size_t at = 0; at < good.size(); ++at)
            for (int value = 0; value < 256; ++value) {
                std::string changed = good;
                changed[at] = static_cast<char>(value);
                [[maybe_unused]] const auto answer = answer_locally(changed, {});
                QVERIFY(render_dns_failure(changed).size() >= dns_header_size);
            }
        QVERIFY(!answers_query(good, good, 0x1234)); // a query is no answer
    }

    void reverse_names_are_read() {
        QCOMPARE(parse_reverse_name("2.0.201.10.in-addr.arpa")->text(), std::string("10.201.0.2"));
        std::string v6 = "2";
        for (int i = 0; i < 29; ++i)
            v6 += ".0";
        QCOMPARE(parse_reverse_name(v6 + ".d.f.ip6.arpa")->text(), std::string("fd00::2"));
        QVERIFY(!parse_reverse_name("1.2.3.in-addr.arpa"));
        QVERIFY(!parse_reverse_name("web"));
    }

    void containers_find_each_other_and_the_world() {
        if (::geteuid() != 0)
            QSKIP("bridges need root");
        std::optional<NetworkStage> stage;
        try {
            stage.emplace();
        } catch (const std::exception& error) {
            QSKIP(error.what());
        }
        auto networks = Networks::open({stage->state()});
        AttachRequest first;
        first.container = "a";
        first.names = {"web"};
        first.name_server = true;
        const auto a = networks->attach(first);
        VERIFY_OK(a);
        const UniqueFd netns = open_netns(a->netns);

        auto sockets = bind_in(netns.get(), dns_address, dns_listening_port);
        VERIFY_OK(sockets);
        QCOMPARE(bind_in(netns.get(), dns_address, dns_listening_port).error().kind, ErrorKind::already_exists);
        QVERIFY(bind_in(netns.get(), "0.0.0.0", dns_port)); // the workload's own server is not in the way
        // The outside's name server: it answers whatever is asked with SERVFAIL, too, but under its own flag.
        const auto outside = bind_in(stage->outside(), NetworkStage::outside_address, dns_port);
        QVERIFY(outside);
        DnsOptions far_options;
        StopSource stop;
        std::thread far([&] { QVERIFY(serve_dns(*outside, far_options, stop.token())); });
        DnsOptions options;
        options.attachments = stage->state() / "attachments";
        options.container = "a";
        options.servers = {{*IpAddress::parse("198.51.100.77")}, {*IpAddress::parse(NetworkStage::outside_address)}};
        options.patience = std::chrono::milliseconds(200);
        std::thread server([&] { QVERIFY(serve_dns(*sockets, options, stop.token())); });

        for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
            const std::string own = look_up(netns.get(), query("web", dns_type_a), type);
            QCOMPARE(dns_id(own), std::uint16_t{0x1234});
            QCOMPARE(count_of(own), 1);
            const std::string forwarded = look_up(netns.get(), query("example.org", dns_type_a, 0x4321), type);
            QCOMPARE(dns_id(forwarded), std::uint16_t{0x4321});
            QCOMPARE(code_of(forwarded), 2);
        }
        AttachRequest second;
        second.container = "b";
        second.names = {"db", "store"};
        const auto b = networks->attach(second); // while the server runs
        QVERIFY(b);
        QCOMPARE(count_of(look_up(netns.get(), query("store", dns_type_a), SOCK_DGRAM)), 1);
        QVERIFY(networks->detach("b"));
        QCOMPARE(code_of(look_up(netns.get(), query("store", dns_type_a), SOCK_DGRAM)), 2);
        stop.request_stop();
        server.join();
        far.join();
        QVERIFY(networks->remove_all());
    }
};

ISOLAB_TEST(DnsTest)
#include "dns_test.moc"
