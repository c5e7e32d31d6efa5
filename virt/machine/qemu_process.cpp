// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/qemu_process.h"

#include <cerrno>
#include <csignal>
#include <string>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/process_memory.h"

namespace isolab {
namespace {

Nanoseconds cpu_of(const rusage& usage) {
    const auto time = [](const timeval& value) {
        return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
    };
    return time(usage.ru_utime) + time(usage.ru_stime);
}

} // namespace

Result<std::unique_ptr<QemuProcess>> QemuProcess::watch(pid_t pid, Nanoseconds start_cpu) {
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd)
        return fail_errno(errno, "watch QEMU", std::to_string(pid));
    return std::unique_ptr<QemuProcess>(new QemuProcess(pid, std::move(pidfd), start_cpu));
}

std::optional<Nanoseconds> QemuProcess::cpu() const noexcept {
    const auto used = process_cpu_time(pid_);
    return used ? std::optional(*used + start_cpu_) : std::nullopt;
}

std::optional<std::uint64_t> QemuProcess::peak_memory(const guest::Exited& /*exited*/) const {
    const auto peak = read_peak_rss(pid_);
    return peak ? std::optional(*peak) : std::nullopt;
}

void QemuProcess::kill() noexcept { ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0); }

std::optional<GuestProcess::Remains> QemuProcess::reap() noexcept {
    rusage usage{};
    if (::wait4(pid_, nullptr, WNOHANG, &usage) != pid_) // of a server: what was told before its end stays
        return std::nullopt;
    return Remains{cpu_of(usage) + start_cpu_, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024U};
}

std::vector<PhaseMark> QemuProcess::early_marks(const guest::Hello& hello, Nanoseconds arrival, Nanoseconds begin,
                                                const CpuTrail& trail) const {
    return isolab::early_marks(hello, arrival, begin, trail);
}

} // namespace isolab
