// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/guest_files.h"

#include <fmt/format.h>

#include "virt/machine_image/seed_disk.h"

namespace isolab {
namespace {

/// The last one becomes /dev/console, where the first process writes.
constexpr const char* consoles = "console=tty0 console=ttyS0,115200";

constexpr const char* dhcp_network = "[Match]\n"
                                     "Name=en* eth*\n"
                                     "\n"
                                     "[Network]\n"
                                     "DHCP=yes\n";

/// The keys that the package made are everybody's who has this image.
constexpr const char* own_host_keys = "[Service]\n"
                                      "ExecStartPre=\n"
                                      "ExecStartPre=/usr/bin/ssh-keygen -A\n"
                                      "ExecStartPre=/usr/sbin/sshd -t\n";

std::string seed_mount_unit() {
    return fmt::format("[Unit]\n"
                       "Description=Seed disk of Isolab\n"
                       "\n"
                       "[Mount]\n"
                       "What=/dev/disk/by-label/{}\n"
                       "Where={}\n"
                       "Options=ro\n",
                       seed_label, seed_folder);
}

std::string agent_unit() {
    return fmt::format("[Unit]\n"
                       "Description=Agent of Isolab, from its seed disk\n"
                       "Requires=run-isolab-seed.mount\n"
                       "After=run-isolab-seed.mount\n"
                       "ConditionFileIsExecutable={0}/{1}\n"
                       "\n"
                       "[Service]\n"
                       "Type=exec\n"
                       "ExecStart={0}/{1}\n"
                       "\n"
                       "[Install]\n"
                       "WantedBy=dev-disk-by\\x2dlabel-{2}.device\n",
                       seed_folder, seed_agent, seed_label);
}

std::string file_systems(const GuestIdentity& identity) {
    return fmt::format("UUID={} / ext4 errors=remount-ro 0 1\n"
                       "UUID={} /boot/efi vfat umask=0077,nofail 0 0\n",
                       identity.root_uuid, identity.efi_volume);
}

std::string boot_menu(const GuestIdentity& identity) {
    return fmt::format("serial --unit=0 --speed=115200\n"
                       "terminal_input console serial\n"
                       "terminal_output console serial\n"
                       "set timeout=0\n"
                       "search --no-floppy --fs-uuid --set=root {0}\n"
                       "menuentry '{1}' {{\n"
                       "\tlinux /boot/vmlinuz-{2} root=UUID={0} ro {3}\n"
                       "\tinitrd /boot/initrd.img-{2}\n"
                       "}}\n",
                       identity.root_uuid, identity.distribution, identity.kernel, consoles);
}

std::string menu_defaults() {
    return fmt::format("GRUB_DEFAULT=0\n"
                       "GRUB_TIMEOUT=0\n"
                       "GRUB_DISTRIBUTOR=Debian\n"
                       "GRUB_CMDLINE_LINUX_DEFAULT=\"\"\n"
                       "GRUB_CMDLINE_LINUX=\"{}\"\n"
                       "GRUB_TERMINAL=\"console serial\"\n"
                       "GRUB_SERIAL_COMMAND=\"serial --unit=0 --speed=115200\"\n",
                       consoles);
}

} // namespace

std::vector<GuestFile> guest_files(const GuestIdentity& identity) {
    const std::string units = "etc/systemd/system/";
    const std::string agent = "isolab-agent.service";
    return {
        {"etc/hostname", "debian\n"},
        {"etc/hosts", "127.0.0.1 localhost\n127.0.1.1 debian\n::1 localhost ip6-localhost ip6-loopback\n"},
        {"etc/machine-id", ""}, // made at the first boot
        {"etc/fstab", file_systems(identity)},
        {"etc/default/grub", menu_defaults()},
        {"boot/grub/grub.cfg", boot_menu(identity)},
        {"etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf", true},
        {"etc/systemd/network/80-dhcp.network", dhcp_network},
        {units + "multi-user.target.wants/systemd-networkd.service", "/lib/systemd/system/systemd-networkd.service",
         true},
        {units + "ssh.service.d/host-keys.conf", own_host_keys},
        {units + "run-isolab-seed.mount", seed_mount_unit()},
        {units + agent, agent_unit()},
        {units + fmt::format("dev-disk-by\\x2dlabel-{}.device.wants/", seed_label) + agent, "../" + agent, true},
    };
}

std::string grub_early_configuration(const std::string& root_uuid) {
    return "search.fs_uuid " + root_uuid + " root\nset prefix=($root)/boot/grub\n";
}

} // namespace isolab
