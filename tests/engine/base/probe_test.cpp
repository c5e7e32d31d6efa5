// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/probe.h"
#include "tests/support/test_main.h"

#include <string>
#include <thread>

#include <net/if.h>
#include <sys/ioctl.h>

#include "engine/base/unique_fd.h"
#include "tests/support/own_namespaces.h"

#include <QtTest>

using namespace isolab;

namespace {

/// Listens on a free port of the loopback and answers one connection with a fixed text.
class OneShotServer {
  public:
    explicit OneShotServer(std::string answer)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)), answer_(std::move(answer)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address); // NOLINT
        if (::bind(socket_.get(), generic, length) == 0 && ::listen(socket_.get(), 4) == 0)
            ::getsockname(socket_.get(), generic, &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~OneShotServer() { thread_.join(); }
    std::uint16_t port() const { return port_; }

  private:
    void serve() {
        const UniqueFd peer(::accept(socket_.get(), nullptr, nullptr));
        char request[512];
        if (answer_.empty() || ::recv(peer.get(), request, sizeof request, 0) <= 0)
            return;
        for (const char byte : answer_) // byte by byte: the answer must be put together
            ::send(peer.get(), &byte, 1, MSG_NOSIGNAL);
    }
    UniqueFd socket_;
    std::string answer_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

std::uint16_t closed_port() {
    OneShotServer server("");
    const int fd = probe_connect(server.port(), 1000);
    ::close(fd);
    return server.port();
}

/// What the probe says about a port that nobody listens on, when the kernel can give its own end no other port.
int probe_the_only_port() {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &loopback) != 0 ||
        !isolab::test::write_text("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000"))
        return isolab::test::no_namespaces;
    return probe_ready(40000, nullptr, 1000) == ECONNREFUSED && probe_ready(40000, nullptr, 1000) == ECONNREFUSED ? 0
                                                                                                                  : 1;
}

} // namespace

class ProbeTest : public QObject {
    Q_OBJECT
  private slots:
    void open_port_is_ready() {
        OneShotServer server("");
        QCOMPARE(probe_ready(server.port(), nullptr, 1000), 0);
    }
    void closed_port_is_refused() { QCOMPARE(probe_ready(closed_port(), nullptr, 1000), ECONNREFUSED); }
    void a_connection_to_itself_is_nobody() {
        const int code = isolab::test::in_own_namespaces(CLONE_NEWNET, probe_the_only_port);
        if (code == isolab::test::no_namespaces)
            QSKIP("this user may not make a network namespace");
        QCOMPARE(code, 0);
    }
    void http_answers_are_judged_by_their_status_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("expected");
        QTest::newRow("200") << QByteArray("HTTP/1.0 200 OK\r\n\r\nhello") << 0;
        QTest::newRow("404") << QByteArray("HTTP/1.1 404 Not Found\r\n\r\n") << 0;
        QTest::newRow("503") << QByteArray("HTTP/1.1 503 Starting\r\n\r\n") << EAGAIN;
        QTest::newRow("not http") << QByteArray("-ERR what\r\n") << EBADMSG;
        QTest::newRow("closed early") << QByteArray("HTTP/1.0 2") << EBADMSG;
    }
    void http_answers_are_judged_by_their_status() {
        QFETCH(QByteArray, answer);
        QFETCH(int, expected);
        OneShotServer server(answer.toStdString());
        QCOMPARE(probe_ready(server.port(), "/index.html", 1000), expected);
    }
    void exchange_returns_the_answer() {
        OneShotServer server("+PONG\r\n");
        char reply[32];
        QCOMPARE(probe_exchange(server.port(), "PING\r\n", 6, "+PONG", 5, reply, sizeof reply, 1000), 0);
        QVERIFY(QByteArray(reply).startsWith("+PONG"));
    }
    void exchange_with_another_answer_is_a_bad_message() {
        OneShotServer server("-DENIED\r\n");
        char reply[32];
        QCOMPARE(probe_exchange(server.port(), "PING\r\n", 6, "+PONG", 5, reply, sizeof reply, 1000), EBADMSG);
        QCOMPARE(QByteArray(reply), QByteArray("-DENIED\r\n"));
    }
    void path_that_does_not_fit_is_refused() {
        QCOMPARE(probe_ready(closed_port(), std::string(2000, 'x').c_str(), 1000), EINVAL);
    }
};

ISOLAB_TEST(ProbeTest)
#include "probe_test.moc"
