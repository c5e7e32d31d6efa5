// SPDX-License-Identifier: GPL-3.0-or-later
//
// Networks with real links, rules and traffic, in a host that the test makes for itself.
#include <memory>
#include <optional>
#include <thread>

#include <QtTest>

#include "engine/base/clock.h"
#include "engine/network/firewall.h"
#include "engine/network/network.h"
#include "tests/engine/network/network_stage.h"

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
        QCOMPARE(ask(host, NetworkStage::host_address, 9090), std::string());
        QCOMPARE(ask(stage_->outside(), NetworkStage::host_address, 9090), std::string());
    }
};

QTEST_GUILESS_MAIN(NetworkTest)
#include "network_test.moc"
