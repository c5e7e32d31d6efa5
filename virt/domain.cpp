// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/domain.h"

#include <optional>

#include <libvirt/virterror.h>

#include "virt/child_reaper.h"
#include "virt/libvirt_error.h"

namespace isolab {

Result<Domain> Domain::create(const VirtConnection& connection, const std::string& xml, const std::string& name) {
    std::optional<AdoptOrphans> adopt;
    if (connection.embedded)
        adopt.emplace(connection.slot.folder() / "run" / "qemu" / (name + ".pid"));
    DomainHandle handle(virDomainCreateXML(connection.handle.get(), xml.c_str(), 0));
    if (!handle)
        return fail(libvirt_error("start the virtual machine", name));
    return Domain(std::move(handle), name);
}

Domain::~Domain() {
    if (handle_) [[maybe_unused]]
        const auto ignored = destroy();
}

Result<void> Domain::destroy() noexcept {
    const DomainHandle handle = std::move(handle_);
    if (!handle || virDomainDestroy(handle.get()) == 0)
        return {};
    const int error = libvirt_error_number();
    if (error == VIR_ERR_NO_DOMAIN || error == VIR_ERR_OPERATION_INVALID)
        return {};
    return fail(libvirt_error("end the virtual machine", name_));
}

} // namespace isolab
