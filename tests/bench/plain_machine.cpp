// SPDX-License-Identifier: GPL-3.0-or-later
//
// plain-machine DATA KIND TREE WORK RUNS: boots the default image's tree in plain QEMU, without libvirt, with the
// kernel, initramfs, kernel line, devices and guest that Isolab uses for the kind "lean" or "standard", and runs the
// command of `hello` in it. Prints the times, see print_times().
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/subprocess.h"
#include "tests/bench/machine_parts.h"
#include "virt/machine/domain_xml.h"
#include "virt/storage/qcow2.h"

using namespace isolab;
using namespace isolab::bench;
namespace fs = std::filesystem;

namespace {

constexpr int channel_fd = 3; ///< QEMU's end of the guest's channel, in QEMU

std::vector<std::string> qemu_arguments(const MachineParts& parts, const fs::path& overlay) {
    const bool kvm = parts.facts.accelerator == Accelerator::kvm;
    const std::string machine = parts.facts.machine_type + ",accel=" + accelerator_id(parts.facts.accelerator) +
                                (parts.facts.acpi ? "" : ",acpi=off");
    const std::string drive = "file=" + overlay.string() + ",format=qcow2,if=none,id=disk,cache=writeback";
    std::vector<std::string> argv = {"qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot"};
    const auto add = [&argv](const char* option, std::string value) {
        argv.insert(argv.end(), {option, std::move(value)});
    };
    add("-display", "none");
    add("-machine", machine);
    add("-cpu", kvm ? "host" : "qemu64");
    add("-smp", "1");
    add("-m", "256");
    add("-kernel", parts.kernel.image);
    add("-initrd", parts.kernel.initramfs);
    add("-append", parts.facts.kernel_line);
    add("-drive", drive);
    add("-device", "virtio-blk-pci,drive=disk,addr=3");
    add("-device", "virtio-serial-pci,max_ports=2,addr=4");
    add("-chardev", "socket,id=channel,fd=" + std::to_string(channel_fd));
    add("-device", std::string("virtserialport,chardev=channel,name=") + channel_name);
    add("-device", "virtio-balloon-pci,free-page-reporting=on,addr=5");
    add("-serial", "null");
    if (parts.facts.firmware == firmware_name(Firmware::qboot))
        add("-bios", "qboot.rom");
    return argv;
}

/// One machine from the request until QEMU is gone.
Result<MachineTimes> run_once(const MachineParts& parts, const fs::path& work) {
    const fs::path overlay = work / "overlay.qcow2";
    const Nanoseconds begin = monotonic_now();
    ISOLAB_TRY(create_qcow2_overlay(overlay, parts.disk.path, parts.disk.logical));
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail_errno(errno, "make", "the guest's channel");
    const UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    Command command{qemu_arguments(parts, overlay), std::nullopt, {{2, 2}, {channel_fd, theirs.get()}}};
    ISOLAB_ASSIGN(ChildProcess qemu, spawn(command));
    theirs.reset();
    ISOLAB_ASSIGN(const Nanoseconds executed, run_hello(ours.get()));
    ISOLAB_TRY(qemu.wait({}, std::chrono::seconds(10)));
    const Nanoseconds end = monotonic_now();
    ::unlink(overlay.c_str());
    return MachineTimes{std::chrono::duration<double>(executed - begin).count(),
                        std::chrono::duration<double>(end - begin).count()};
}

} // namespace

int main(int count, char** arguments) {
    const std::string kind = count == 6 ? arguments[2] : "";
    if (kind != "lean" && kind != "standard") {
        std::fputs("usage: plain-machine DATA lean|standard TREE WORK RUNS\n", stderr);
        return 2;
    }
    const fs::path work = fs::absolute(arguments[4]);
    const auto parts =
        prepare_parts(arguments[1], kind == "lean" ? MachineKind::lean : MachineKind::standard, arguments[3], work);
    if (!parts) {
        std::fprintf(stderr, "plain-machine: %s\n", parts.error().message().c_str());
        return 1;
    }
    return print_times("plain-machine", std::strtol(arguments[5], nullptr, 10), [&] { return run_once(*parts, work); });
}
