// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resources/probe/parts.h"

namespace isolab::probe {

namespace {

constexpr std::uint64_t page = 4096;

double seconds_now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// One step of xorshift64 (Marsaglia 2003): content that cannot be compressed.
std::uint64_t next_word(std::uint64_t& state) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    return state;
}

/// What a child tells while it works, also when it is killed; shared with its parent.
struct Progress {
    std::uint64_t reached = 0;
    int error = 0;
};

/// A process that calls a function, or -1 with errno set. It is killed with its parent.
template <typename Function> pid_t start(Function&& function) {
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    function();
    _exit(0);
}

/// When memory ends, this process ends first, so that its parent can tell of it.
void be_the_first_to_go() {
    const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        [[maybe_unused]] const ssize_t written = ::write(fd, "1000", 4);
        ::close(fd);
    }
}

/// Touches each page of so many bytes.
void touch(std::uint64_t bytes, Progress& progress) {
    be_the_first_to_go();
    void* place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) {
        progress.error = errno;
        return;
    }
    auto* words = static_cast<std::uint64_t*>(place);
    std::uint64_t state = 88172645463325252ULL;
    for (std::uint64_t at = 0; at < bytes; at += sizeof *words) {
        words[at / sizeof *words] = next_word(state);
        if (at % page == 0)
            progress.reached = std::min(bytes, at + page);
    }
}

void say_end(Object& document, int error) {
    document.add_text("ended", error == 0 ? "complete" : "error");
    if (error != 0)
        document.add_text("error", std::strerror(error));
}

void limit_memory(std::uint64_t bytes, Object& document) {
    void* shared = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return say_end(document, errno);
    auto* progress = new (shared) Progress;
    const std::uint64_t whole = (bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t) * sizeof(std::uint64_t);
    const pid_t child = start([&] { touch(whole, *progress); });
    if (child < 0)
        return say_end(document, errno);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    document.add("reached", std::to_string(std::min(progress->reached, bytes)));
    if (WIFSIGNALED(status))
        document.add_text("ended", "killed").add("signal", std::to_string(WTERMSIG(status)));
    else
        say_end(document, progress->error);
}

void limit_processes(std::uint64_t wanted, Object& document) {
    std::vector<pid_t> children;
    int error = 0;
    while (error == 0 && children.size() < wanted) {
        const pid_t child = start([] {
            be_the_first_to_go();
            while (true)
                ::pause();
        });
        if (child < 0)
            error = errno;
        else
            children.push_back(child);
    }
    // Those that are gone already were killed when memory ended.
    const auto killed =
        std::erase_if(children, [](pid_t child) { return ::waitpid(child, nullptr, WNOHANG) == child; });
    for (const pid_t child : children)
        ::kill(child, SIGKILL); // a number that fork gave: above 0
    for (const pid_t child : children)
        ::waitpid(child, nullptr, 0);
    document.add("reached", std::to_string(children.size()));
    if (killed > 0)
        document.add_text("ended", "killed").add("signal", std::to_string(SIGKILL));
    else
        say_end(document, error);
}

/// Two busy processes; their CPU time as the kernel of this world counts it.
void limit_cpu(std::uint64_t milliseconds, Object& document) {
    const double begin = seconds_now();
    const double end = begin + static_cast<double>(milliseconds) * 1e-3;
    double used = 0;
    pid_t children[2];
    for (pid_t& child : children)
        child = start([&] {
            while (seconds_now() < end) {
            }
        });
    const int error = children[0] < 0 || children[1] < 0 ? errno : 0;
    for (const pid_t child : children) {
        rusage usage{};
        if (child < 0 || ::wait4(child, nullptr, 0, &usage) != child)
            continue;
        for (const timeval& part : {usage.ru_utime, usage.ru_stime})
            used += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) * 1e-6;
    }
    const double wall = seconds_now() - begin;
    document.add("cpu_s", std::to_string(used))
        .add("wall_s", std::to_string(wall))
        .add("cpu_per_wall", std::to_string(used / wall));
    say_end(document, error);
}

/// Into a file without a name in the working directory, which is gone with this process however that ends.
void limit_disk(std::uint64_t bytes, Object& document) {
    std::string path = "isolab-probe.XXXXXX";
    const int fd = ::mkstemp(path.data());
    if (fd < 0)
        return say_end(document, errno);
    ::unlink(path.c_str());
    std::vector<std::uint64_t> block((1U << 20U) / sizeof(std::uint64_t));
    std::uint64_t state = 88172645463325252ULL;
    std::uint64_t reached = 0;
    int error = 0;
    while (error == 0 && reached < bytes) {
        std::generate(block.begin(), block.end(), [&] { return next_word(state); });
        const std::size_t part = std::min<std::uint64_t>(bytes - reached, block.size() * sizeof block[0]);
        const ssize_t written = ::write(fd, block.data(), part);
        if (written <= 0)
            error = written < 0 ? errno : ENOSPC;
        else if (::fdatasync(fd) != 0) // so that what was promised is there
            error = errno;
        else
            reached += static_cast<std::uint64_t>(written);
    }
    ::close(fd);
    document.add("reached", std::to_string(reached));
    say_end(document, error);
}

struct Verb {
    const char* name;
    std::uint64_t most;
    void (*run)(std::uint64_t, Object&);
};
constexpr Verb verbs[] = {
    {"memory", 1ULL << 42U, limit_memory},
    {"processes", 100'000, limit_processes},
    {"cpu", 600'000, limit_cpu},
    {"disk", 1ULL << 42U, limit_disk},
};

int wrong_arguments(const std::string& why) {
    std::fprintf(stderr, "isolab-probe: limits %s\n", why.c_str());
    return 2;
}

} // namespace

int run_limits(int count, char** arguments) {
    if (count != 2)
        return wrong_arguments("needs memory BYTES, processes N, cpu MS or disk BYTES");
    for (const Verb& verb : verbs) {
        if (std::strcmp(verb.name, arguments[0]) != 0)
            continue;
        const char* end = arguments[1] + std::strlen(arguments[1]);
        std::uint64_t number = 0;
        const auto [stop, problem] = std::from_chars(arguments[1], end, number);
        if (problem != std::errc{} || stop != end || number == 0 || number > verb.most)
            return wrong_arguments(std::string(verb.name) + ": possible are 1 to " + std::to_string(verb.most) +
                                   ", not '" + arguments[1] + "'");
        Object document;
        document.add_text("schema", "isolab.limits/1")
            .add_text("limit", verb.name)
            .add("asked", std::to_string(number));
        verb.run(number, document);
        std::printf("%s\n", document.text().c_str());
        return std::fflush(stdout) == 0 ? 0 : 1;
    }
    return wrong_arguments(std::string("has no '") + arguments[0] + "'; there are memory, processes, cpu and disk");
}

} // namespace isolab::probe
