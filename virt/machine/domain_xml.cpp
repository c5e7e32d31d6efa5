// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine/domain_xml.h"

#include <array>

#include "virt/libvirt/bound_emulator.h"
#include "virt/libvirt/xml_writer.h"

namespace isolab {
namespace {

constexpr const char* qemu_namespace = "http://libvirt.org/schemas/domain/qemu/1.0";

// PCI slots 0 to 2 of "pc" belong to the chipset and a display. On "q35" a slot that is named is one of the root
// complex itself: no port has to be found and set up for the device.
constexpr std::array disk_slots{3, 6, 7};
constexpr int serial_slot = 4;
constexpr int balloon_slot = 5;
constexpr int entropy_slot = 8;
constexpr int network_slot = 9;
constexpr int port_count = 8; ///< PCI Express ports of a machine with all devices

void write_slot(XmlWriter& xml, int slot) {
    xml.empty("address",
              {{"type", "pci"}, {"domain", "0"}, {"bus", "0"}, {"slot", std::to_string(slot)}, {"function", "0"}});
}

void write_boot(XmlWriter& xml, const DomainSpec& spec) {
    xml.begin("os").text("type", "hvm", {{"arch", "x86_64"}, {"machine", spec.shape.machine_type}});
    if (spec.shape.firmware == Firmware::qboot)
        xml.text("loader", spec.firmware_file.string(), {{"readonly", "yes"}, {"type", "rom"}});
    if (spec.shape.firmware == Firmware::ovmf) {
        xml.text("loader", spec.firmware_file.string(), {{"readonly", "yes"}, {"type", "pflash"}});
        xml.text("nvram", spec.firmware_variables.string());
    }
    if (spec.shape.boot == BootSource::kernel) {
        xml.text("kernel", spec.kernel.string());
        xml.text("initrd", spec.initramfs.string());
        xml.text("cmdline", spec.shape.kernel_line);
    }
    xml.end();
}

void write_features(XmlWriter& xml, const DomainSpec& spec) {
    if (!spec.shape.acpi) {
        xml.empty("features");
        return;
    }
    xml.begin("features").empty("acpi").empty("apic").end();
}

void write_cpu(XmlWriter& xml, const DomainSpec& spec) {
    if (spec.shape.accelerator == Accelerator::kvm) {
        xml.empty("cpu", {{"mode", "host-passthrough"}});
        return;
    }
    xml.begin("cpu", {{"mode", "custom"}, {"match", "exact"}, {"check", "none"}}).text("model", "qemu64").end();
}

void write_base(XmlWriter& xml, const DomainDisk& disk) {
    xml.begin("backingStore", {{"type", "file"}});
    xml.empty("format", {{"type", disk_format_id(disk.base_format)}});
    xml.empty("source", {{"file", disk.base.string()}}).empty("backingStore");
    xml.end();
}

void write_disk(XmlWriter& xml, const DomainDisk& disk, std::size_t index, bool boots) {
    const bool layer = !disk.base.empty();
    xml.begin("disk", {{"type", "file"}, {"device", "disk"}});
    xml.empty("driver", {{"name", "qemu"},
                         {"type", disk_format_id(layer ? DiskFormat::qcow2 : DiskFormat::raw)},
                         {"cache", disk_cache},
                         {"error_policy", "report"},
                         {"rerror_policy", "report"}});
    xml.empty("source", {{"file", disk.file.string()}});
    if (layer)
        write_base(xml, disk);
    xml.empty("target", {{"dev", std::string("vd") + static_cast<char>('a' + index)}, {"bus", "virtio"}});
    if (!layer)
        xml.empty("readonly");
    if (!disk.serial.empty())
        xml.text("serial", disk.serial);
    if (boots)
        xml.empty("boot", {{"order", "1"}});
    write_slot(xml, disk_slots.at(index));
    xml.end();
}

void write_entropy(XmlWriter& xml) {
    xml.begin("rng", {{"model", "virtio"}}).text("backend", "/dev/urandom", {{"model", "random"}});
    write_slot(xml, entropy_slot);
    xml.end();
}

/// Nothing of ours uses them; firmware and kernel find and set them up all the same.
void write_unused_devices(XmlWriter& xml) {
    for (int index = 1; index <= port_count; ++index)
        xml.empty("controller", {{"type", "pci"}, {"index", std::to_string(index)}, {"model", "pcie-root-port"}});
    xml.empty("controller", {{"type", "usb"}, {"model", "qemu-xhci"}});
    xml.begin("video").empty("model", {{"type", "vga"}}).end();
}

/// QEMU's own network, cut off from the host's: libvirt has no word for that.
void write_network(XmlWriter& xml) {
    const std::string card = "virtio-net-pci,netdev=net0,addr=" + std::to_string(network_slot);
    for (const std::string& argument :
         {std::string("-netdev"), std::string("user,id=net0,restrict=on"), std::string("-device"), card})
        xml.empty("qemu:arg", {{"value", argument}});
}

void write_command_line(XmlWriter& xml, const DomainSpec& spec) {
    if (spec.owner == 0 && !spec.shape.network)
        return;
    xml.begin("qemu:commandline");
    if (spec.shape.network)
        write_network(xml);
    if (spec.owner != 0)
        xml.empty("qemu:env", {{"name", owner_variable}, {"value", std::to_string(spec.owner)}});
    xml.end();
}

void write_console(XmlWriter& xml, const DomainSpec& spec) {
    xml.begin("serial", {{"type", "unix"}});
    xml.empty("source", {{"mode", "connect"}, {"path", spec.console_socket.string()}});
    xml.empty("target", {{"port", "0"}});
    xml.end();
}

void write_channel(XmlWriter& xml, const DomainSpec& spec) {
    xml.begin("controller", {{"type", "virtio-serial"}, {"index", "0"}, {"ports", "2"}});
    write_slot(xml, serial_slot);
    xml.end();
    xml.begin("channel", {{"type", "unix"}});
    xml.empty("source", {{"mode", "connect"}, {"path", spec.channel_socket.string()}});
    xml.empty("target", {{"type", "virtio"}, {"name", channel_name}});
    xml.end();
}

void write_devices(XmlWriter& xml, const DomainSpec& spec) {
    xml.begin("devices").text("emulator", spec.emulator.string());
    if (spec.shape.devices)
        write_unused_devices(xml);
    else
        xml.empty("controller", {{"type", "usb"}, {"model", "none"}});
    for (std::size_t i = 0; i < spec.disks.size(); ++i)
        write_disk(xml, spec.disks[i], i, i == 0 && spec.shape.boot == BootSource::disk);
    write_console(xml, spec);
    write_channel(xml, spec);
    xml.begin("memballoon", {{"model", "virtio"}, {"freePageReporting", "on"}});
    write_slot(xml, balloon_slot);
    xml.end();
    if (spec.shape.entropy)
        write_entropy(xml);
    xml.end();
}

} // namespace

std::string domain_xml(const DomainSpec& spec) {
    XmlWriter xml;
    const char* type = spec.shape.accelerator == Accelerator::kvm ? "kvm" : "qemu";
    xml.begin("domain", {{"type", type}, {"xmlns:qemu", qemu_namespace}});
    xml.text("name", spec.name);
    xml.text("memory", std::to_string(spec.memory_bytes / 1024U), {{"unit", "KiB"}});
    xml.text("vcpu", std::to_string(spec.cpus));
    write_boot(xml, spec);
    write_features(xml, spec);
    write_cpu(xml, spec);
    xml.text("on_poweroff", "destroy").text("on_reboot", "destroy").text("on_crash", "destroy");
    write_devices(xml, spec);
    if (!spec.user.empty())
        xml.begin("seclabel", {{"type", "static"}, {"model", "dac"}, {"relabel", "no"}}).text("label", spec.user).end();
    write_command_line(xml, spec);
    xml.begin("qemu:capabilities").empty("qemu:del", {{"capability", "cpu-unavailable-features"}}).end();
    xml.end();
    return xml.document();
}

} // namespace isolab
