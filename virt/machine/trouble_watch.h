// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/event.h"
#include "virt/guest/guest_monitor.h"
#include "virt/libvirt/domain_events.h"

namespace isolab {

/// The trouble of a machine in words: the thing, the cause and the remedy. Pure.
Error describe_trouble(const DomainTrouble& trouble, const std::string& machine);

/// Hears of one machine's trouble on the host's side from before its domain is created, and tells its monitor as soon
/// as there is one. A paused machine is given up: nobody here resumes it.
class TroubleWatch {
  public:
    TroubleWatch(std::shared_ptr<DomainEvents> events, std::string domain, std::string machine);
    TroubleWatch(const TroubleWatch&) = delete;
    TroubleWatch& operator=(const TroubleWatch&) = delete;
    ~TroubleWatch();

    /// The monitor must live until detach(), or longer than this.
    void attach(GuestMonitor& monitor);
    void detach();

    /// Waits until libvirt has told that the domain has ended, and with it all that it had to tell before; at most some
    /// seconds, and not at all where libvirt tells of no ends.
    void wait_told() const;

  private:
    void hear(const DomainTrouble& trouble);

    std::shared_ptr<DomainEvents> events_;
    const std::string domain_;
    const std::string machine_;
    Event ended_;
    std::mutex mutex_; ///< guards the two below
    std::optional<DomainTrouble> early_;
    GuestMonitor* monitor_ = nullptr;
};

} // namespace isolab
