// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/base/event.h"
#include "engine/base/instance.h"
#include "virt/guest/boot_phases.h"
#include "virt/guest/guest_memory.h"
#include "virt/guest/guest_process.h"
#include "virt/guest/guest_records.h"
#include "virt/guest/kernel_end.h"

namespace isolab {

/// What is known about a guest so far.
struct GuestState {
    bool executed = false;
    std::optional<Error> trouble; ///< what the host could not do for it; its result does not count then
    std::optional<Error> failure; ///< the workload could not be run, as the guest told, or the guest talks nonsense
    bool blames_disk = false;     ///< what its disk holds is a cause of the failure
    std::optional<ExitStatus> exit;
    Nanoseconds exited_at{0};
    std::optional<Nanoseconds> gone_at; ///< its process has ended
    std::optional<Nanoseconds> cpu_total;
    std::optional<std::uint64_t> peak_rss;
    Nanoseconds last_sign{0};  ///< arrival of the latest record, or the start of watching
    Nanoseconds last_print{0}; ///< arrival of the latest bytes on the console
    std::string console;       ///< its last few KiB
    std::string ended_by;      ///< what its kernel said to end the machine for (KernelEnd::cause()); empty: nothing
};

/// Watches one running guest from a thread of its own: reads channel and console until its process has ended, stamps
/// what arrives, tells the observer, and reaps the process when it is this one's child. Ends a QEMU whose guest's
/// kernel has ended without it.
///
/// All methods may be called from any thread but the observer's.
class GuestMonitor {
  public:
    /// Stream sockets, of which a guest may have no console. `begin`: the guest was created then. The observer must
    /// outlive the monitor.
    GuestMonitor(UniqueFd channel, UniqueFd console, std::unique_ptr<GuestProcess> process, Nanoseconds begin,
                 InstanceObserver& observer);
    GuestMonitor(const GuestMonitor&) = delete;
    GuestMonitor& operator=(const GuestMonitor&) = delete;
    /// Ends the watch, even of a process that could not be ended.
    ~GuestMonitor();

    const GuestProcess& process() const noexcept { return *process_; }
    GuestState state() const;
    std::optional<Nanoseconds> cpu() const noexcept { return process_->cpu(); }
    /// Set when the workload was executed, could not be, or the process has ended.
    const Event& decided() const noexcept { return decided_; }
    /// Set when the workload has ended or the process has.
    const Event& exited() const noexcept { return exited_; }
    /// Set when the process has ended and everything it sent was delivered.
    const Event& gone() const noexcept { return gone_; }

    /// Sends a record; blocks while the guest does not read, at most `timeout`.
    Result<void> send(const std::string& record, const StopToken& stop, std::chrono::nanoseconds timeout);
    /// Asks the guest for its /proc/meminfo; timeout when it does not answer, its own error when it cannot read it.
    Result<GuestMemory> ask_memory(std::chrono::milliseconds timeout);
    /// Lets the guest write its page cache to the disk; returns when it has. An Error of kind timeout, or the
    /// guest's own when it cannot.
    Result<void> write_disk_out(std::chrono::milliseconds timeout);
    Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                 std::chrono::milliseconds timeout);
    /// Something went wrong on the host's side: the first one is kept and told to the observer as a warning; with
    /// `fatal` the guest is given up.
    void note_trouble(const Error& error, bool fatal);
    void kill() noexcept { process_->kill(); }

  private:
    struct ExchangeAnswer {
        int error = 0;
        std::string text;
    };
    void watch_guest();
    void read_channel();
    bool take_bytes(const char* bytes, std::size_t size);
    void give_up(const Error& error);
    void tell_trouble();
    void read_console();
    void sample_cpu();
    std::optional<Nanoseconds> cpu_at(Nanoseconds at);
    void finish_watch();
    void handle_record(const GuestRecord& record, Nanoseconds arrival);
    void on_hello(const GuestRecord& record, Nanoseconds arrival);
    void on_step(const GuestRecord& record, Nanoseconds arrival);
    void on_exited(const GuestRecord& record, Nanoseconds arrival);
    void on_failure(const GuestRecord& record);
    void confirm_end();
    void on_answer(const GuestRecord& record);

    UniqueFd channel_;
    UniqueFd console_;
    std::unique_ptr<GuestProcess> process_;
    const Nanoseconds begin_;
    InstanceObserver& observer_;
    RecordReader reader_; // thread's own, like the trail
    CpuTrail trail_;
    KernelEnd kernel_end_;
    Nanoseconds latest_mark_{0};

    mutable std::mutex mutex_; // guards everything below
    std::condition_variable answered_;
    GuestState state_;
    GuestMemory memory_; // the latest that was told
    int memory_error_ = 0;
    std::uint32_t asked_memory_ = 0;
    std::uint32_t told_memory_ = 0;
    std::map<std::uint32_t, std::optional<ExchangeAnswer>> exchanges_;
    std::uint32_t next_exchange_ = 1;
    std::uint32_t asked_sync_ = 0; // ids count up
    std::uint32_t done_sync_ = 0;
    std::map<std::uint32_t, int> failed_syncs_; // by id: errno
    std::mutex send_mutex_;

    Event decided_;
    Event exited_;
    Event gone_;
    Event quit_;
    Event troubled_;
    std::thread thread_;
};

} // namespace isolab
