// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/guest_monitor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/process_memory.h"

namespace isolab {
namespace {

using guest::RecordKind;

constexpr int sample_interval_ms = 5; // while booting: the guest tells of its first phases when they are over
constexpr std::size_t console_kept = 4096;

/// Reads what is there into `use` until that has enough; false then, and at the end of the stream.
template <class Use> bool read_available(int fd, Use&& use) {
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count > 0) {
            if (!use(buffer.data(), static_cast<std::size_t>(count)))
                return false;
            continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        return count < 0 && errno == EAGAIN;
    }
}

} // namespace

GuestMonitor::GuestMonitor(UniqueFd channel, UniqueFd console, std::unique_ptr<GuestProcess> process, Nanoseconds begin,
                           InstanceObserver& observer)
    : channel_(std::move(channel)), console_(std::move(console)), process_(std::move(process)), begin_(begin),
      observer_(observer), latest_mark_(begin) {
    state_.last_sign = begin;
    thread_ = std::thread([this] { watch_guest(); });
}

GuestMonitor::~GuestMonitor() {
    quit_.set();
    thread_.join();
}

GuestState GuestMonitor::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void GuestMonitor::watch_guest() {
    bool booting = true;
    bool trouble_told = false;
    for (;;) {
        std::array<pollfd, 5> events{{{channel_.get(), POLLIN, 0},
                                      {console_.get(), POLLIN, 0},
                                      {process_->pidfd(), POLLIN, 0},
                                      {quit_.fd(), POLLIN, 0},
                                      {trouble_told ? -1 : troubled_.fd(), POLLIN, 0}}};
        ::poll(events.data(), events.size(), booting ? sample_interval_ms : -1);
        if (booting)
            sample_cpu();
        if (events[0].revents != 0)
            read_channel();
        if (events[1].revents != 0)
            read_console();
        if (events[4].revents != 0) {
            tell_trouble();
            trouble_told = true;
        }
        if (events[2].revents != 0)
            break;
        if (events[3].revents != 0)
            return;
        const std::lock_guard lock(mutex_);
        booting = !state_.executed && !state_.failure;
    }
    finish_watch();
}

void GuestMonitor::sample_cpu() {
    if (const auto used = cpu())
        trail_.add(monotonic_now(), *used);
}

/// Until the workload is executed: at a point that became known only later, between two samples.
std::optional<Nanoseconds> GuestMonitor::cpu_at(Nanoseconds at) {
    sample_cpu();
    const auto then = trail_.at(at);
    return then ? then : cpu();
}

void GuestMonitor::read_channel() {
    const bool open =
        read_available(channel_.get(), [&](const char* bytes, std::size_t size) { return take_bytes(bytes, size); });
    if (!open) { // under the lock: send() may be about to write to the descriptor
        const std::lock_guard lock(send_mutex_);
        channel_.reset();
    }
}

/// False when the stream is broken: what follows means nothing.
bool GuestMonitor::take_bytes(const char* bytes, std::size_t size) {
    const Nanoseconds arrival = monotonic_now(); // before the observer takes time for the records in front
    reader_.append(bytes, size);
    std::vector<GuestRecord> records;
    std::uint64_t latest = 0;
    auto next = reader_.next();
    for (; next && *next; next = reader_.next()) {
        if (const auto stamp = stamp_of(**next))
            latest = stamp->sent;
        records.push_back(std::move(**next));
    }
    for (const GuestRecord& record : records) {
        const auto stamp = stamp_of(record);
        handle_record(record, stamp ? sent_time(*stamp, latest, arrival, latest_mark_) : arrival);
    }
    if (!next)
        give_up(next.error());
    return next.has_value();
}

void GuestMonitor::note_trouble(const Error& error, bool fatal) {
    {
        const std::lock_guard lock(mutex_);
        if (!state_.trouble)
            state_.trouble = error;
    }
    troubled_.set();
    if (fatal)
        give_up(error);
}

void GuestMonitor::tell_trouble() {
    const auto trouble = state().trouble;
    if (trouble)
        observer_.on_warning(trouble->message());
}

void GuestMonitor::give_up(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        state_.failure = error;
    }
    kill(); // a guest that talks nonsense is not asked to power off
    decided_.set();
    exited_.set();
}

void GuestMonitor::read_console() {
    const bool open = read_available(console_.get(), [&](const char* bytes, std::size_t size) {
        {
            const std::lock_guard lock(mutex_);
            state_.last_print = monotonic_now();
            state_.console.append(bytes, size);
            if (state_.console.size() > console_kept)
                state_.console.erase(0, state_.console.size() - console_kept);
            kernel_end_.read({bytes, size});
            state_.ended_by = kernel_end_.cause();
        }
        observer_.on_output(OutputStream::console, {bytes, size}, monotonic_now());
        return true;
    });
    if (!open)
        console_.reset();
    if (kernel_end_.stays())
        kill();
}

void GuestMonitor::finish_watch() {
    const Nanoseconds now = monotonic_now();
    if (channel_) // what QEMU sent before its end is in the socket still
        read_channel();
    if (console_)
        read_console();
    const auto remains = process_->reap(); // nothing: the figures of on_exited() stay
    if (!state().exit)
        observer_.on_lost(now);
    {
        const std::lock_guard lock(mutex_);
        state_.gone_at = now;
        if (remains) {
            state_.cpu_total = remains->cpu;
            state_.peak_rss = state_.peak_rss.value_or(remains->peak_memory);
        }
    }
    answered_.notify_all();
    decided_.set();
    exited_.set();
    gone_.set();
}

void GuestMonitor::handle_record(const GuestRecord& record, Nanoseconds arrival) {
    {
        const std::lock_guard lock(mutex_);
        state_.last_sign = arrival;
    }
    switch (record.header.kind) {
    case RecordKind::hello:
        return on_hello(record, arrival);
    case RecordKind::setup_done:
    case RecordKind::executed:
    case RecordKind::probe_ready:
        return on_step(record, arrival);
    case RecordKind::output:
        return observer_.on_output(record.header.stream == 2 ? OutputStream::err : OutputStream::out, record.payload,
                                   arrival);
    case RecordKind::exited:
        return on_exited(record, arrival);
    case RecordKind::failure:
        return on_failure(record);
    case RecordKind::memory:
    case RecordKind::exchange_reply:
    case RecordKind::synced:
        return on_answer(record);
    default:
        return;
    }
}

void GuestMonitor::on_hello(const GuestRecord& record, Nanoseconds arrival) {
    const auto hello = record.as<guest::Hello>();
    if (!hello)
        return;
    sample_cpu(); // a mark as late as this one finds a figure
    for (const PhaseMark& mark : process_->early_marks(*hello, arrival, begin_, trail_)) {
        latest_mark_ = mark.at;
        observer_.on_mark(mark);
    }
}

void GuestMonitor::on_step(const GuestRecord& record, Nanoseconds arrival) {
    const auto stamp = record.as<guest::GuestStamp>();
    if (!stamp)
        return;
    const Nanoseconds at = host_time(*stamp, arrival, latest_mark_);
    latest_mark_ = at;
    switch (record.header.kind) {
    case RecordKind::setup_done:
        return observer_.on_mark({Phase::setup, at, cpu_at(at)});
    case RecordKind::probe_ready:
        return observer_.on_probe_ready(at, cpu());
    default:
        break;
    }
    observer_.on_mark({Phase::exec, at, cpu_at(at)});
    {
        const std::lock_guard lock(mutex_);
        state_.executed = true;
    }
    decided_.set();
}

void GuestMonitor::on_exited(const GuestRecord& record, Nanoseconds arrival) {
    const auto exited = record.as<guest::Exited>();
    if (!exited)
        return;
    const ExitStatus status{exited->code, exited->signal, exited->out_of_memory != 0};
    const Nanoseconds at = host_time(exited->stamp, arrival, latest_mark_);
    const auto used = cpu(); // now, while it lives: /proc tells nothing of a process that was reaped
    const auto peak = process_->peak_memory(*exited);
    confirm_end();
    {
        const std::lock_guard lock(mutex_);
        state_.exit = status;
        state_.exited_at = at;
        state_.cpu_total = used;
        if (peak)
            state_.peak_rss = *peak;
    }
    observer_.on_exit(status, at, used);
    exited_.set(); // last: whoever it wakes finds the state complete and the observer told
}

void GuestMonitor::on_failure(const GuestRecord& record) {
    const auto failure = record.as<guest::Failure>();
    if (!failure)
        return;
    confirm_end();
    if (console_) // its kernel said why before the guest did: who hears of the failure shows that
        read_console();
    {
        const std::lock_guard lock(mutex_);
        state_.failure = describe_failure(*failure, std::string(record.rest<guest::Failure>()));
        state_.blames_disk = blames_disk(*failure);
    }
    decided_.set();
}

/// The guest waits for this; who is sending something else meets a guest that reads and forgets it.
void GuestMonitor::confirm_end() {
    [[maybe_unused]] const auto sent =
        send(encode_record(RecordKind::received, {}), {}, std::chrono::seconds(1)); // one that is gone needs none
}

void GuestMonitor::on_answer(const GuestRecord& record) {
    const std::lock_guard lock(mutex_);
    if (const auto memory = record.as<guest::Memory>(); memory && record.header.kind == RecordKind::memory) {
        memory_ =
            GuestMemory{memory->total,     memory->free, memory->available,    memory->cached,      memory->buffers,
                        memory->anonymous, memory->slab, memory->kernel_stack, memory->page_tables, memory->shmem};
        memory_error_ = memory->error;
        ++told_memory_;
    }
    if (const auto reply = record.as<guest::ExchangeReply>();
        reply && record.header.kind == RecordKind::exchange_reply && exchanges_.contains(reply->id))
        exchanges_[reply->id] = ExchangeAnswer{reply->error, std::string(record.rest<guest::ExchangeReply>())};
    if (const auto done = record.as<guest::Synced>(); done && record.header.kind == RecordKind::synced) {
        if (done->error != 0 && done->id <= asked_sync_)
            failed_syncs_[done->id] = done->error;
        if (done->error == 0)
            done_sync_ = std::max(done_sync_, done->id); // a later sync wrote all that an earlier one was asked to
    }
    answered_.notify_all();
}

Result<void> GuestMonitor::send(const std::string& record, const StopToken& stop, std::chrono::nanoseconds timeout) {
    const std::lock_guard lock(send_mutex_);
    const Nanoseconds deadline = monotonic_now() + timeout;
    std::string_view left = record;
    while (!left.empty()) {
        ISOLAB_TRY(stop.check("talk with the guest"));
        if (!channel_)
            return fail(ErrorKind::unavailable, "talk with the guest", {}, "the machine has ended");
        const ssize_t sent = ::send(channel_.get(), left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            left.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return fail_errno(errno, "talk with the guest");
        if (monotonic_now() > deadline)
            return fail(ErrorKind::timeout, "talk with the guest", {}, "it does not listen");
        std::array<pollfd, 2> events{{{channel_.get(), POLLOUT, 0}, {stop.fd(), POLLIN, 0}}};
        ::poll(events.data(), events.size(), 100);
    }
    return {};
}

Result<GuestMemory> GuestMonitor::ask_memory(std::chrono::milliseconds timeout) {
    std::uint32_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++asked_memory_;
    }
    const auto sent = send(encode_record(RecordKind::ask_memory, {}), {}, timeout);
    std::unique_lock lock(mutex_);
    if (!sent) {
        --asked_memory_;
        return fail(sent.error());
    }
    // The guest answers in order, so a late answer to an earlier question is not taken for one to this.
    answered_.wait_for(lock, timeout, [&] { return told_memory_ >= number || state_.gone_at; });
    if (told_memory_ < number)
        return fail(ErrorKind::timeout, "ask the guest for its memory", {}, "it does not answer");
    if (memory_error_ != 0)
        return fail_errno(memory_error_, "read in the guest", "/proc/meminfo");
    return memory_;
}

Result<void> GuestMonitor::write_disk_out(std::chrono::milliseconds timeout) {
    std::uint32_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        id = ++asked_sync_;
    }
    ISOLAB_TRY(send(encode_sync(id), {}, timeout));
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, timeout, [&] { return done_sync_ >= id || failed_syncs_.contains(id) || state_.gone_at; });
    const auto failed = failed_syncs_.extract(id);
    if (done_sync_ < id && !failed.empty())
        return fail_errno(failed.mapped(), "let the guest write its disk");
    if (done_sync_ < id)
        return fail(ErrorKind::timeout, "let the guest write its disk", {}, "it does not answer");
    return {};
}

Result<std::string> GuestMonitor::exchange(std::uint16_t port, const std::string& send_text, const std::string& expect,
                                           std::chrono::milliseconds timeout) {
    const std::string subject = "port " + std::to_string(port);
    std::uint32_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        id = next_exchange_++;
        exchanges_[id] = std::nullopt;
    }
    const auto milliseconds = static_cast<std::uint32_t>(timeout.count());
    const auto sent = send(encode_exchange(id, port, send_text, expect, milliseconds), {}, timeout);
    std::unique_lock lock(mutex_);
    constexpr auto slack = std::chrono::seconds(2); // the guest itself keeps the timeout
    if (sent)
        answered_.wait_for(lock, timeout + slack, [&] { return exchanges_[id] || state_.gone_at; });
    const auto answer = std::move(exchanges_[id]);
    exchanges_.erase(id);
    if (!sent)
        return fail(sent.error());
    if (!answer)
        return fail(ErrorKind::timeout, "exchange data with", subject, "the guest does not answer");
    if (answer->error == EBADMSG)
        return fail(ErrorKind::corrupt, "exchange data with", subject, "the answer is another: " + answer->text);
    if (answer->error != 0)
        return fail_errno(answer->error, "exchange data with", subject);
    return answer->text;
}

} // namespace isolab
