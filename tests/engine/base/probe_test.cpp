// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/probe.h"
#include "tests/support/own_namespaces.h"
#include "tests/support/test_main.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <net/if.h>
#include <sys/ioctl.h>

#include "engine/base/unique_fd.h"

#include <QtTest>

using namespace isolab;

namespace {

constexpr std::int64_t a_minute = 60'000'000;
constexpr int minute_ms = 60'000;

/// Listens on a free port of a loopback address; `serve` gets the listening socket, in a thread of its own.
class LoopbackServer {
  public:
    LoopbackServer(int family, std::function<void(int listener)> serve)
        : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in6 address{};
        socklen_t length = family == AF_INET6 ? sizeof address : sizeof(sockaddr_in);
        auto* generic = reinterpret_cast<sockaddr*>(&address); // NOLINT
        generic->sa_family = static_cast<sa_family_t>(family);
        if (family == AF_INET6)
            address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
        else
            reinterpret_cast<sockaddr_in*>(&address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK); // NOLINT
        if (::bind(socket_.get(), generic, length) == 0 && ::listen(socket_.get(), 16) == 0)
            ::getsockname(socket_.get(), generic, &length);
        port_ = ntohs(address.sin6_port);
        thread_ = std::thread([this, serve = std::move(serve)] { serve(socket_.get()); });
    }
    ~LoopbackServer() { thread_.join(); }
    std::uint16_t port() const { return port_; }

  private:
    UniqueFd socket_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// Accepts a connection and reads what is asked.
UniqueFd next_question(int listener) {
    UniqueFd peer(::accept(listener, nullptr, nullptr));
    char request[512];
    (void)::recv(peer.get(), request, sizeof request, 0);
    return peer;
}

/// Byte by byte: the answer must be put together.
void answer(const UniqueFd& peer, const std::string& text) {
    for (const char byte : text)
        ::send(peer.get(), &byte, 1, MSG_NOSIGNAL);
}

/// Gives each connection the next of the answers.
std::function<void(int)> answers(std::vector<std::string> texts) {
    return [texts = std::move(texts)](int listener) {
        for (const std::string& text : texts)
            answer(next_question(listener), text);
    };
}

const char* const good = "HTTP/1.0 200 OK\r\n\r\nhello";

void accept_one(int listener) { const UniqueFd peer(::accept(listener, nullptr, nullptr)); }

/// The tests of ::1 need it; a kernel may have been told to do without.
bool has_ipv6() {
    const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    return ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0; // NOLINT
}

std::uint16_t closed_port() {
    LoopbackServer server(AF_INET, accept_one);
    ::close(probe_connect(server.port(), minute_ms));
    return server.port();
}

int wait_until_ready(std::uint16_t port, const char* path, std::int64_t time = a_minute) {
    return PortProber(port, path).wait(probe_clock() + time);
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
    return wait_until_ready(40000, nullptr, 20'000) == ETIMEDOUT && probe_connect(40000, minute_ms) == -ECONNREFUSED
               ? 0
               : 1;
}

} // namespace

class ProbeTest : public QObject {
    Q_OBJECT
  private slots:
    void both_loopback_addresses_are_asked_data() {
        QTest::addColumn<int>("family");
        QTest::newRow("127.0.0.1") << AF_INET;
        if (has_ipv6())
            QTest::newRow("::1") << AF_INET6;
    }
    void both_loopback_addresses_are_asked() {
        QFETCH(int, family);
        {
            LoopbackServer server(family, accept_one);
            QCOMPARE(wait_until_ready(server.port(), nullptr), 0);
        }
        {
            LoopbackServer server(family, answers({good}));
            QCOMPARE(wait_until_ready(server.port(), "/"), 0);
        }
        LoopbackServer server(family, answers({"+PONG\r\n"}));
        char reply[32];
        QCOMPARE(probe_exchange(server.port(), "PING\r\n", 6, "+PONG", 5, reply, sizeof reply, minute_ms), 0);
        QVERIFY(QByteArray(reply).startsWith("+PONG"));
    }
    void a_closed_port_is_never_ready() {
        QCOMPARE(wait_until_ready(closed_port(), nullptr, 20'000), ETIMEDOUT);
        QCOMPARE(probe_connect(closed_port(), minute_ms), -ECONNREFUSED);
    }
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
        QTest::newRow("not yet") << QByteArray("HTTP/1.0 2") << EINPROGRESS;
    }
    void http_answers_are_judged_by_their_status() {
        QFETCH(QByteArray, answer);
        QFETCH(int, expected);
        QCOMPARE(probe_judge_http(answer.constData()), expected);
    }
    void what_answers_badly_is_asked_again() {
        LoopbackServer server(AF_INET, answers({"HTTP/1.1 503 Starting\r\n\r\n", "-ERR what\r\n", "HTTP/1.0 2", "",
                                                std::string(300, 'x'), good}));
        QCOMPARE(wait_until_ready(server.port(), "/index.html"), 0);
    }
    void a_slow_first_answer_is_waited_for() {
        std::string first_was_heard;
        {
            LoopbackServer server(AF_INET, [&](int listener) {
                const UniqueFd first = next_question(listener);
                const UniqueFd second = next_question(listener); // comes when the first has been waited for long
                const UniqueFd third = next_question(listener);
                answer(first, good);
                char end = 0;
                first_was_heard = ::recv(second.get(), &end, 1, 0) == 0 ? "the others were closed" : "not closed";
            });
            QCOMPARE(wait_until_ready(server.port(), "/"), 0);
        }
        QCOMPARE(first_was_heard, std::string("the others were closed"));
    }
    void a_question_that_is_never_answered_does_not_keep_the_next_one_away() {
        UniqueFd never;
        LoopbackServer server(AF_INET, [&](int listener) {
            never = next_question(listener);
            answer(next_question(listener), good);
        });
        QCOMPARE(wait_until_ready(server.port(), "/"), 0);
    }
    void an_address_that_does_not_answer_does_not_keep_the_other_away() {
        if (!has_ipv6())
            QSKIP("this kernel has no ::1");
        UniqueFd never;
        LoopbackServer silent(AF_INET6, [&](int listener) { never = next_question(listener); });
        const UniqueFd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(silent.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(other.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || // NOLINT
            ::listen(other.get(), 4) != 0) {
            ::close(probe_connect(silent.port(), minute_ms)); // ends its thread
            QSKIP("somebody has the same port at 127.0.0.1");
        }
        std::thread answering([&] { answers({good})(other.get()); });
        QCOMPARE(wait_until_ready(silent.port(), "/"), 0);
        answering.join();
    }
    void exchange_with_another_answer_is_a_bad_message() {
        LoopbackServer server(AF_INET, answers({"-DENIED\r\n"}));
        char reply[32];
        QCOMPARE(probe_exchange(server.port(), "PING\r\n", 6, "+PONG", 5, reply, sizeof reply, minute_ms), EBADMSG);
        QCOMPARE(QByteArray(reply), QByteArray("-DENIED\r\n"));
    }
    void path_that_does_not_fit_is_refused() {
        QCOMPARE(wait_until_ready(closed_port(), std::string(2000, 'x').c_str()), EINVAL);
    }
};

ISOLAB_TEST(ProbeTest)
#include "probe_test.moc"
