// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <memory>

#include <libvirt/libvirt.h>

namespace isolab {

/// Owners of libvirt's reference-counted handles. Freeing never fails visibly (libvirt reports it nowhere useful).
struct CloseConnection {
    void operator()(virConnectPtr connection) const noexcept { virConnectClose(connection); }
};
struct FreeDomain {
    void operator()(virDomainPtr domain) const noexcept { virDomainFree(domain); }
};
struct FreeText {
    void operator()(char* text) const noexcept { std::free(text); } // NOLINT: libvirt hands out malloc(3)'d text
};

using ConnectionHandle = std::unique_ptr<virConnect, CloseConnection>;
using DomainHandle = std::unique_ptr<virDomain, FreeDomain>;
using LibvirtText = std::unique_ptr<char, FreeText>;

} // namespace isolab
