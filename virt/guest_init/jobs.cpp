// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/jobs.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/base/probe.h"

namespace isolab::guest {
namespace {

constexpr std::size_t reply_limit = 65536;

enum class JobKind { none, probe, exchange, sync };
struct Job {
    JobKind kind = JobKind::none;
    int pipe = -1; ///< the child's one message, complete in one write(2) below PIPE_BUF or ended by EOF
    std::uint32_t id = 0;
    char* answer = nullptr;
    std::size_t size = 0;
};

std::array<Job, job_limit> jobs;

void finish(Job& job) noexcept {
    ::close(job.pipe);
    std::free(job.answer);
    job = {};
}

/// Runs `work(write end of the job's pipe)`, which must not return, in a child process. 0 or an errno value.
template <class Work> int start_job(JobKind kind, std::uint32_t id, Work&& work) noexcept {
    for (Job& job : jobs) {
        if (job.kind != JobKind::none)
            continue;
        char* answer = static_cast<char*>(std::malloc(reply_limit));
        int ends[2];
        if (answer == nullptr || ::pipe2(ends, O_CLOEXEC) != 0) {
            const int error = answer == nullptr ? ENOMEM : errno;
            std::free(answer);
            return error;
        }
        job = {kind, ends[0], id, answer, 0};
        const pid_t pid = ::fork();
        const int error = errno;
        if (pid == 0)
            work(ends[1]);
        ::close(ends[1]);
        if (pid > 0)
            return 0;
        finish(job);
        return error;
    }
    return EAGAIN;
}

[[noreturn]] void probe_until_ready(const Workload& workload, int pipe) noexcept {
    const char* path = workload.start.probe_http != 0 ? workload.http_path : nullptr;
    if (PortProber(workload.start.probe_port, path).wait() != 0)
        ::_exit(1);
    const std::uint64_t now = boot_time();
    ::_exit(::write(pipe, &now, sizeof now) == sizeof now ? 0 : 1);
}

[[noreturn]] void run_exchange(const Exchange& ask, const Record& record, int pipe) noexcept {
    const char* send = record.payload + sizeof(Exchange);
    const std::size_t expected_size = record.header.size - sizeof(Exchange) - ask.send_size;
    static char reply[reply_limit - sizeof(int)];
    const int error = probe_exchange(ask.port, send, ask.send_size, send + ask.send_size, expected_size, reply,
                                     sizeof reply, static_cast<int>(ask.timeout_ms));
    [[maybe_unused]] const auto first = ::write(pipe, &error, sizeof error);
    [[maybe_unused]] const auto rest = ::write(pipe, reply, std::strlen(reply));
    ::_exit(0);
}

void send_exchange_reply(std::uint32_t id, int error, const char* text, std::size_t size) noexcept {
    const ExchangeReply reply{id, error};
    send_record(RecordKind::exchange_reply, &reply, sizeof reply, text, size);
}

/// sync(2) itself cannot fail; a child that was killed before it came back has written nothing to its pipe.
[[noreturn]] void write_disk_out(int pipe) noexcept {
    ::sync();
    ::_exit(::write(pipe, "", 1) == 1 ? 0 : 1);
}

void send_synced(std::uint32_t id, int error) noexcept {
    const Synced done{id, error};
    send_record(RecordKind::synced, &done, sizeof done);
}

constexpr const char* probe_subject = "its readiness probe";

void deliver(const Job& job) noexcept {
    constexpr int killed = ECANCELED; // the child was, before it had something to tell
    if (job.kind == JobKind::sync)
        return send_synced(job.id, job.size > 0 ? 0 : killed);
    if (job.kind == JobKind::probe) {
        std::uint64_t happened = 0;
        if (job.size < sizeof happened)
            give_up(Step::probe, killed, probe_subject);
        std::memcpy(&happened, job.answer, sizeof happened);
        const GuestStamp told = stamp(happened);
        send_record(RecordKind::probe_ready, &told, sizeof told);
        return;
    }
    int error = killed;
    if (job.size < sizeof error)
        return send_exchange_reply(job.id, error, nullptr, 0);
    std::memcpy(&error, job.answer, sizeof error);
    send_exchange_reply(job.id, error, job.answer + sizeof error, job.size - sizeof error);
}

struct MemoryField {
    const char* name;
    std::uint64_t Memory::*member;
};
constexpr std::array memory_fields{
    MemoryField{"MemTotal:", &Memory::total},
    MemoryField{"MemFree:", &Memory::free},
    MemoryField{"MemAvailable:", &Memory::available},
    MemoryField{"Cached:", &Memory::cached},
    MemoryField{"Buffers:", &Memory::buffers},
    MemoryField{"AnonPages:", &Memory::anonymous},
    MemoryField{"Slab:", &Memory::slab},
    MemoryField{"KernelStack:", &Memory::kernel_stack},
    MemoryField{"PageTables:", &Memory::page_tables},
    MemoryField{"Shmem:", &Memory::shmem},
};

} // namespace

void start_probe(const Workload& workload) noexcept {
    if (workload.start.probe_port == 0)
        return;
    if (const int error = start_job(JobKind::probe, 0, [&](int pipe) { probe_until_ready(workload, pipe); }))
        give_up(Step::probe, error, probe_subject);
}

void start_exchange(const Record& record) noexcept {
    Exchange ask;
    if (record.header.size < sizeof ask)
        return send_exchange_reply(0, EINVAL, nullptr, 0);
    std::memcpy(&ask, record.payload, sizeof ask);
    if (record.header.size - sizeof ask < ask.send_size)
        return send_exchange_reply(ask.id, EINVAL, nullptr, 0);
    if (const int error = start_job(JobKind::exchange, ask.id, [&](int pipe) { run_exchange(ask, record, pipe); }))
        send_exchange_reply(ask.id, error, nullptr, 0);
}

void start_sync(const Record& record) noexcept {
    Sync ask;
    if (record.header.size < sizeof ask)
        return send_synced(0, EINVAL);
    std::memcpy(&ask, record.payload, sizeof ask);
    if (const int error = start_job(JobKind::sync, ask.id, write_disk_out))
        send_synced(ask.id, error);
}

void send_memory() noexcept {
    Memory memory;
    std::FILE* file = std::fopen("/proc/meminfo", "re");
    memory.error = file == nullptr ? errno : 0;
    char line[256];
    while (file != nullptr && std::fgets(line, sizeof line, file) != nullptr) {
        for (const MemoryField& field : memory_fields)
            if (std::strncmp(line, field.name, std::strlen(field.name)) == 0)
                memory.*field.member = std::strtoull(line + std::strlen(field.name), nullptr, 10) * 1024U;
    }
    if (file != nullptr)
        std::fclose(file);
    send_record(RecordKind::memory, &memory, sizeof memory);
}

int add_job_events(pollfd* events) noexcept {
    int count = 0;
    for (const Job& job : jobs)
        if (job.kind != JobKind::none)
            events[count++] = {job.pipe, POLLIN, 0};
    return count;
}

void serve_job(const pollfd& event) noexcept {
    if (event.revents == 0)
        return;
    for (Job& job : jobs) {
        if (job.kind == JobKind::none || job.pipe != event.fd)
            continue;
        const ssize_t count = ::read(job.pipe, job.answer + job.size, reply_limit - job.size);
        if (count > 0) {
            job.size += static_cast<std::size_t>(count);
            if (job.kind == JobKind::exchange && job.size < reply_limit)
                return;
        }
        deliver(job);
        finish(job);
        return;
    }
}

} // namespace isolab::guest
