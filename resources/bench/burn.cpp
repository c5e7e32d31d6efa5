// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <poll.h>

#include "resources/bench/child.h"
#include "resources/bench/loop.h"
#include "resources/bench/options.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&set, signal);
    return set;
}

/// What a worker does: one second of the kernel after the other; comes back only when it cannot.
int work_for_ever(const Request& request, int ready_fd) {
    const sigset_t set = ending_signals();
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
    Order order = request.order;
    order.neighbours = request.threads;
    order.ready_fd = ready_fd;
    order.seconds = 1;
    while (true) {
        const Work work = request.kernels[0]->run(order);
        if (!work.error.empty()) {
            std::fprintf(stderr, "isolab-bench: burn %s: %s\n", request.kernels[0]->name, work.error.c_str());
            return 1;
        }
        order.ready_fd = -1;
    }
}

/// Seconds as a timespec, not below 0.
timespec to_timespec(double seconds) {
    const auto whole = static_cast<time_t>(std::max(0.0, seconds));
    return {whole, static_cast<long>(std::max(0.0, seconds - static_cast<double>(whole)) * 1e9)};
}

/// Waits for one of the signals until `end`, in seconds of now(), and says which; 0 when the time is over.
int wait_for_signal(double end) {
    const sigset_t set = ending_signals();
    while (true) {
        const timespec left = to_timespec(end - now());
        const int signal = ::sigtimedwait(&set, nullptr, &left);
        if (signal > 0 || errno == EAGAIN)
            return std::max(signal, 0);
    }
}

/// Waits until `count` workers have written their byte, and 0; or the signal that came before, SIGCHLD when one ended.
/// The signals are blocked but while it waits.
int wait_for_workers(int fd, int count) {
    static volatile sig_atomic_t came = 0;
    sigset_t none;
    sigemptyset(&none);
    struct sigaction action {};
    action.sa_handler = [](int signal) { came = signal; };
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        ::sigaction(signal, &action, nullptr);
    char bytes[64];
    for (int seen = 0; seen < count && came == 0;) {
        pollfd entry{fd, POLLIN, 0};
        if (::ppoll(&entry, 1, nullptr, &none) > 0)
            seen += static_cast<int>(std::max<ssize_t>(::read(fd, bytes, sizeof bytes), 0));
    }
    return came;
}

} // namespace

int burn(const Request& request) {
    const double end = request.seconds_given ? now() + request.order.seconds : now() + 1e8;
    const sigset_t set = ending_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr); // they are taken when it suits, also by the first process of a world
    int ready[2] = {-1, -1};
    if (::pipe(ready) != 0) {
        std::fprintf(stderr, "isolab-bench: %s\n", describe("make", "a pipe").c_str());
        return 1;
    }
    std::vector<Child> workers;
    workers.reserve(static_cast<std::size_t>(request.threads));
    for (int i = 0; i < request.threads; ++i) {
        workers.emplace_back([&] { return work_for_ever(request, ready[1]); });
        if (workers.back().pid() < 0) {
            std::fprintf(stderr, "isolab-bench: %s\n", describe("fork", "a worker").c_str());
            return 1;
        }
    }
    int signal = wait_for_workers(ready[0], request.threads);
    if (signal == 0) {
        std::printf("burning %s\n", request.kernels[0]->name);
        std::fflush(stdout);
        signal = wait_for_signal(end);
    }
    return signal == SIGCHLD ? 1 : 0; // the workers end with their list
}

} // namespace isolab::bench
