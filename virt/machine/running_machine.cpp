// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/running_machine.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/event.h"
#include "virt/guest/console_text.h"
#include "virt/machine/domain_xml.h"
#include "virt/machine/machine_files.h"
#include "virt/machine/machine_size.h"
#include "virt/machine/qemu_process.h"
#include "virt/machine/trouble_watch.h"
#include "virt/machine/vmm_memory.h"
#include "virt/storage/guest_image.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// From SIGKILL to QEMU's end.
constexpr auto kill_deadline = seconds(10);
constexpr auto memory_answer_deadline = milliseconds(1000);
constexpr auto sync_deadline = milliseconds(5000);

Result<std::uint64_t> allocated_bytes(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return fail_errno(errno, "measure", file.string());
    return static_cast<std::uint64_t>(status.st_blocks) * 512U;
}

std::string console_says(const GuestState& state) {
    const std::string lines = last_lines(state.console, 4);
    return lines.empty() ? "; its console is empty" : "; its console says: " + lines;
}

/// What starting a machine took before it could be watched.
struct MachineStart {
    Nanoseconds created{0}; ///< when the virtual CPU started
    Nanoseconds cpu{0};     ///< of this process, for preparing and creating it
};

class LibvirtMachine final : public Machine {
  public:
    LibvirtMachine(const MachineHost& host, MachineRequest request, MachineFiles files,
                   std::unique_ptr<TroubleWatch> trouble, Domain domain)
        : host_(host), request_(std::move(request)), shape_(shape_of(host_, request_)), files_(std::move(files)),
          trouble_(std::move(trouble)), domain_(std::move(domain)) {}
    ~LibvirtMachine() override {
        trouble_->detach();
        if (monitor_ && !monitor_->state().gone_at)
            force_off();
        [[maybe_unused]] const auto ended = end_domain();
    }

    Result<void> attach(MachineStart start, InstanceObserver& observer);
    Result<void> wait_executed(const StopToken& stop);

    const std::string& id() const noexcept override { return files_.id; }
    Result<MachineExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override;
    Result<MachineExit> stop(std::chrono::nanoseconds grace) override;
    Result<MachineUsage> usage() const override;
    Result<Nanoseconds> cpu() const override;
    Result<MachineDisk> disk() const override;
    Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                 milliseconds timeout) override {
        return monitor_->exchange(port, send, expect, timeout);
    }

  private:
    void force_off();
    Result<void> end_domain();
    Result<MachineExit> collect();
    Error ended_early(const GuestState& state) const;
    Error told_by_guest(const GuestState& state) const;
    Result<void> wait_written_out() const;

    // Destroyed from the last to the first: the monitor, the domain, and then the files that QEMU had open.
    MachineHost host_;
    MachineRequest request_;
    const MachineShape shape_;
    MachineFiles files_;
    std::unique_ptr<TroubleWatch> trouble_;
    std::mutex domain_mutex_; ///< stop() may overlap wait(), and both end the domain
    Domain domain_;
    std::unique_ptr<GuestMonitor> monitor_;
    std::atomic<bool> killed_ = false;     ///< by stop(), because the guest did not answer
    std::atomic<bool> kill_sent_ = false;  ///< to the workload
    std::atomic<bool> forced_off_ = false; ///< it did not power off
};

/// Takes the connections that QEMU made before it started the virtual CPU: none has to be waited for.
Result<void> LibvirtMachine::attach(MachineStart start, InstanceObserver& observer) {
    ISOLAB_ASSIGN(Peer channel, files_.channel.accept());
    ISOLAB_ASSIGN(Peer console, files_.console.accept());
    ISOLAB_ASSIGN(auto qemu, QemuProcess::watch(channel.pid, start.cpu));
    observer.on_process(channel.pid);
    observer.on_mark({Phase::create, start.created, qemu->cpu()});
    monitor_ = std::make_unique<GuestMonitor>(std::move(channel.socket), std::move(console.socket), std::move(qemu),
                                              start.created, observer);
    trouble_->attach(*monitor_);
    return {};
}

Error LibvirtMachine::ended_early(const GuestState& state) const {
    Error error{ErrorKind::system, "run the virtual machine", files_.id, {}, {}};
    error.cause = state.ended_by.empty() ? "it ended before the workload did" : state.ended_by;
    if (state.ended_by.empty() || state.console.find("isolab: ") != std::string::npos) // what our first process says
        error.cause += console_says(state);
    return error;
}

/// A disk that the guest cannot use goes, so that whoever needs it makes it again.
Error LibvirtMachine::told_by_guest(const GuestState& state) const {
    if (!state.blames_disk)
        return *state.failure;
    Error error{ErrorKind::corrupt, "use the disk", request_.disk.path.string(), {}, {}};
    error.cause = "the guest could not " + state.failure->operation + ": " + state.failure->cause + console_says(state);
    error.remedy =
        discard_disk(request_.disk)
            ? "It was removed, and is made again when it is needed. If that does not help, try another kernel"
            : "Remove this file; it is made again when it is needed";
    return error;
}

/// Waits for the workload's execve(2); the deadline starts anew with each sign of life. Until the agent of a system
/// speaks, that is what the system prints.
Result<void> LibvirtMachine::wait_executed(const StopToken& stop) {
    const auto start = encode_start(request_.process, request_.confinement, request_.probe, request_.hostname);
    auto sent = monitor_->send(start, stop, host_.boot_deadline);
    const auto last_sign = [this](const GuestState& state) {
        return shape_.boot == BootSource::disk ? std::max(state.last_sign, state.last_print) : state.last_sign;
    };
    for (;;) {
        const GuestState before = monitor_->state();
        const Nanoseconds deadline = last_sign(before) + host_.boot_deadline;
        const Waited waited = monitor_->decided().wait(stop, deadline);
        const GuestState state = monitor_->state();
        if (waited == Waited::stopped)
            return stop.check("start the virtual machine");
        if (waited == Waited::happened && state.trouble && !state.executed)
            return fail(*state.trouble);
        if (waited == Waited::happened && state.failure)
            return fail(told_by_guest(state));
        if (waited == Waited::happened && !state.executed)
            return fail(ended_early(state));
        if (waited == Waited::happened) // `sent` last: what the guest and its console say explains more
            return sent;
        if (last_sign(state) == last_sign(before))
            return fail(ErrorKind::timeout, "start the virtual machine", files_.id,
                        "no sign of life within " +
                            std::to_string(std::chrono::duration_cast<seconds>(host_.boot_deadline).count()) + " s" +
                            console_says(state),
                        "Try another kernel, or a longer deadline on a busy machine");
    }
}

void LibvirtMachine::force_off() {
    forced_off_ = true;
    monitor_->kill(); // virDomainDestroy() would begin with SIGTERM, and wait for a QEMU that hangs
    [[maybe_unused]] const auto ended = end_domain(); // tried again by collect()
    monitor_->gone().wait({}, monotonic_now() + kill_deadline);
}

Result<void> LibvirtMachine::end_domain() {
    const std::lock_guard lock(domain_mutex_);
    return domain_.destroy();
}

Result<MachineExit> LibvirtMachine::collect() {
    const auto ended = end_domain();
    if (ended && monitor_->state().exit && !forced_off_) // what would count
        trouble_->wait_told();
    const GuestState state = monitor_->state();
    if (!ended && !state.gone_at)
        return fail(ended.error());
    if (state.trouble) // its workload may have missed what became of its files
        return fail(*state.trouble);
    if (state.failure)
        return fail(*state.failure);
    if (!state.exit && !killed_)
        return fail(ended_early(state));
    MachineExit result;
    result.gone_at = state.gone_at.value_or(monotonic_now());
    result.status = state.exit.value_or(ExitStatus{128 + SIGKILL, SIGKILL, false});
    result.exited_at = state.exit ? state.exited_at : result.gone_at;
    result.cpu_total = state.cpu_total;
    result.peak_rss = state.peak_rss;
    // It may have ended by itself at the last moment.
    result.killed = forced_off_ || (kill_sent_ && result.status.signal == SIGKILL);
    return result;
}

Result<MachineExit> LibvirtMachine::wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) {
    const auto deadline = timeout ? std::optional(monotonic_now() + *timeout) : std::nullopt;
    switch (monitor_->exited().wait(stop, deadline)) {
    case Waited::stopped:
        return fail(ErrorKind::cancelled, "wait for the virtual machine", files_.id, "stopped on request");
    case Waited::timed_out:
        return fail(ErrorKind::timeout, "wait for the virtual machine", files_.id, "its workload still runs");
    case Waited::happened:
        break;
    }
    // The guest writes its disk out and powers off by itself; only one that hangs there is ended.
    if (monitor_->gone().wait({}, monotonic_now() + shape_.power_off) != Waited::happened)
        force_off();
    return collect();
}

Result<MachineExit> LibvirtMachine::stop(std::chrono::nanoseconds grace) {
    const auto asked = monitor_->send(encode_signal(request_.process.stop_signal), {}, milliseconds(500));
    if (asked && monitor_->exited().wait({}, monotonic_now() + grace) != Waited::happened) {
        kill_sent_ = true;
        [[maybe_unused]] const auto killed = monitor_->send(encode_signal(SIGKILL), {}, milliseconds(500));
        monitor_->exited().wait({}, monotonic_now() + seconds(3));
    }
    if (!monitor_->state().exit && !monitor_->state().gone_at) {
        killed_ = true;
        force_off();
    }
    if (monitor_->gone().wait({}, monotonic_now() + shape_.power_off) != Waited::happened)
        force_off();
    return collect();
}

Result<MachineUsage> LibvirtMachine::usage() const {
    MachineUsage usage;
    usage.vmm_pid = monitor_->process().pid();
    usage.cpu = monitor_->cpu();
    ISOLAB_ASSIGN(const VmmMemory memory,
                  read_vmm_memory(usage.vmm_pid, machine_memory(request_.limits, shape_.least_memory)));
    usage.guest_ram_resident = memory.guest_ram;
    if (host_.abilities.accelerator == Accelerator::tcg)
        usage.code_cache = memory.code_cache;
    if (const auto guest = monitor_->ask_memory(memory_answer_deadline))
        usage.guest = *guest;
    return usage;
}

Result<Nanoseconds> LibvirtMachine::cpu() const {
    if (const auto used = monitor_->cpu())
        return *used;
    return fail(ErrorKind::not_found, "read the CPU time of machine", files_.id, "QEMU has ended");
}

/// Until nothing that the workload wrote lies in the guest's page cache only: a guest whose workload has ended writes
/// its disk before it powers off, another one is asked to.
Result<void> LibvirtMachine::wait_written_out() const {
    auto asked = monitor_->state().exit ? Result<void>() : monitor_->write_disk_out(sync_deadline);
    if (!monitor_->state().exit)
        return asked;
    if (monitor_->gone().wait({}, monotonic_now() + shape_.power_off) == Waited::happened)
        return {};
    return fail(ErrorKind::timeout, "measure the disk of", files_.id, "its guest does not power off");
}

Result<MachineDisk> LibvirtMachine::disk() const {
    ISOLAB_TRY(wait_written_out());
    MachineDisk disk;
    disk.logical = request_.disk.logical;
    disk.shared = request_.disk.allocated; // its name may be gone
    ISOLAB_ASSIGN(disk.unique, allocated_bytes(files_.layer()));
    if (shape_.boot == BootSource::disk) {
        disk.logical += request_.system->logical;
        disk.shared += request_.system->allocated;
        ISOLAB_ASSIGN(const std::uint64_t system, allocated_bytes(files_.system_layer()));
        disk.unique += system;
    }
    disk.allocated = disk.shared + disk.unique;
    return disk;
}

} // namespace

Result<std::unique_ptr<Machine>> start_machine(const MachineHost& host, const MachineRequest& request,
                                               InstanceObserver& observer, const StopToken& stop) {
    const Nanoseconds cpu_before = thread_cpu_time();
    ISOLAB_TRY(check_machine_size(request.limits));
    ISOLAB_TRY(stop.check("start the virtual machine"));
    ISOLAB_ASSIGN(MachineFiles files, make_machine_files(host, request));
    const DomainSpec spec = describe_domain(host, request, files);
    const std::string xml = domain_xml(spec);
    observer.on_mark({Phase::prepare, monotonic_now(), thread_cpu_time() - cpu_before});

    auto trouble = std::make_unique<TroubleWatch>(host.connection->events, spec.name, files.id);
    ISOLAB_ASSIGN(Domain domain, Domain::create(*host.connection, xml, spec.name));
    const MachineStart started{monotonic_now(), thread_cpu_time() - cpu_before};
    // Before anything else can fail: from here on the machine's destructor ends QEMU and removes its files.
    auto machine =
        std::make_unique<LibvirtMachine>(host, request, std::move(files), std::move(trouble), std::move(domain));
    ISOLAB_TRY(machine->attach(started, observer));
    ISOLAB_TRY(machine->wait_executed(stop));
    return machine;
}

} // namespace isolab
