// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "virt/libvirt/connection.h"

namespace isolab {

/// One running libvirt domain; destroyed with this object. Transient: libvirt forgets it when it ends.
class Domain {
  public:
    /// Owns one that runs; `what` it is called in errors.
    Domain(DomainHandle handle, std::string name, std::string what)
        : handle_(std::move(handle)), name_(std::move(name)), what_(std::move(what)) {}
    /// Starts a virtual machine; returns when QEMU runs its virtual CPU.
    static Result<Domain> create(const VirtConnection& connection, const std::string& xml, const std::string& name);
    Domain(Domain&& other) noexcept = default;
    Domain& operator=(Domain&& other) = delete;
    ~Domain();

    /// Ends the domain and waits until libvirt has cleaned up after it; success when it ended before. After an Error it
    /// can be tried again.
    Result<void> destroy() noexcept;

  private:
    DomainHandle handle_;
    std::string name_;
    std::string what_;
};

} // namespace isolab
