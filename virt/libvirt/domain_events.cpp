// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/domain_events.h"

#include <array>
#include <string_view>
#include <utility>

#include <sys/statvfs.h>
#include <unistd.h>

namespace isolab {
namespace {

using Kind = DomainTrouble::Kind;
using Shared = std::shared_ptr<DomainEvents>;

/// QEMU tells that a disk was full only where it pauses the guest then, which ours does not.
bool is_full(const char* file) {
    constexpr std::uint64_t little = 1U << 20U; // what is left when a write of QEMU, of 64 KiB and more, did not fit
    struct statvfs status {};
    if (::statvfs(file, &status) != 0)
        return false;
    const std::uint64_t blocks = ::geteuid() == 0 ? status.f_bfree : status.f_bavail;
    return blocks * status.f_frsize < little || (status.f_files != 0 && status.f_ffree == 0);
}

void on_disk_error(virConnectPtr, virDomainPtr domain, const char* file, const char*, int, const char* reason,
                   void* events) {
    const bool full = (reason != nullptr && std::string_view(reason) == "enospc") || is_full(file);
    (*static_cast<Shared*>(events))
        ->tell(virDomainGetName(domain), {full ? Kind::disk_full : Kind::disk_error, file != nullptr ? file : "", {}});
}

struct PauseReason {
    int detail;
    const char* words;
};
constexpr std::array pause_reasons{
    PauseReason{VIR_DOMAIN_EVENT_SUSPENDED_PAUSED, "somebody paused it, or QEMU did because of an internal error"},
    PauseReason{VIR_DOMAIN_EVENT_SUSPENDED_IOERROR, "QEMU paused it because of an error of its disk on the host"},
    PauseReason{VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG, "its watchdog fired"},
    PauseReason{VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR, "libvirt paused it because of an error of its own"},
};

int on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* events) {
    if (event == VIR_DOMAIN_EVENT_STOPPED)
        (*static_cast<Shared*>(events))->tell(virDomainGetName(domain), {Kind::ended, {}, {}});
    if (event != VIR_DOMAIN_EVENT_SUSPENDED)
        return 0;
    std::string words = "libvirt's reason is number " + std::to_string(detail);
    for (const PauseReason& reason : pause_reasons)
        if (reason.detail == detail)
            words = reason.words;
    (*static_cast<Shared*>(events))->tell(virDomainGetName(domain), {Kind::paused, {}, std::move(words)});
    return 0;
}

void forget(void* events) { delete static_cast<Shared*>(events); } // NOLINT: libvirt keeps a plain pointer

template <class Callback>
bool register_callback(virConnectPtr connection, int event, Callback callback, const Shared& events) {
    auto* const own = new Shared(events); // NOLINT: until libvirt calls forget()
    if (virConnectDomainEventRegisterAny(connection, nullptr, event, VIR_DOMAIN_EVENT_CALLBACK(callback), own,
                                         forget) >= 0)
        return true;
    forget(own);
    return false;
}

} // namespace

std::shared_ptr<DomainEvents> DomainEvents::listen(virConnectPtr connection) {
    auto events = std::make_shared<DomainEvents>();
    register_callback(connection, VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON, on_disk_error, events);
    events->hears_ends_ = register_callback(connection, VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_lifecycle, events);
    return events;
}

void DomainEvents::add(const std::string& domain, Listener listener) {
    const std::lock_guard lock(mutex_);
    listeners_.insert_or_assign(domain, std::move(listener));
}

void DomainEvents::remove(const std::string& domain) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(domain);
}

void DomainEvents::tell(const std::string& domain, const DomainTrouble& trouble) {
    const std::lock_guard lock(mutex_); // held for the call, so that remove() waits for it
    const auto found = listeners_.find(domain);
    if (found != listeners_.end())
        found->second(trouble);
}

} // namespace isolab
