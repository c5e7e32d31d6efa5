// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/serve.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"
#include "virt/guest_init/jobs.h"
#include "virt/guest_init/role.h"

namespace isolab::guest {
namespace {

struct Loop {
    RunningWorkload workload;
    int children = -1; ///< signalfd(2) for SIGCHLD
    int vmstat = -1;   ///< /proc/vmstat, open since the workload may unmount /proc
    std::uint64_t oom_kills_before = 0;
};

std::uint64_t oom_kills(int vmstat) noexcept {
    static char text[32768];
    std::size_t size = 0;
    for (ssize_t count = 1; count > 0 && size < sizeof text - 1;) {
        count = ::pread(vmstat, text + size, sizeof text - 1 - size, static_cast<off_t>(size));
        size += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    text[size] = '\0';
    const char* line = std::strstr(text, "\noom_kill ");
    return line != nullptr ? std::strtoull(line + std::strlen("\noom_kill "), nullptr, 10) : 0;
}

/// Passes on what is in a pipe of the workload. False at its end (or when it is empty and `fd` does not block).
bool pass_output(int fd, std::uint8_t stream) noexcept {
    static char buffer[output_limit];
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0)
        return errno == EINTR;
    if (count == 0)
        return false;
    send_record(RecordKind::output, buffer, static_cast<std::size_t>(count), nullptr, 0, stream);
    return true;
}

void drain(int fd, std::uint8_t stream) noexcept {
    if (fd < 0)
        return;
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
    while (pass_output(fd, stream)) {
    }
}

void send_exit(const Loop& loop, int status, const rusage& usage, std::uint64_t happened) noexcept {
    Exited exited;
    exited.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    exited.code = exited.signal != 0 ? 128 + exited.signal : WEXITSTATUS(status);
    exited.out_of_memory = exited.signal == SIGKILL && oom_kills(loop.vmstat) > loop.oom_kills_before ? 1 : 0;
    const auto microseconds = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(time.tv_usec);
    };
    exited.user_us = microseconds(usage.ru_utime);
    exited.system_us = microseconds(usage.ru_stime);
    exited.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024U;
    exited.stamp = stamp(happened);
    send_record(RecordKind::exited, &exited, sizeof exited);
}

/// Reaps everything that ended; when the workload is among it, tells so and powers off.
void reap(const Loop& loop) noexcept {
    signalfd_siginfo info{};
    [[maybe_unused]] const auto taken = ::read(loop.children, &info, sizeof info);
    int status = 0;
    rusage usage{};
    for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
        if (pid != loop.workload.pid)
            continue;
        const std::uint64_t happened = boot_time();
        end_workload(); // as in a container: nothing outlives the first process, and nobody writes any more
        drain(loop.workload.out, 1);
        drain(loop.workload.err, 2);
        send_exit(loop, status, usage, happened);
        power_off();
    }
}

void serve_host(const Loop& loop) noexcept {
    Record record;
    const int error = receive_record(record);
    if (error == EPIPE) { // the host is gone, and with it the reason to run
        std::fputs("isolab: the host is gone\n", stderr);
        power_off();
    }
    if (error != 0)
        give_up(Step::protocol, error, "host");
    switch (record.header.kind) {
    case RecordKind::ask_memory:
        send_memory();
        break;
    case RecordKind::exchange:
        start_exchange(record);
        break;
    case RecordKind::sync:
        start_sync(record);
        break;
    case RecordKind::signal: {
        Signal ask;
        if (record.header.size == sizeof ask) {
            std::memcpy(&ask, record.payload, sizeof ask);
            ::kill(loop.workload.pid, ask.number);
        }
        break;
    }
    default:
        break;
    }
    std::free(record.payload);
}

void close_at_end(int& fd, short events, std::uint8_t stream) noexcept {
    if (events != 0 && !pass_output(fd, stream)) {
        ::close(fd);
        fd = -1;
    }
}

[[noreturn]] void serve(Loop& loop) noexcept {
    for (;;) {
        std::array<pollfd, 4 + job_limit> events{{{loop.workload.out, POLLIN, 0},
                                                  {loop.workload.err, POLLIN, 0},
                                                  {channel_fd(), POLLIN, 0},
                                                  {loop.children, POLLIN, 0}}};
        const int extra = add_job_events(events.data() + 4);
        if (::poll(events.data(), static_cast<nfds_t>(4 + extra), -1) < 0) {
            if (errno == EINTR || errno == EAGAIN || errno == ENOMEM) // passes
                continue;
            give_up(Step::protocol, errno, "poll");
        }
        close_at_end(loop.workload.out, events[0].revents, 1);
        close_at_end(loop.workload.err, events[1].revents, 2);
        for (int i = 0; i < extra; ++i)
            serve_job(events[static_cast<std::size_t>(4 + i)]);
        if (events[2].revents != 0)
            serve_host(loop);
        if (events[3].revents != 0)
            reap(loop);
    }
}

int watch_children() noexcept {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const int fd =
        ::sigprocmask(SIG_BLOCK, &child, nullptr) == 0 ? ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
    if (fd < 0) // the end of the workload would not be seen
        give_up(Step::command, errno, "signalfd");
    return fd;
}

void tell(RecordKind kind, std::uint64_t happened) noexcept {
    const GuestStamp told = stamp(happened);
    send_record(kind, &told, sizeof told);
}

} // namespace

void say_hello(std::uint64_t started, std::uint64_t started_tsc) noexcept {
    const Hello hello{stamp(started), started_tsc, protocol_version, static_cast<std::uint32_t>(::get_nprocs())};
    send_record(RecordKind::hello, &hello, sizeof hello);
}

void receive_workload(Record& record, Workload& workload) noexcept {
    if (const int error = receive_record(record); error != 0)
        give_up(Step::protocol, error, "start record");
    if (!parse_workload(record, workload))
        give_up(Step::protocol, EBADMSG, "start record");
}

void serve_workload(const Workload& workload) noexcept {
    Loop loop;
    loop.children = watch_children();
    loop.vmstat = ::open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
    if (loop.vmstat < 0)
        give_up(Step::mounts, errno, "/proc/vmstat");
    loop.oom_kills_before = oom_kills(loop.vmstat);
    tell(RecordKind::setup_done, boot_time());
    loop.workload = run_workload(workload);
    tell(RecordKind::executed, boot_time());
    start_probe(workload);
    serve(loop);
}

} // namespace isolab::guest
