// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <libvirt/libvirt.h>

namespace isolab {

/// What happened to a running domain on the host's side.
struct DomainTrouble {
    enum class Kind : std::uint8_t {
        disk_full,  ///< the host had no room for what the guest wrote, and the guest got an I/O error
        disk_error, ///< the host could not read or write for another reason, and the guest got an I/O error
        paused,     ///< the virtual CPUs stand still, and nobody here will let them go on
        ended,      ///< no trouble: the last that is told of a domain
    };
    Kind kind = Kind::paused;
    std::string file;   ///< of disk_full and disk_error: what QEMU could not use, as libvirt names it
    std::string reason; ///< of paused: why, in libvirt's words
};

/// Hears what libvirt tells about the domains of a connection (virConnectDomainEventRegisterAny(): IO_ERROR_REASON and
/// LIFECYCLE), from before they are created. libvirt allows one such listener per connection, so this one passes on by
/// name. They are told by libvirt's event loop, or by Qt's where that owns GLib's main context. May be used from any
/// thread.
class DomainEvents {
  public:
    /// Called by the event loop: must be quick, and must not call libvirt or this.
    using Listener = std::function<void(const DomainTrouble&)>;

    /// Nothing is ever heard on a connection whose driver has no events.
    static std::shared_ptr<DomainEvents> listen(virConnectPtr connection);

    void add(const std::string& domain, Listener listener);
    /// When it returns, the listener is not running and will not be called any more.
    void remove(const std::string& domain);

    /// Whether the driver tells when domains end.
    bool hears_ends() const noexcept { return hears_ends_; }

    void tell(const std::string& domain, const DomainTrouble& trouble);

  private:
    bool hears_ends_ = false; ///< set before others see this
    std::mutex mutex_;
    std::map<std::string, Listener> listeners_;
};

} // namespace isolab
