// SPDX-License-Identifier: GPL-3.0-or-later
//
// plain-machine DATA TREE WORK RUNS: boots the default image's tree in plain QEMU, without libvirt, with the kernel,
// initramfs, kernel line, devices and guest that Isolab uses, runs the command of `hello` in it, and prints the seconds
// from the request until QEMU was gone, as a JSON array. The mark that Isolab's own machines are held against.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/subprocess.h"
#include "virt/domain_xml.h"
#include "virt/guest_image.h"
#include "virt/guest_kernel.h"
#include "virt/guest_records.h"
#include "virt/qcow2.h"
#include "virt/virt.h"

using namespace isolab;
namespace fs = std::filesystem;

namespace {

constexpr ResourceLimits limits{1, 256ULL << 20U};
constexpr int channel_fd = 3; ///< QEMU's end of the guest's channel, in QEMU

/// What every run starts from; made once.
struct Parts {
    HypervisorFacts facts;
    GuestKernel kernel;
    GuestDisk disk;
};

Result<Parts> prepare(const fs::path& data, const fs::path& tree, const fs::path& work) {
    HypervisorOptions options;
    options.root = data;
    options.guest_init = fs::path(ISOLAB_BIN_DIR) / "isolab-guest-init";
    Parts parts;
    ISOLAB_ASSIGN(const auto hypervisor, Hypervisor::open(options, {}));
    parts.facts = hypervisor->facts(limits);
    ISOLAB_ASSIGN(const KernelSource source, find_kernel({std::nullopt, {data / "kernels"}, "/boot", "/lib/modules"}));
    ISOLAB_ASSIGN(parts.kernel, prepare_kernel(source, options.guest_init, work));
    GuestImages images(work / "disks");
    NoProgress progress;
    if (const auto found = images.find("sha256:bench"); found) {
        parts.disk = *found;
    } else {
        ISOLAB_ASSIGN(parts.disk, images.make(tree, "sha256:bench", progress, {}));
    }
    return parts;
}

std::vector<std::string> qemu_arguments(const Parts& parts, const fs::path& overlay) {
    const bool kvm = parts.facts.accelerator == Accelerator::kvm;
    const bool qboot = parts.facts.firmware == firmware_name(Firmware::qboot);
    const std::string machine = parts.facts.machine_type + ",accel=" + accelerator_id(parts.facts.accelerator) +
                                (qboot && !kvm ? ",acpi=off" : "");
    std::vector<std::string> argv = {"qemu-system-x86_64",
                                     "-nodefaults",
                                     "-no-user-config",
                                     "-display",
                                     "none",
                                     "-no-reboot",
                                     "-machine",
                                     machine,
                                     "-cpu",
                                     kvm ? "host" : "qemu64",
                                     "-smp",
                                     "1",
                                     "-m",
                                     "256",
                                     "-kernel",
                                     parts.kernel.image,
                                     "-initrd",
                                     parts.kernel.initramfs,
                                     "-append",
                                     parts.facts.kernel_line,
                                     "-drive",
                                     "file=" + overlay.string() + ",format=qcow2,if=none,id=disk,cache=writeback",
                                     "-device",
                                     "virtio-blk-pci,drive=disk,addr=3",
                                     "-device",
                                     "virtio-serial-pci,max_ports=2,addr=4",
                                     "-chardev",
                                     "socket,id=channel,fd=" + std::to_string(channel_fd),
                                     "-device",
                                     std::string("virtserialport,chardev=channel,name=") + channel_name,
                                     "-device",
                                     "virtio-balloon-pci,free-page-reporting=on,addr=5",
                                     "-serial",
                                     "null"};
    if (qboot)
        argv.insert(argv.end(), {"-bios", "qboot.rom"});
    return argv;
}

/// Reads the guest's records until QEMU closes the channel; fails when the workload did not end with 0.
Result<void> follow(int channel) {
    RecordReader reader;
    std::array<char, 65536> buffer{};
    std::optional<int> code;
    for (ssize_t count = 0; (count = ::read(channel, buffer.data(), buffer.size())) > 0;) {
        reader.append(buffer.data(), static_cast<std::size_t>(count));
        for (;;) {
            ISOLAB_ASSIGN(const std::optional<GuestRecord> record, reader.next());
            if (!record)
                break;
            if (record->header.kind == guest::RecordKind::exited) {
                if (const auto exited = record->as<guest::Exited>())
                    code = exited->code;
            }
        }
    }
    if (code != 0)
        return fail(ErrorKind::system, "run hello in", "plain QEMU",
                    code ? "it exited with " + std::to_string(*code) : "the guest did not report its end");
    return {};
}

/// One machine from the request until QEMU is gone.
Result<double> run_once(const Parts& parts, const fs::path& work) {
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
    const ProcessSpec process{{"/bin/echo", "Hello from Isolab"}, {"PATH=/bin"}};
    const std::string start = encode_start(process, std::nullopt, "bench");
    if (::write(ours.get(), start.data(), start.size()) != static_cast<ssize_t>(start.size()))
        return fail_errno(errno, "write to", "the guest's channel");
    ISOLAB_TRY(follow(ours.get()));
    ISOLAB_TRY(qemu.wait({}, std::chrono::seconds(10)));
    const Nanoseconds end = monotonic_now();
    ::unlink(overlay.c_str());
    return std::chrono::duration<double>(end - begin).count();
}

Result<std::string> measure(char** arguments) {
    const fs::path work = fs::absolute(arguments[3]);
    ISOLAB_ASSIGN(const Parts parts, prepare(arguments[1], arguments[2], work));
    std::string list;
    for (long run = std::strtol(arguments[4], nullptr, 10); run > 0; --run) {
        ISOLAB_ASSIGN(const double seconds, run_once(parts, work));
        list += (list.empty() ? "" : ",") + std::to_string(seconds);
    }
    return "[" + list + "]";
}

} // namespace

int main(int count, char** arguments) {
    if (count != 5) {
        std::fputs("usage: plain-machine DATA TREE WORK RUNS\n", stderr);
        return 2;
    }
    const auto text = measure(arguments);
    std::printf("%s\n", text ? text->c_str() : "");
    if (!text)
        std::fprintf(stderr, "plain-machine: %s\n", text.error().message().c_str());
    return text ? 0 : 1;
}
