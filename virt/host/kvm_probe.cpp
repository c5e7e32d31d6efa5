// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/host/kvm_probe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

using Outcome = KvmProbe::Outcome;

constexpr std::size_t guest_size = 0x10000;
constexpr std::uint64_t page_tables_at = 0x1000; // three pages: PML4, PDPT, PD with one page of 2 MiB
constexpr std::uint64_t code_at = 0x5000;
constexpr std::uint64_t data_at = 0x6000; // 16 bytes, aligned
constexpr std::uint64_t loop_port = 0x10; // written after the loop
constexpr auto slow_loop = std::chrono::milliseconds(20);
constexpr auto hanging_loop = std::chrono::milliseconds(500); // of CPU time: no busy moment explains that

constexpr std::uint64_t cr0_protected_paging = 0x80000001;
constexpr std::uint64_t cr4_pae = 0x20;
constexpr std::uint64_t efer_long_mode = 0x500;
constexpr std::uint64_t page_present_writable = 0x3;
constexpr std::uint64_t page_large = 0x80;

constexpr char guest_code[] = "\xb9\x40\x0d\x03\x00" // mov ecx, 200000
                              "\xff\xc9"             // loop: dec ecx
                              "\x75\xfc"             // jnz loop
                              "\xe6\x10"             // out 0x10, al
                              "\xbf\x00\x60\x00\x00" // mov edi, data
                              "\x31\xc0\x31\xd2"     // xor eax, eax; xor edx, edx
                              "\x31\xdb\x31\xc9"     // xor ebx, ebx; xor ecx, ecx
                              "\xf0\x48\x0f\xc7\x0f" // lock cmpxchg16b [rdi]
                              "\xf4";                // hlt

/// Shared between the probing child and its parent.
struct Report {
    Outcome outcome;
    std::int64_t loop_ns;
    int code; ///< errno or KVM's exit reason
};

[[noreturn]] void answer(Report& report, Outcome outcome, int code) {
    report.code = code;
    report.outcome = outcome;
    ::_exit(0);
}

void fill_memory(char* memory) {
    const auto put = [&](std::uint64_t at, std::uint64_t value) { std::memcpy(memory + at, &value, sizeof value); };
    put(page_tables_at, (page_tables_at + 0x1000) | page_present_writable);
    put(page_tables_at + 0x1000, (page_tables_at + 0x2000) | page_present_writable);
    put(page_tables_at + 0x2000, page_present_writable | page_large);
    std::memcpy(memory + code_at, guest_code, sizeof guest_code - 1);
}

bool enter_long_mode(int cpu) {
    kvm_sregs special{};
    if (::ioctl(cpu, KVM_GET_SREGS, &special) != 0)
        return false;
    special.cr3 = page_tables_at;
    special.cr4 = cr4_pae;
    special.cr0 = cr0_protected_paging;
    special.efer = efer_long_mode;
    kvm_segment code{};
    code.limit = 0xffffffff;
    code.selector = 8;
    code.type = 11; // execute, read, accessed
    code.present = code.s = code.l = code.g = 1;
    special.cs = code;
    kvm_segment data = code;
    data.type = 3; // read, write, accessed
    data.selector = 16;
    data.l = 0;
    data.db = 1;
    special.ds = special.es = special.fs = special.gs = special.ss = data;
    kvm_regs registers{};
    registers.rip = code_at;
    registers.rflags = 2;
    return ::ioctl(cpu, KVM_SET_SREGS, &special) == 0 && ::ioctl(cpu, KVM_SET_REGS, &registers) == 0;
}

/// kvm_cpuid2 with room for its entries. The kernel's header declares the flexible array in a way that gives C++
/// another size than C, and with it other request numbers; these are those of C.
struct CpuFeatures {
    std::uint32_t count = 256;
    std::uint32_t padding = 0;
    std::array<kvm_cpuid_entry2, 256> entries{};
};
constexpr unsigned long get_supported_cpuid = _IOC(_IOC_READ | _IOC_WRITE, KVMIO, 0x05, 8);
constexpr unsigned long set_cpuid2 = _IOC(_IOC_WRITE, KVMIO, 0x90, 8);

/// Gives the guest the host's CPU features; without them cmpxchg16b need not exist.
bool copy_cpu_features(int kvm, int cpu) {
    CpuFeatures features;
    return ::ioctl(kvm, get_supported_cpuid, &features) == 0 && ::ioctl(cpu, set_cpuid2, &features) == 0;
}

/// The loop is timed by the CPU time it takes, which other work on this machine does not change.
void run_guest(int cpu, const kvm_run& state, Report& report) {
    const Nanoseconds begun = thread_cpu_time();
    for (;;) {
        if (::ioctl(cpu, KVM_RUN, 0) != 0)
            answer(report, Outcome::broken, errno);
        switch (state.exit_reason) {
        case KVM_EXIT_IO:
            if (state.io.port == loop_port)
                report.loop_ns = (thread_cpu_time() - begun).count();
            break;
        case KVM_EXIT_HLT:
            answer(report, std::chrono::nanoseconds(report.loop_ns) > slow_loop ? Outcome::slow : Outcome::works, 0);
        default:
            answer(report, Outcome::broken, static_cast<int>(state.exit_reason));
        }
    }
}

/// The child: system calls only, because the parent may have had threads.
[[noreturn]] void run_child(Report& report) {
    const int kvm = ::open("/dev/kvm", O_RDWR | O_CLOEXEC);
    const int machine = kvm < 0 ? -1 : ::ioctl(kvm, KVM_CREATE_VM, 0);
    if (machine < 0)
        answer(report, Outcome::refused, errno);
    void* memory = ::mmap(nullptr, guest_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) // NOLINT
        answer(report, Outcome::refused, errno);
    fill_memory(static_cast<char*>(memory));
    kvm_userspace_memory_region region{0, 0, 0, guest_size, reinterpret_cast<std::uintptr_t>(memory)}; // NOLINT
    const int cpu =
        ::ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region) == 0 ? ::ioctl(machine, KVM_CREATE_VCPU, 0) : -1;
    const int size = ::ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (cpu < 0 || size < 0 || !copy_cpu_features(kvm, cpu) || !enter_long_mode(cpu))
        answer(report, Outcome::refused, errno);
    void* state = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
    if (state == MAP_FAILED) // NOLINT
        answer(report, Outcome::refused, errno);
    run_guest(cpu, *static_cast<const kvm_run*>(state), report);
    ::_exit(1);
}

/// Whether a process ends within a time.
bool ends_within(const UniqueFd& process, std::chrono::milliseconds limit) {
    const Nanoseconds deadline = monotonic_now() + limit;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - monotonic_now());
        pollfd ended{process.get(), POLLIN, 0};
        const int ready = ::poll(&ended, 1, std::max(static_cast<int>(left.count()), 0));
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

std::chrono::microseconds cpu_time(const rusage& used) {
    return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           std::chrono::microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

std::string describe(const Report& report) {
    const std::string loop = report.loop_ns > 0 ? "a loop that takes hardware 0.2 ms took " +
                                                      std::to_string(report.loop_ns / 1'000'000) + " ms"
                                                : "the first loop did not end";
    switch (report.outcome) {
    case Outcome::works:
        return {};
    case Outcome::slow:
    case Outcome::no_answer:
    case Outcome::hangs:
        return loop;
    case Outcome::broken:
        return loop + ", then KVM stopped at an ordinary instruction (exit " + std::to_string(report.code) + ")";
    case Outcome::refused:
        return strerrordesc_np(report.code);
    }
    return {};
}

} // namespace

KvmProbe probe_kvm(std::chrono::milliseconds limit) {
    void* shared = ::mmap(nullptr, sizeof(Report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) // NOLINT
        return {Outcome::refused, strerrordesc_np(errno)};
    auto& report = *static_cast<Report*>(shared);
    report = {Outcome::no_answer, 0, 0};
    const pid_t child = ::fork();
    if (child == 0)
        run_child(report);
    if (child > 0) {
        const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
        if (!ends_within(process, limit))
            ::kill(child, SIGKILL);
        rusage used{};
        while (::wait4(child, nullptr, 0, &used) < 0 && errno == EINTR) {
        }
        if (report.outcome == Outcome::no_answer && cpu_time(used) >= hanging_loop)
            report.outcome = Outcome::hangs;
    }
    const KvmProbe result{report.outcome, describe(report), report.outcome == Outcome::refused ? report.code : 0};
    ::munmap(shared, sizeof(Report));
    return result;
}

} // namespace isolab
