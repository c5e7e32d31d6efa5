// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/owned_container.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "engine/base/process_memory.h"
#include "engine/containers/signal_disposition.h"
#include "engine/runtime_client/adoption.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds reply_margin{2000}; // for the launcher's helper to start and answer

tl::unexpected<Error> not_running(const std::string& operation, const std::string& id) {
    return fail(ErrorKind::unavailable, operation, "container " + id, "it has ended");
}

} // namespace

OwnedContainer::OwnedContainer(OwnedParts parts, const PhaseMark& prepare, InstanceObserver& observer)
    : id_(parts.folder.id()), parts_(std::move(parts)), prepare_(prepare),
      base_cpu_(prepare.cpu.value_or(Nanoseconds{0})), observer_(observer), reader_([this] { read_everything(); }) {}

OwnedContainer::~OwnedContainer() {
    request_kill();
    reader_.join();
}

/// Closing our direction tells the launcher that nobody wants the container any more.
void OwnedContainer::request_kill() noexcept { ::shutdown(parts_.socket.get(), SHUT_WR); }

Result<void> OwnedContainer::wait_for_start(const StopToken& stop) {
    if (auto waited = started_.expect(stop, std::nullopt, "container " + id_); !waited) {
        request_kill();
        [[maybe_unused]] const auto ended = gone_.expect({}, std::nullopt, id_);
        return waited;
    }
    std::optional<Error> failure;
    {
        const std::lock_guard lock(mutex_);
        failure = failure_;
    }
    if (!failure)
        return {};
    [[maybe_unused]] const auto ended = gone_.expect({}, std::nullopt, id_);
    return fail(std::move(*failure));
}

void OwnedContainer::read_everything() {
    observer_.on_process(parts_.launcher.pid());
    observer_.on_mark(prepare_);
    bool connected = true;
    while (connected || parts_.out || parts_.err) {
        std::array<pollfd, 3> fds{{{connected ? parts_.socket.get() : -1, POLLIN, 0},
                                   {parts_.out.get(), POLLIN, 0},
                                   {parts_.err.get(), POLLIN, 0}}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            break;
        // Output first: what was written before the end is delivered before the end.
        if (fds[1].revents != 0)
            pass_output(parts_.out, OutputStream::out);
        if (fds[2].revents != 0)
            pass_output(parts_.err, OutputStream::err);
        if (fds[0].revents != 0 && fds[1].revents == 0 && fds[2].revents == 0) {
            const auto record = receive_record(parts_.socket.get());
            connected = record && *record;
            if (connected)
                take_record(**record);
            else
                end_workload();
        }
    }
    clean_up();
}

/// The launcher has ended. When it was killed, a workload that has changed its user since lives on (prctl(2),
/// PR_SET_PDEATHSIG) and would keep its output open.
void OwnedContainer::end_workload() {
    if (parts_.group)
        parts_.group->kill_all();
    else if (first_process_fd_)
        ::syscall(SYS_pidfd_send_signal, first_process_fd_.get(), SIGKILL, nullptr, 0);
}

void OwnedContainer::pass_output(UniqueFd& pipe, OutputStream stream) {
    std::array<char, 65536> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read(2)
    const ssize_t size = ::read(pipe.get(), buffer.data(), buffer.size());
    if (size > 0)
        observer_.on_output(stream, {buffer.data(), static_cast<std::size_t>(size)}, monotonic_now());
    else if (size == 0 || errno != EINTR)
        pipe.reset();
}

void OwnedContainer::take_record(const LaunchRecord& record) {
    if (const auto* mark = std::get_if<MarkRecord>(&record)) {
        observer_.on_mark({mark->phase, mark->at, with_base(mark->cpu)});
        if (mark->phase == Phase::exec)
            started_.set();
    } else if (const auto* ready = std::get_if<ProbeReadyRecord>(&record)) {
        observer_.on_probe_ready(ready->at, with_base(ready->cpu));
    } else if (const auto* warning = std::get_if<WarningRecord>(&record)) {
        observer_.on_warning(warning->text);
    } else if (const auto* ended = std::get_if<ExitRecord>(&record)) {
        const ContainerExit exit{ended->status,         ended->at,       Nanoseconds{0},
                                 with_base(ended->cpu), ended->peak_rss, ended->cgroup_peak};
        {
            const std::lock_guard lock(mutex_);
            exit_ = exit;
        }
        observer_.on_exit(ended->status, ended->at, exit.cpu_total);
    }
    const std::lock_guard lock(mutex_);
    if (const auto* started = std::get_if<StartedRecord>(&record)) {
        first_process_ = started->pid;
        spent_ = started->spent;
        first_process_fd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, started->pid, 0)));
    } else if (const auto* failed = std::get_if<ErrorRecord>(&record)) {
        failure_ = failed->error;
    } else if (const auto* gone = std::get_if<GoneRecord>(&record); gone != nullptr && exit_) {
        exit_->cpu_total = with_base(gone->cpu);
    } else if (const auto* reply = std::get_if<ExchangeReply>(&record)) {
        replies_[reply->number] = *reply;
        replied_.notify_all();
    }
}

void OwnedContainer::clean_up() {
    const auto launcher = parts_.launcher.wait();
    if (parts_.group && parts_.group->exists()) { // the launcher was killed before it could
        parts_.group->kill_all();
        [[maybe_unused]] const auto removed = parts_.group->remove();
    }
    if (!has_exited())
        observer_.on_lost(monotonic_now());
    const auto adopted = adopt_container_files(parts_.adopter, parts_.folder.path());
    if (!adopted)
        observer_.on_warning(adopted.error().message());
    // The last figure of the disk is kept; the time it takes to count it is not part of the end.
    const Nanoseconds counting = monotonic_now();
    Nanoseconds counted{0};
    {
        const std::lock_guard disk_lock(disk_mutex_);
        last_disk_ = parts_.snapshotter->disk(parts_.snapshot);
        counted = monotonic_now() - counting;
        if (!adopted)
            parts_.folder.leave(); // who tidies up next tries again
        else if (const auto removed = parts_.folder.remove(); !removed)
            observer_.on_warning(removed.error().message());
    }
    {
        const std::lock_guard lock(mutex_);
        if (exit_)
            exit_->gone_at = monotonic_now() - counted;
        else if (!failure_)
            failure_ = Error{ErrorKind::system,
                             "run",
                             "container " + id_,
                             "its launcher ended with code " + std::to_string(launcher ? launcher->code : -1),
                             {}};
    }
    started_.set();
    gone_.set();
    replied_.notify_all();
}

Result<ContainerExit> OwnedContainer::wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) {
    ISOLAB_TRY(gone_.expect(stop, timeout, "the end of container " + id_));
    const std::lock_guard lock(mutex_);
    if (exit_) {
        ContainerExit exit = *exit_;
        exit.killed = killed_ && exit.status.signal == SIGKILL; // it may have ended by itself at the last moment
        return exit;
    }
    return fail(failure_.value_or(Error{ErrorKind::system, "run", "container " + id_, "its end was not seen", {}}));
}

Result<ContainerExit> OwnedContainer::stop(std::chrono::nanoseconds grace) {
    if (gone_.is_set())
        return wait({}, std::nullopt);
    const auto send = [this](int signal) {
        [[maybe_unused]] const auto sent = send_record(parts_.socket.get(), SignalRequest{signal});
    };
    const auto kill = [&] {
        killed_ = true;
        send(SIGKILL);
    };
    // The kernel drops signals that the first process of a PID namespace does not handle, and those that any other
    // process ignores: no use waiting then.
    const bool heeded = parts_.own_pid_namespace ? handles_signal(first_process(), parts_.stop_signal)
                                                 : !ignores_signal(first_process(), parts_.stop_signal);
    if (!heeded) {
        kill();
        return wait({}, std::nullopt);
    }
    send(parts_.stop_signal);
    if (!gone_.expect({}, grace, id_))
        kill();
    return wait({}, std::nullopt);
}

bool OwnedContainer::has_exited() const {
    const std::lock_guard lock(mutex_);
    return exit_.has_value();
}

Nanoseconds OwnedContainer::spent() const {
    const std::lock_guard lock(mutex_);
    return spent_;
}

pid_t OwnedContainer::first_process() const {
    const std::lock_guard lock(mutex_);
    return first_process_;
}

Result<ContainerUsage> OwnedContainer::usage() const {
    {
        const std::lock_guard lock(mutex_);
        if (exit_ || gone_.is_set())
            return not_running("measure", id_);
    }
    ContainerUsage usage;
    usage.monitor_pid = parts_.launcher.pid();
    usage.workload_pids = parts_.group ? parts_.group->processes() : process_tree(first_process());
    if (parts_.group) {
        const CgroupUsage group = parts_.group->usage();
        usage.cgroup_bytes = group.memory_bytes;
        usage.cgroup_kernel_bytes = group.kernel_bytes;
        usage.cgroup_cache_bytes = group.cache_bytes;
        usage.cgroup_shmem_bytes = group.shmem_bytes;
        usage.cgroup_peak_bytes = group.memory_peak_bytes;
        usage.cpu = group.cpu;
    }
    if (!usage.cpu)
        for (const pid_t pid : usage.workload_pids)
            if (const auto used = process_cpu_time(pid))
                usage.cpu = usage.cpu.value_or(Nanoseconds{0}) + *used;
    // The group counts its processes from when they entered it, their own clocks from their birth.
    if (const auto first = process_cpu_time(first_process()); first && usage.cpu)
        usage.cpu = std::max(*usage.cpu, *first);
    if (usage.cpu) // the same sum as in marks and at the end
        usage.cpu = with_base(*usage.cpu + spent() + process_cpu_time(usage.monitor_pid).value_or(Nanoseconds{0}));
    return usage;
}

Result<SnapshotDisk> OwnedContainer::disk() const {
    const std::lock_guard lock(disk_mutex_); // not while the folder is being removed
    return last_disk_ ? *last_disk_ : parts_.snapshotter->disk(parts_.snapshot);
}

Result<std::string> OwnedContainer::exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                             std::chrono::milliseconds timeout) {
    const std::string subject = "port " + std::to_string(port) + " of container " + id_;
    std::unique_lock lock(mutex_);
    const std::uint32_t number = next_exchange_++;
    ISOLAB_TRY(send_record(parts_.socket.get(),
                           ExchangeRequest{number, port, static_cast<std::uint32_t>(timeout.count()), send, expect}));
    replied_.wait_for(lock, timeout + reply_margin, [&] { return replies_.contains(number) || gone_.is_set(); });
    const auto reply = replies_.extract(number);
    if (reply.empty())
        return gone_.is_set() ? Result<std::string>(not_running("talk to", id_))
                              : fail(ErrorKind::timeout, "talk to", subject, "no answer came in time");
    if (reply.mapped().error == EBADMSG)
        return fail(ErrorKind::corrupt, "talk to", subject, "another answer came: " + reply.mapped().reply);
    if (reply.mapped().error != 0)
        return fail_errno(reply.mapped().error, "talk to", subject);
    return std::move(reply.mapped().reply);
}

} // namespace isolab
