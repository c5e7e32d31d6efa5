// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resources/probe/attempt.h"
#include "resources/probe/files.h"
#include "resources/probe/parts.h"

namespace isolab::probe {

namespace {

/// Files whose opening alone has no effect; none is read or written. A masked one may be there and empty.
constexpr const char* kernel_files[] = {"/proc/kcore", "/dev/mem", "/proc/sysrq-trigger", "/sys/firmware"};

/// The error of a call that returns -1, or 0.
int error_of(long result) { return result < 0 ? errno : 0; }

int open_for_reading(const char* path) { return error_of(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)); }

/// In a mount namespace of its own from which nothing spreads; without one, nothing is mounted.
int mount_tmpfs() {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return errno;
    return error_of(::mount("isolab-probe", "/", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k"));
}

/// Whether the clock could be set: asked for, never done. Reading it with adjtimex(2) must be allowed, CAP_SYS_TIME be
/// there, and be that of the first user namespace, which is the only one that counts.
int set_clock() {
    timex time{};
    if (::adjtimex(&time) < 0) // modes is 0: it only reads
        return errno;
    constexpr unsigned sys_time = 25;
    const std::string mask = field_of("\n" + read_file("/proc/self/status"), "CapEff");
    const bool capable = (std::strtoull(mask.c_str(), nullptr, 16) >> sys_time & 1U) != 0;
    const bool first = read_file("/proc/self/uid_map").find("4294967295") != std::string::npos;
    return capable && first ? 0 : EPERM;
}

int open_raw_socket() { return error_of(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP)); }

/// The shortest program: return 0. It is attached to nothing and goes with its process.
int load_bpf() {
    bpf_insn code[2] = {};
    code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    code[1].code = BPF_JMP | BPF_EXIT;
    bpf_attr what;
    std::memset(&what, 0, sizeof what);
    what.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    what.insns = reinterpret_cast<std::uintptr_t>(code);
    what.insn_cnt = 2;
    what.license = reinterpret_cast<std::uintptr_t>("GPL");
    return error_of(::syscall(SYS_bpf, BPF_PROG_LOAD, &what, sizeof what));
}

int use_io_uring() {
    io_uring_params parameters{};
    return error_of(::syscall(SYS_io_uring_setup, 1, &parameters));
}

int trace_child() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (true)
            ::pause();
    }
    if (child < 0)
        return errno;
    const int error = error_of(::ptrace(PTRACE_SEIZE, child, 0, 0));
    ::kill(child, SIGKILL); // its number is above 0 here
    ::waitpid(child, nullptr, 0);
    return error;
}

int unshare_user() { return error_of(::unshare(CLONE_NEWUSER)); }

struct Door {
    const char* name;
    int (*open)();
};
constexpr Door doors[] = {
    {"mount_tmpfs", mount_tmpfs},   {"set_clock", set_clock},   {"raw_socket", open_raw_socket},
    {"load_bpf", load_bpf},         {"io_uring", use_io_uring}, {"ptrace_child", trace_child},
    {"unshare_user", unshare_user},
};

} // namespace

void add_doors(Object& document) {
    Object readable;
    for (const char* path : kernel_files)
        readable.add(path, describe(attempt([path] { return open_for_reading(path); })));
    Object can;
    for (const Door& door : doors)
        can.add(door.name, describe(attempt([&door] { return door.open(); })));
    document.add("readable", readable.text()).add("can", can.text());
}

} // namespace isolab::probe
