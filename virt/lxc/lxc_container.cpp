// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/lxc/lxc_container.h"

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>

#include <sys/socket.h>

#include "engine/base/pipe.h"
#include "engine/base/process_memory.h"
#include "engine/base/random_id.h"
#include "virt/guest/guest_monitor.h"
#include "virt/libvirt/domain.h"
#include "virt/libvirt/libvirt_error.h"
#include "virt/lxc/lxc_process.h"
#include "virt/lxc/lxc_xml.h"

namespace isolab {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto end_deadline = seconds(10); ///< from the workload's end to the controller's
constexpr std::size_t id_digits = 12;
constexpr const char* what = "the LXC container";

/// A root that is mounted where the server's containers see it, while this lives.
class MountedRoot {
  public:
    static Result<MountedRoot> mount(NamespaceThread& mounts, const OverlayRoot& root, Nanoseconds& cpu) {
        ISOLAB_TRY(mounts.run([&] {
            const Nanoseconds before = thread_cpu_time();
            auto mounted = mount_overlay(root);
            cpu += thread_cpu_time() - before;
            return mounted;
        }));
        return MountedRoot(mounts, root);
    }
    MountedRoot(MountedRoot&& other) noexcept : mounts_(other.mounts_), root_(std::move(other.root_)) {
        other.mounts_ = nullptr;
    }
    MountedRoot& operator=(MountedRoot&&) = delete;
    ~MountedRoot() {
        if (mounts_ != nullptr) [[maybe_unused]]
            const auto gone = mounts_->run([this] { return unmount_overlay(root_); });
    }

  private:
    MountedRoot(NamespaceThread& mounts, OverlayRoot root) : mounts_(&mounts), root_(std::move(root)) {}
    NamespaceThread* mounts_;
    OverlayRoot root_;
};

class RunningLxcContainer final : public LxcContainer {
  public:
    RunningLxcContainer(LxcServer& server, std::string id, int stop_signal, MountedRoot root, Domain domain)
        : server_(server), id_(std::move(id)), stop_signal_(stop_signal), root_(std::move(root)),
          domain_(std::move(domain)) {}
    ~RunningLxcContainer() override {
        if (monitor_)
            monitor_->kill();
        [[maybe_unused]] const auto ended = end_domain();
        if (monitor_)
            monitor_->gone().wait({}, monotonic_now() + end_deadline);
    }

    void watch(std::unique_ptr<LxcProcess> process, UniqueFd channel, Nanoseconds prepared, InstanceObserver& observer);
    Result<void> wait_executed(const LxcRequest& request, std::chrono::nanoseconds deadline, const StopToken& stop);

    const std::string& id() const noexcept override { return id_; }
    Result<MachineExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override;
    Result<MachineExit> stop(std::chrono::nanoseconds grace) override;
    Result<LxcUsage> usage() const override;
    Result<Nanoseconds> cpu() const override {
        if (const auto used = monitor_->cpu())
            return *used;
        return fail(ErrorKind::not_found, "read the CPU time of", id_, "it has ended");
    }
    Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                 milliseconds timeout) override {
        return monitor_->exchange(port, send, expect, timeout);
    }

  private:
    Result<void> end_domain() {
        const std::lock_guard lock(domain_mutex_);
        return domain_.destroy();
    }
    Result<MachineExit> collect();

    LxcServer& server_;
    // Destroyed from the last to the first: the monitor, the domain, then its root.
    const std::string id_;
    const int stop_signal_;
    MountedRoot root_;
    std::mutex domain_mutex_; ///< stop() may overlap wait(), and both end the domain
    Domain domain_;
    const LxcProcess* process_ = nullptr; ///< the monitor's
    std::unique_ptr<GuestMonitor> monitor_;
    std::atomic<bool> kill_sent_ = false;  ///< to the workload
    std::atomic<bool> forced_off_ = false; ///< its init did not end
};

void RunningLxcContainer::watch(std::unique_ptr<LxcProcess> process, UniqueFd channel, Nanoseconds prepared,
                                InstanceObserver& observer) {
    observer.on_process(process->pid());
    process_ = process.get();
    monitor_ = std::make_unique<GuestMonitor>(std::move(channel), UniqueFd(), std::move(process), prepared, observer);
}

Result<void> RunningLxcContainer::wait_executed(const LxcRequest& request, std::chrono::nanoseconds deadline,
                                                const StopToken& stop) {
    const std::string start = encode_start(request.process, request.confinement, request.probe, request.hostname);
    auto sent = monitor_->send(start, stop, deadline);
    const Waited waited = monitor_->decided().wait(stop, monotonic_now() + deadline);
    const GuestState state = monitor_->state();
    if (waited == Waited::stopped)
        return stop.check("start an LXC container");
    if (waited == Waited::timed_out)
        return fail(ErrorKind::timeout, "start an LXC container", id_, "its init does not answer");
    if (state.failure)
        return fail(*state.failure);
    if (!state.executed)
        return fail(ErrorKind::system, "start an LXC container", id_, "it ended before the workload was executed");
    return sent;
}

Result<MachineExit> RunningLxcContainer::collect() {
    const Nanoseconds server_before = server_.cpu();
    if (monitor_->gone().wait({}, monotonic_now() + end_deadline) != Waited::happened) {
        forced_off_ = true;
        monitor_->kill();
        monitor_->gone().wait({}, monotonic_now() + end_deadline);
    }
    ISOLAB_TRY(end_domain()); // which waits until libvirtd has taken it down
    const GuestState state = monitor_->state();
    if (state.failure)
        return fail(*state.failure);
    if (!state.exit && !forced_off_)
        return fail(ErrorKind::system, "run an LXC container", id_, "it ended before its workload did");
    MachineExit result;
    result.gone_at = monotonic_now();
    result.status = state.exit.value_or(ExitStatus{128 + SIGKILL, SIGKILL, false});
    result.exited_at = state.exit ? state.exited_at : state.gone_at.value_or(result.gone_at);
    if (state.cpu_total) // what libvirtd does for others meanwhile is in it
        result.cpu_total = *state.cpu_total + (server_.cpu() - server_before);
    result.peak_rss = state.peak_rss;
    result.killed = forced_off_ || (kill_sent_ && result.status.signal == SIGKILL);
    return result;
}

Result<MachineExit> RunningLxcContainer::wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) {
    ISOLAB_TRY(monitor_->exited().expect(stop, timeout, "the end of LXC container " + id_));
    return collect();
}

Result<MachineExit> RunningLxcContainer::stop(std::chrono::nanoseconds grace) {
    const auto asked = monitor_->send(encode_signal(stop_signal_), {}, milliseconds(500));
    if (asked && monitor_->exited().wait({}, monotonic_now() + grace) != Waited::happened) {
        kill_sent_ = true;
        [[maybe_unused]] const auto killed = monitor_->send(encode_signal(SIGKILL), {}, milliseconds(500));
        monitor_->exited().wait({}, monotonic_now() + seconds(3));
    }
    if (!monitor_->state().exit && !monitor_->state().gone_at) {
        forced_off_ = true;
        monitor_->kill();
    }
    return collect();
}

Result<LxcUsage> RunningLxcContainer::usage() const {
    if (monitor_->state().gone_at)
        return fail(ErrorKind::unavailable, "measure", id_, "it has ended");
    LxcUsage usage;
    const std::vector<pid_t> all = process_tree(process_->pid()); // the controller, then its only child, init
    for (std::size_t i = 0; i < all.size(); ++i)
        (i < 2 ? usage.monitors : usage.workload).push_back(all[i]);
    if (process_->group())
        usage.group = process_->group()->usage();
    return usage;
}

} // namespace

Result<std::unique_ptr<LxcContainer>> start_lxc_container(const LxcHost& host, const LxcRequest& request,
                                                          InstanceObserver& observer, const StopToken& stop) {
    const Nanoseconds cpu_before = thread_cpu_time();
    ISOLAB_TRY(stop.check("start an LXC container"));
    const std::string id = "isolab-" + random_hex(id_digits);
    Nanoseconds mount_cpu{0};
    ISOLAB_ASSIGN(MountedRoot root, MountedRoot::mount(host.server.mounts(), request.root, mount_cpu));
    ISOLAB_ASSIGN(SocketPair channel, SocketPair::create(SOCK_STREAM));
    const std::string xml = lxc_xml({id, request.root.root, request.limits});
    const auto own_cpu = [&] { return request.spent + thread_cpu_time() - cpu_before + mount_cpu; };
    const Nanoseconds prepared = monotonic_now();
    observer.on_mark({Phase::prepare, prepared, own_cpu()});

    const Nanoseconds server_before = host.server.cpu();
    std::array<int, 2> passed{channel.second.get(), host.program.get()};
    DomainHandle handle(virDomainCreateXMLWithFiles(host.server.connection(), xml.c_str(), passed.size(), passed.data(),
                                                    VIR_DOMAIN_START_AUTODESTROY));
    if (!handle)
        return fail(libvirt_error("start an LXC container", id));
    channel.second.reset();                                                   // so that its end can be seen
    const auto controller = static_cast<pid_t>(virDomainGetID(handle.get())); // libvirt's number of it, in this driver
    auto container = std::make_unique<RunningLxcContainer>(host.server, id, request.process.stop_signal,
                                                           std::move(root), Domain(std::move(handle), id, what));
    const Nanoseconds start_cpu = own_cpu() + (host.server.cpu() - server_before);
    ISOLAB_ASSIGN(auto process, LxcProcess::watch(controller, host.server.groups(), start_cpu));
    container->watch(std::move(process), std::move(channel.first), prepared, observer);
    ISOLAB_TRY(container->wait_executed(request, host.start_deadline, stop));
    return container;
}

} // namespace isolab
