// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "virt/host/kvm_probe.h"

namespace isolab {

enum class CpuVendor : std::uint8_t { intel, amd, other };

/// What this program itself runs in, where that decides what it can see.
enum class Surroundings : std::uint8_t {
    none,      ///< a system of its own, be it a virtual machine
    container, ///< of Docker, podman and the like
    gvisor,    ///< a kernel in user space, without KVM
    wsl,       ///< Windows Subsystem for Linux
};

/// What there is to know about KVM on this machine. Gathered once; each question may be answered by hand in a test.
struct KvmFacts {
    std::string architecture = "x86_64";
    CpuVendor vendor = CpuVendor::intel;
    bool cpu_flag = false;        ///< /proc/cpuinfo lists vmx or svm
    bool virtual_machine = false; ///< it lists hypervisor: this machine is one
    std::string product;          ///< of that machine or this one, as DMI has it: "QEMU Standard PC"; may be empty
    Surroundings surroundings = Surroundings::none;
    std::string kernel;            ///< release
    bool module_loaded = false;    ///< /sys/module/kvm_intel or kvm_amd
    bool module_installed = false; ///< this kernel has it, as a module or built in
    bool device = false;           ///< /dev/kvm exists
    int open_error = 0;            ///< errno(3) of opening it for reading and writing, 0: opens
    std::string device_group;      ///< whose members may open it; empty: nobody's but root's, or everybody's
    bool in_group = false;         ///< group(5) lists this user there, so that it is this session that is too old
    bool superuser = false;        ///< this program runs as root, whom groups do not concern
    std::string rival;             ///< another hypervisor's module that is loaded: "vboxdrv"; empty: none
    bool libvirt_offers = true;    ///< libvirt can make domains of type kvm
    std::optional<KvmProbe> probe; ///< asked only when everything before says yes
};

/// Whether KVM is there without the CPU's help: /dev/kvm opens on a CPU that shows neither vmx nor svm. Such a KVM has
/// its guests run by agreement with the machine around this one (kvm_pvm and its like).
inline bool is_paravirtual(const KvmFacts& facts) noexcept {
    return !facts.cpu_flag && facts.device && facts.open_error == 0;
}

/// Looks at CPU, kernel, modules and device, without running anything. `system` is where /proc, /sys and /dev are.
KvmFacts look_at_kvm(const std::filesystem::path& system = "/");

} // namespace isolab
