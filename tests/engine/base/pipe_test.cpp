// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/pipe.h"
#include "tests/support/test_main.h"

#include <array>
#include <cerrno>

#include <QtTest>
#include <fcntl.h>
#include <sys/resource.h>

using namespace isolab;

class PipeTest : public QObject {
    Q_OBJECT

    static bool closes_on_exec(const UniqueFd& file) { return (::fcntl(file.get(), F_GETFD) & FD_CLOEXEC) != 0; }
    static bool blocks(const UniqueFd& file) { return (::fcntl(file.get(), F_GETFL) & O_NONBLOCK) == 0; }

  private slots:
    void bytes_go_from_write_to_read() {
        auto pipe = Pipe::create();
        QVERIFY(pipe);
        QCOMPARE(::write(pipe->write.get(), "ab", 2), ssize_t{2});
        pipe->write.reset();
        std::array<char, 8> bytes{};
        QCOMPARE(::read(pipe->read.get(), bytes.data(), bytes.size()), ssize_t{2});
        QCOMPARE(std::string(bytes.data()), std::string("ab"));
        QCOMPARE(::read(pipe->read.get(), bytes.data(), bytes.size()), ssize_t{0});
    }
    void sockets_keep_packets_apart() {
        const auto pair = SocketPair::create();
        QVERIFY(pair);
        QCOMPARE(::write(pair->first.get(), "ab", 2), ssize_t{2});
        QCOMPARE(::write(pair->first.get(), "c", 1), ssize_t{1});
        QCOMPARE(::write(pair->second.get(), "d", 1), ssize_t{1});
        std::array<char, 8> bytes{};
        QCOMPARE(::read(pair->second.get(), bytes.data(), bytes.size()), ssize_t{2});
        QCOMPARE(::read(pair->second.get(), bytes.data(), bytes.size()), ssize_t{1});
        QCOMPARE(::read(pair->first.get(), bytes.data(), bytes.size()), ssize_t{1});
    }
    void nothing_is_inherited_by_programs() {
        const auto pipe = Pipe::create();
        const auto pair = SocketPair::create(SOCK_STREAM);
        QVERIFY(pipe && pair);
        QVERIFY(closes_on_exec(pipe->read) && closes_on_exec(pipe->write));
        QVERIFY(closes_on_exec(pair->first) && closes_on_exec(pair->second));
        QVERIFY(blocks(pipe->read) && blocks(pair->first));
    }
    void flags_are_passed_on() {
        const auto pipe = Pipe::create(O_NONBLOCK);
        const auto pair = SocketPair::create(SOCK_STREAM | SOCK_NONBLOCK);
        QVERIFY(pipe && pair);
        QVERIFY(!blocks(pipe->read) && !blocks(pipe->write) && !blocks(pair->first) && !blocks(pair->second));
        int type = 0;
        socklen_t size = sizeof type;
        QCOMPARE(::getsockopt(pair->first.get(), SOL_SOCKET, SO_TYPE, &type, &size), 0);
        QCOMPARE(type, int{SOCK_STREAM});
    }
    void no_descriptor_left_is_an_error() {
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &before), 0);
        const rlimit none{0, before.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
        const auto pipe = Pipe::create();
        const auto pair = SocketPair::create();
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &before), 0);
        QVERIFY(!pipe && !pair);
        QCOMPARE(pipe.error().cause, system_error(EMFILE, "").cause);
        QCOMPARE(pair.error().operation, std::string("create socket pair"));
    }
};

ISOLAB_TEST(PipeTest)
#include "pipe_test.moc"
