// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "engine/base/event.h"
#include "engine/base/subprocess.h"
#include "engine/cgroup/control_group.h"
#include "engine/containers/container.h"
#include "engine/containers/owned_folder.h"
#include "engine/runtime/launch_protocol.h"

namespace isolab {

/// What a container is made of once its launcher runs. The order matters: the folder goes last.
struct OwnedParts {
    OwnedFolder folder;
    Snapshot snapshot;
    const Snapshotter* snapshotter = nullptr; ///< outlives the container: the engine's
    std::optional<ControlGroup> group;
    int stop_signal = 15;
    bool own_pid_namespace = true;
    std::string adopter; ///< program for adopt_container_files()
    ChildProcess launcher;
    UniqueFd socket; ///< launch_protocol.h
    UniqueFd out;    ///< reading ends of the workload's output pipes
    UniqueFd err;
};

/// A Container whose launcher runs. One thread reads the launcher's records and the output, calls the observer and
/// cleans up at the end.
class OwnedContainer final : public Container {
  public:
    /// `prepare` is reported first; its CPU time is added to that of all later marks.
    OwnedContainer(OwnedParts parts, const PhaseMark& prepare, InstanceObserver& observer);
    OwnedContainer(const OwnedContainer&) = delete;
    OwnedContainer& operator=(const OwnedContainer&) = delete;
    ~OwnedContainer() override;

    /// Waits until the workload was executed. On failure or stop everything is gone when it returns.
    Result<void> wait_for_start(const StopToken& stop);

    const std::string& id() const noexcept override { return id_; }
    Result<ContainerExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override;
    Result<ContainerExit> stop(std::chrono::nanoseconds grace) override;
    Result<ContainerUsage> usage() const override;
    Result<SnapshotDisk> disk() const override;
    Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                 std::chrono::milliseconds timeout) override;

  private:
    pid_t first_process() const; ///< host pid of the container's first process
    Nanoseconds spent() const;   ///< by processes that made it and have ended
    bool has_exited() const;     ///< the launcher told how the workload ended
    void read_everything();
    void pass_output(UniqueFd& pipe, OutputStream stream);
    void take_record(const LaunchRecord& record);
    void end_workload();
    void clean_up();
    void request_kill() noexcept;
    std::optional<Nanoseconds> with_base(Nanoseconds cpu) const { return base_cpu_ + cpu; }

    const std::string id_;
    OwnedParts parts_;
    const PhaseMark prepare_;
    const Nanoseconds base_cpu_;
    InstanceObserver& observer_;

    std::atomic<bool> killed_ = false; ///< by stop()
    UniqueFd first_process_fd_;        ///< the reading thread's
    mutable std::mutex disk_mutex_;
    std::optional<Result<SnapshotDisk>> last_disk_; ///< counted when it had ended; then the folder is gone

    mutable std::mutex mutex_; ///< guards what follows, up to the events
    std::condition_variable replied_;
    std::map<std::uint32_t, ExchangeReply> replies_;
    std::uint32_t next_exchange_ = 1;
    pid_t first_process_ = -1;
    Nanoseconds spent_{0}; ///< StartedRecord
    std::optional<Error> failure_;
    std::optional<ContainerExit> exit_;

    Event started_; ///< executed, or never will be
    Event gone_;
    std::thread reader_;
};

} // namespace isolab
