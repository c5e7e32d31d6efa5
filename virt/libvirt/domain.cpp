// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/domain.h"

#include <optional>

#include <libvirt/virterror.h>

#include "virt/libvirt/child_reaper.h"
#include "virt/libvirt/libvirt_error.h"

namespace isolab {

Result<Domain> Domain::create(const VirtConnection& connection, const std::string& xml, const std::string& name) {
    std::optional<AdoptOrphans> adopt;
    if (connection.embedded)
        adopt.emplace(AdoptOrphans::of_domain(connection.slot.folder(), name));
    // A daemon notices when this process dies; the embedded driver's leftovers are found by the next one.
    const unsigned flags = connection.daemon ? VIR_DOMAIN_START_AUTODESTROY : VIR_DOMAIN_NONE;
    DomainHandle handle(virDomainCreateXML(connection.handle.get(), xml.c_str(), flags));
    if (!handle)
        return fail(libvirt_error("start the virtual machine", name));
    return Domain(std::move(handle), name, "the virtual machine");
}

Domain::~Domain() {
    if (handle_) [[maybe_unused]]
        const auto ignored = destroy();
}

Result<void> Domain::destroy() noexcept {
    if (!handle_)
        return {};
    if (virDomainDestroy(handle_.get()) != 0) {
        const int error = libvirt_error_number();
        if (error != VIR_ERR_NO_DOMAIN && error != VIR_ERR_OPERATION_INVALID)
            return fail(libvirt_error("end " + what_, name_));
    }
    handle_.reset();
    return {};
}

} // namespace isolab
