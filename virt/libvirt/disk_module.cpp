// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/libvirt/disk_module.h"

#include <string>

#include "engine/base/file_tree.h"
#include "virt/libvirt/libvirt_handles.h"

namespace isolab {
namespace {
constexpr const char* domain_name = "isolab-disk-module";
constexpr const char* disk_name = "vda";
} // namespace

Result<void> place_disk_module_domain(const std::filesystem::path& slot) {
    const auto folder = slot / "etc" / "qemu";
    ISOLAB_TRY(make_directories(folder));
    // An emulator that does not exist is not asked what it can do. The path of a slot has no character that XML quotes.
    const std::string xml = std::string("<domain type='qemu'><name>") + domain_name +
                            "</name><memory>1024</memory><os><type arch='x86_64'>hvm</type></os><devices>"
                            "<emulator>/nonexistent</emulator><disk type='file'><driver name='qemu' type='raw'/>"
                            "<source file='" +
                            (slot / "etc" / "qemu.conf").string() + "'/><target dev='" + disk_name +
                            "' bus='virtio'/></disk></devices></domain>\n";
    return write_file_atomically(folder / (std::string(domain_name) + ".xml"), xml);
}

void load_disk_module(virConnectPtr connection) noexcept {
    const DomainHandle domain(virDomainLookupByName(connection, domain_name));
    if (!domain)
        return;
    char byte = 0;
    virDomainBlockPeek(domain.get(), disk_name, 0, sizeof byte, &byte, 0);
    virDomainUndefine(domain.get());
}

} // namespace isolab
