// SPDX-License-Identifier: GPL-3.0-or-later
//
// default-machine DATA TREE WORK RUNS: the machine that libvirt makes for who says nothing about it, with the same
// guest and disk: q35 with its ports and USB, SeaBIOS, the kernel as it is shipped, with Debian's usual command line.
// Runs the command of `hello` in it and prints the times, see print_times().
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "tests/bench/machine_parts.h"
#include "virt/guest/unix_listener.h"
#include "virt/host/host_programs.h"
#include "virt/libvirt/connection.h"
#include "virt/libvirt/domain.h"
#include "virt/libvirt/xml_writer.h"
#include "virt/machine/domain_xml.h"
#include "virt/storage/qcow2.h"

using namespace isolab;
using namespace isolab::bench;
namespace fs = std::filesystem;

namespace {

std::string default_xml(const MachineParts& parts, const std::string& name, const fs::path& overlay,
                        const fs::path& channel) {
    XmlWriter xml;
    xml.begin("domain", {{"type", parts.facts.accelerator == Accelerator::kvm ? "kvm" : "qemu"}});
    xml.text("name", name).text("memory", "256", {{"unit", "MiB"}}).text("vcpu", "1");
    xml.begin("os").text("type", "hvm", {{"arch", "x86_64"}, {"machine", "q35"}});
    xml.text("kernel", parts.source.image.string()).text("initrd", parts.kernel.initramfs.string());
    xml.text("cmdline", "console=ttyS0 quiet panic=-1").end();
    xml.begin("features").empty("acpi").empty("apic").end();
    xml.text("on_poweroff", "destroy").text("on_reboot", "destroy").text("on_crash", "destroy");
    xml.begin("devices").text("emulator", find_emulator().value_or("qemu-system-x86_64").string());
    xml.begin("disk", {{"type", "file"}, {"device", "disk"}});
    xml.empty("driver", {{"name", "qemu"}, {"type", "qcow2"}}).empty("source", {{"file", overlay.string()}});
    xml.begin("backingStore", {{"type", "file"}}).empty("format", {{"type", "raw"}});
    xml.empty("source", {{"file", parts.disk.path.string()}}).empty("backingStore").end();
    xml.empty("target", {{"dev", "vda"}, {"bus", "virtio"}}).end();
    xml.begin("serial", {{"type", "null"}}).empty("target", {{"port", "0"}}).end();
    xml.begin("channel", {{"type", "unix"}}).empty("source", {{"mode", "connect"}, {"path", channel.string()}});
    xml.empty("target", {{"type", "virtio"}, {"name", channel_name}}).end();
    xml.end().end();
    return xml.document();
}

/// One machine from the request until QEMU is gone.
Result<MachineTimes> run_once(const VirtConnection& connection, const MachineParts& parts, const fs::path& work) {
    const fs::path overlay = work / "default.qcow2";
    const std::string name = Slot::domain_prefix(connection.root) + std::to_string(connection.slot.number()) + "-bench";
    const Nanoseconds begin = monotonic_now();
    ISOLAB_TRY(create_qcow2_overlay(overlay, parts.disk.path, parts.disk.logical));
    ISOLAB_ASSIGN(const UnixListener listener, UnixListener::open(connection.slot.sockets() / "bench.chn"));
    ISOLAB_ASSIGN(Domain domain, Domain::create(connection, default_xml(parts, name, overlay, listener.path()), name));
    ISOLAB_ASSIGN(const Peer qemu, listener.accept());
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, qemu.pid, 0)));
    ISOLAB_ASSIGN(const Nanoseconds executed, run_hello(qemu.socket.get()));
    pollfd ended{process.get(), POLLIN, 0};
    ::poll(&ended, 1, 10'000);
    const Nanoseconds end = monotonic_now();
    ::waitpid(qemu.pid, nullptr, 0); // ours by adoption; libvirt waits until it has vanished
    ISOLAB_TRY(domain.destroy());
    ::unlink(overlay.c_str());
    return MachineTimes{std::chrono::duration<double>(executed - begin).count(),
                        std::chrono::duration<double>(end - begin).count()};
}

} // namespace

int main(int count, char** arguments) {
    if (count != 5) {
        std::fputs("usage: default-machine DATA TREE WORK RUNS\n", stderr);
        return 2;
    }
    const fs::path work = fs::absolute(arguments[3]);
    const auto parts = prepare_parts(arguments[1], MachineKind::standard, arguments[2], work);
    const auto connection = parts ? open_connection(fs::canonical(arguments[1]), std::nullopt, {})
                                  : Result<std::shared_ptr<VirtConnection>>(fail(parts.error()));
    if (!connection) {
        std::fprintf(stderr, "default-machine: %s\n", connection.error().message().c_str());
        return 1;
    }
    return print_times("default-machine", std::strtol(arguments[4], nullptr, 10),
                       [&] { return run_once(**connection, *parts, work); });
}
