// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "virt/libvirt/connection.h"

namespace isolab {

/// One running libvirt domain; destroyed with this object. Transient: libvirt forgets it when it ends.
class Domain {
  public:
    /// Starts a domain; returns when QEMU runs its virtual CPU.
    static Result<Domain> create(const VirtConnection& connection, const std::string& xml, const std::string& name);
    Domain(Domain&& other) noexcept = default;
    Domain& operator=(Domain&& other) = delete;
    ~Domain();

    /// Ends the domain and waits until libvirt has cleaned up after it; success when it ended before. After an Error it
    /// can be tried again.
    Result<void> destroy() noexcept;

  private:
    Domain(DomainHandle handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {}
    DomainHandle handle_;
    std::string name_;
};

} // namespace isolab
