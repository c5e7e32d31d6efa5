// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <string_view>

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resources/bench/loop.h"
#include "resources/bench/options.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

constexpr std::size_t longest_line = 256;
constexpr std::size_t most_connections = 64;
constexpr std::size_t transfer = 128U << 10U;
constexpr std::uint64_t longest_work_ms = 3'600'000;

char file_path[4096]; // where the signal's handler finds it

/// What is held, and the answers to commands about it.
class Holder {
  public:
    explicit Holder(std::uint64_t seed) : state_(seed | 1U), block_(random_block(transfer, seed)) {}
    ~Holder() { release(); }
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    /// The answer to one line, without its end.
    std::string answer(std::string_view line);

  private:
    std::string memory(std::uint64_t bytes);
    std::string write(std::uint64_t bytes);
    std::string read(std::uint64_t bytes);
    std::string remove();
    void release() noexcept;

    void* memory_ = nullptr;
    std::size_t memory_bytes_ = 0;
    std::uint64_t state_;
    std::vector<unsigned char> block_;
};

std::string ok(std::uint64_t number) { return "ok " + std::to_string(number); }
std::string error_of(const std::string& what) { return "error " + what; }

std::string burn_cpu(std::uint64_t milliseconds) {
    const std::uint64_t end = now_ns() + milliseconds * 1'000'000U;
    std::uint64_t state = 88172645463325252ULL;
    std::uint64_t sum = 0;
    while (now_ns() < end)
        for (int i = 0; i < 1000; ++i)
            sum += next_random(state);
    return sum == 0 ? error_of("work: the sum is 0") : ok(milliseconds);
}

void Holder::release() noexcept {
    if (memory_ != nullptr)
        ::munmap(memory_, memory_bytes_);
    memory_ = nullptr;
    memory_bytes_ = 0;
}

std::string Holder::memory(std::uint64_t bytes) {
    release();
    void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return error_of(describe("map", std::to_string(bytes) + " bytes"));
    memory_ = place;
    memory_bytes_ = bytes;
    auto* words = static_cast<std::uint64_t*>(place);
    for (std::size_t i = 0; i < bytes / sizeof *words; ++i)
        words[i] = next_random(state_);
    return ok(bytes);
}

std::string Holder::write(std::uint64_t bytes) {
    const int fd = ::open(file_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_of(describe("open", file_path));
    std::uint64_t done = 0;
    bool good = true;
    while (good && done < bytes) {
        const std::uint64_t stamp = next_random(state_);
        std::memcpy(block_.data(), &stamp, sizeof stamp); // no two blocks are the same
        const std::size_t part = std::min<std::uint64_t>(bytes - done, block_.size());
        const ssize_t written = ::write(fd, block_.data(), part);
        good = written > 0 || (written < 0 && errno == EINTR);
        done += static_cast<std::uint64_t>(std::max<ssize_t>(written, 0));
    }
    good = good && ::fsync(fd) == 0;
    const std::string answer = good ? ok(done) : error_of(describe("write", file_path));
    ::close(fd);
    return answer;
}

std::string Holder::read(std::uint64_t bytes) {
    const int fd = ::open(file_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_of(describe("open", file_path));
    ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    std::vector<unsigned char> into(transfer);
    std::uint64_t done = 0;
    std::uint64_t offset = 0;
    while (done < bytes) {
        const std::size_t part = std::min<std::uint64_t>(bytes - done, into.size());
        const ssize_t got = ::pread(fd, into.data(), part, static_cast<off_t>(offset));
        if (got < 0 || (got == 0 && offset == 0))
            break; // an error, or an empty file
        done += static_cast<std::uint64_t>(got);
        offset = got == 0 ? 0 : offset + static_cast<std::uint64_t>(got); // at the end begins the next pass
    }
    ::close(fd);
    return done == bytes ? ok(done) : error_of(std::string("read ") + file_path + ": it ended or failed");
}

std::string Holder::remove() { return ::unlink(file_path) == 0 ? ok(0) : error_of(describe("remove", file_path)); }

std::string Holder::answer(std::string_view line) {
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    const std::size_t space = line.find(' ');
    const std::string_view verb = line.substr(0, space);
    if (space == std::string_view::npos) {
        if (verb == "ping")
            return ok(0);
        if (verb == "free") {
            release();
            return ok(0);
        }
        if (verb == "remove")
            return remove();
    }
    const std::string_view text = space == std::string_view::npos ? "" : line.substr(space + 1);
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = problem == std::errc{} && end == text.data() + text.size() && number > 0;
    if (verb != "memory" && verb != "write" && verb != "read" && verb != "work")
        return error_of(
            "no such command; there are memory BYTES, free, write BYTES, read BYTES, remove, work MS, ping");
    if (!whole || number > (1ULL << 46U) || (verb == "work" && number > longest_work_ms))
        return error_of(std::string(verb) + " needs a number above 0 and possible here");
    if (verb == "memory")
        return memory(number);
    if (verb == "work")
        return burn_cpu(number);
    return verb == "write" ? write(number) : read(number);
}

/// One client: what has come of its line.
struct Client {
    std::string line;
    bool too_long = false;
};

/// Takes bytes of a client and answers the lines that they end; false when the client is gone.
bool serve_client(int fd, Client& client, Holder& holder) {
    std::array<char, 512> bytes{};
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got <= 0)
        return got < 0 && errno == EINTR;
    for (const char c : std::string_view(bytes.data(), static_cast<std::size_t>(got))) {
        if (c != '\n') {
            client.too_long = client.too_long || client.line.size() == longest_line;
            if (!client.too_long)
                client.line += c;
            continue;
        }
        const std::string text =
            (client.too_long ? error_of("the line is too long") : holder.answer(client.line)) + "\n";
        client = {};
        if (::send(fd, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return false;
    }
    return true;
}

/// A socket that listens at 127.0.0.1; -1 with errno set.
int listen_at(int port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 16) != 0)
        return -1;
    return fd;
}

/// Ends at once, in the middle of whatever is done.
void end_on_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) {
        ::unlink(file_path);
        ::_exit(0);
    };
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        ::sigaction(signal, &action, nullptr);
}

[[noreturn]] void serve_clients(int listener, Holder& holder) {
    std::map<int, Client> clients;
    while (true) {
        std::vector<pollfd> entries;
        for (const auto& [fd, client] : clients)
            entries.push_back({fd, POLLIN, 0});
        if (clients.size() < most_connections)
            entries.push_back({listener, POLLIN, 0});
        if (::poll(entries.data(), entries.size(), -1) < 0)
            continue;
        for (const pollfd& entry : entries) {
            if (entry.revents == 0)
                continue;
            if (entry.fd == listener) {
                if (const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC); fd >= 0)
                    clients[fd] = {};
            } else if (!serve_client(entry.fd, clients[entry.fd], holder)) {
                ::close(entry.fd);
                clients.erase(entry.fd);
            }
        }
    }
}

} // namespace

int hold(const Request& request) {
    const std::string path = request.order.directory + "/isolab-hold.data";
    if (path.size() >= sizeof file_path) {
        std::fprintf(stderr, "isolab-bench: --directory is too long\n");
        return 2;
    }
    std::strcpy(file_path, path.c_str());
    end_on_signals();
    const int listener = listen_at(request.port);
    if (listener < 0) {
        const std::string port = "127.0.0.1:" + std::to_string(request.port);
        std::fprintf(stderr, "isolab-bench: hold: %s\n", describe("listen at", port).c_str());
        return 1;
    }
    Holder holder(now_ns() ^ (static_cast<std::uint64_t>(::getpid()) << 48U)); // no two instances hold the same pages
    std::printf("holding\n");
    std::fflush(stdout);
    serve_clients(listener, holder);
}

} // namespace isolab::bench
