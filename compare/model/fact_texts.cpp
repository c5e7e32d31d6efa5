// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every statement that a result can make, in English. lupdate reads the texts as well (translations/README.md).
#include "compare/model/fact.h"

#include <algorithm>

namespace isolab {
namespace {

#define ISOLAB_TRANSLATABLE(context, text) text

struct FactText {
    std::string_view id;
    const char* english;
};

constexpr FactText texts[] = {
    // conditions of the fairness contract
    {"contract.image", ISOLAB_TRANSLATABLE("Facts", "image")},
    {"contract.command", ISOLAB_TRANSLATABLE("Facts", "command")},
    {"contract.environment", ISOLAB_TRANSLATABLE("Facts", "environment")},
    {"contract.user", ISOLAB_TRANSLATABLE("Facts", "user")},
    {"contract.cwd", ISOLAB_TRANSLATABLE("Facts", "working directory")},
    {"contract.stop_signal", ISOLAB_TRANSLATABLE("Facts", "stop signal")},
    {"contract.cpus", ISOLAB_TRANSLATABLE("Facts", "CPUs")},
    {"contract.memory", ISOLAB_TRANSLATABLE("Facts", "memory limit")},
    {"contract.readiness", ISOLAB_TRANSLATABLE("Facts", "ready when")},
    {"contract.network", ISOLAB_TRANSLATABLE("Facts", "network")},
    {"contract.runtime", ISOLAB_TRANSLATABLE("Facts", "started by")},
    {"contract.hostname", ISOLAB_TRANSLATABLE("Facts", "host name")},
    {"contract.ipc", ISOLAB_TRANSLATABLE("Facts", "System V IPC and queues")},
    {"contract.groups_seen", ISOLAB_TRANSLATABLE("Facts", "control groups seen")},
    {"contract.cache", ISOLAB_TRANSLATABLE("Facts", "start")},
    {"contract.limits", ISOLAB_TRANSLATABLE("Facts", "limits by")},
    {"contract.storage", ISOLAB_TRANSLATABLE("Facts", "storage")},
    {"contract.disk_room", ISOLAB_TRANSLATABLE("Facts", "room on disk")},
    {"contract.block_size", ISOLAB_TRANSLATABLE("Facts", "block size")},
    {"contract.cpus_seen", ISOLAB_TRANSLATABLE("Facts", "processors seen")},
    {"contract.memory_seen", ISOLAB_TRANSLATABLE("Facts", "memory seen")},
    {"contract.kernel", ISOLAB_TRANSLATABLE("Facts", "kernel")},
    {"contract.kernel_line", ISOLAB_TRANSLATABLE("Facts", "kernel command line")},
    {"contract.kernel_settings", ISOLAB_TRANSLATABLE("Facts", "kernel settings")},
    {"contract.kernel_files", ISOLAB_TRANSLATABLE("Facts", "files of the kernel")},
    {"contract.filter", ISOLAB_TRANSLATABLE("Facts", "system call filter")},
    {"contract.first_process", ISOLAB_TRANSLATABLE("Facts", "first process")},
    {"contract.processes_seen", ISOLAB_TRANSLATABLE("Facts", "processes seen")},
    {"contract.devices", ISOLAB_TRANSLATABLE("Facts", "devices")},
    {"contract.clock", ISOLAB_TRANSLATABLE("Facts", "uptime and load")},
    {"contract.accelerator", ISOLAB_TRANSLATABLE("Facts", "processor")},
    {"contract.machine", ISOLAB_TRANSLATABLE("Facts", "machine type")},
    {"contract.firmware", ISOLAB_TRANSLATABLE("Facts", "firmware")},
    {"contract.privileges", ISOLAB_TRANSLATABLE("Facts", "privileges")},
    // their values
    {"limit.unlimited", ISOLAB_TRANSLATABLE("Facts", "unlimited (asked: %1)")},
    {"network.loopback", ISOLAB_TRANSLATABLE("Facts", "loopback only")},
    {"network.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"hostname.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"ipc.own", ISOLAB_TRANSLATABLE("Facts", "its own")},
    {"ipc.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"groups_seen.own", ISOLAB_TRANSLATABLE("Facts", "its own")},
    {"groups_seen.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"cache.warm", ISOLAB_TRANSLATABLE("Facts", "warm: image unpacked, disk built, files in the page cache")},
    {"cache.cold",
     ISOLAB_TRANSLATABLE("Facts", "cold: image unpacked, disk built, the host's page cache dropped before "
                                  "each run")},
    {"cache.first", ISOLAB_TRANSLATABLE("Facts", "image unpacked, disk built; no warm-up, so the first run may read "
                                                 "files from the disk")},
    {"limits.cgroup", ISOLAB_TRANSLATABLE("Facts", "cgroup %1")},
    {"limits.none", ISOLAB_TRANSLATABLE("Facts", "not enforced: %1")},
    {"limits.counting", ISOLAB_TRANSLATABLE("Facts", "none; cgroup %1 only counts")},
    {"limits.off", ISOLAB_TRANSLATABLE("Facts", "none")},
    {"limits.machine", ISOLAB_TRANSLATABLE("Facts", "virtual CPUs and guest RAM")},
    {"storage.overlay", ISOLAB_TRANSLATABLE("Facts", "overlayfs on the host's file system")},
    {"storage.overlay.short", ISOLAB_TRANSLATABLE("Facts", "overlayfs")},
    {"storage.copy", ISOLAB_TRANSLATABLE("Facts", "copy on the host's file system")},
    {"storage.copy.short", ISOLAB_TRANSLATABLE("Facts", "copy")},
    {"storage.disk", ISOLAB_TRANSLATABLE("Facts", "ext4 on a qcow2 layer over a shared base disk, virtio-blk, cache "
                                                  "%1")},
    {"storage.disk.short", ISOLAB_TRANSLATABLE("Facts", "ext4")},
    {"disk_room.host", ISOLAB_TRANSLATABLE("Facts", "%1 free on the host's file system")},
    {"disk_room.disk", ISOLAB_TRANSLATABLE("Facts", "a disk of %1 with the image on it")},
    {"cpus_seen.host", ISOLAB_TRANSLATABLE("Facts", "%1, the host's; the limit is of time")},
    {"cpus_seen.all", ISOLAB_TRANSLATABLE("Facts", "%1, the host's")},
    {"cpus_seen.machine", ISOLAB_TRANSLATABLE("Facts", "%1")},
    {"memory_seen.host", ISOLAB_TRANSLATABLE("Facts", "%1, the host's; up to the limit all of it is the workload's")},
    {"memory_seen.all", ISOLAB_TRANSLATABLE("Facts", "%1, the host's")},
    {"memory_seen.machine", ISOLAB_TRANSLATABLE("Facts", "the limit, less what the guest's kernel keeps")},
    {"kernel_line.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"kernel_settings.host", ISOLAB_TRANSLATABLE("Facts", "the host's; its own for network and System V IPC")},
    {"kernel_settings.network", ISOLAB_TRANSLATABLE("Facts", "the host's; its own for network")},
    {"kernel_settings.ipc", ISOLAB_TRANSLATABLE("Facts", "the host's; its own for System V IPC")},
    {"kernel_settings.all", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"kernel_settings.machine", ISOLAB_TRANSLATABLE("Facts", "what the guest's kernel begins with")},
    {"kernel_files.masked", ISOLAB_TRANSLATABLE("Facts", "in /proc and /sys some hidden, the rest read-only")},
    {"kernel_files.host", ISOLAB_TRANSLATABLE("Facts", "all that the host's kernel shows, open to root")},
    {"kernel_files.open", ISOLAB_TRANSLATABLE("Facts", "all that the guest's kernel shows, open to root")},
    {"filter.default", ISOLAB_TRANSLATABLE("Facts", "seccomp, the default rules of containers")},
    {"filter.host", ISOLAB_TRANSLATABLE("Facts", "none; every call of the host's kernel can be tried")},
    {"filter.none", ISOLAB_TRANSLATABLE("Facts", "none; every call of the guest's kernel can be tried")},
    {"first_process.workload", ISOLAB_TRANSLATABLE("Facts", "the workload itself, so it ignores signals that it does "
                                                            "not handle")},
    {"first_process.host", ISOLAB_TRANSLATABLE("Facts", "the host's; the workload heeds signals as there")},
    {"first_process.init", ISOLAB_TRANSLATABLE("Facts", "Isolab's own; the workload is its child")},
    {"processes_seen.own", ISOLAB_TRANSLATABLE("Facts", "its own")},
    {"processes_seen.host", ISOLAB_TRANSLATABLE("Facts", "all of the host")},
    {"processes_seen.machine", ISOLAB_TRANSLATABLE("Facts", "its own and the threads of the guest's kernel")},
    {"devices.container", ISOLAB_TRANSLATABLE("Facts", "null, zero, full, random, urandom, tty")},
    {"devices.machine", ISOLAB_TRANSLATABLE("Facts", "all that the machine has")},
    {"clock.host", ISOLAB_TRANSLATABLE("Facts", "the host's")},
    {"clock.machine", ISOLAB_TRANSLATABLE("Facts", "its own")},
    {"accelerator.native", ISOLAB_TRANSLATABLE("Facts", "native")},
    {"accelerator.tcg", ISOLAB_TRANSLATABLE("Facts", "TCG: software emulation")},
    {"accelerator.tcg.short", ISOLAB_TRANSLATABLE("Facts", "TCG")},
    {"accelerator.kvm", ISOLAB_TRANSLATABLE("Facts", "KVM: hardware virtualisation")},
    {"accelerator.kvm.short", ISOLAB_TRANSLATABLE("Facts", "KVM")},
    {"machine.host", ISOLAB_TRANSLATABLE("Facts", "the host")},
    {"machine.acpi", ISOLAB_TRANSLATABLE("Facts", "%1: %2, QEMU %3, libvirt %4")},
    {"machine.no_acpi", ISOLAB_TRANSLATABLE("Facts", "%1: %2 without ACPI, QEMU %3, libvirt %4")},
    {"firmware.none", ISOLAB_TRANSLATABLE("Facts", "none")},
    {"privileges.root", ISOLAB_TRANSLATABLE("Facts", "root")},
    {"privileges.rootless", ISOLAB_TRANSLATABLE("Facts", "rootless")},
    {"privileges.root_all", ISOLAB_TRANSLATABLE("Facts", "root with every capability")},
    {"privileges.rootless_all", ISOLAB_TRANSLATABLE("Facts", "rootless, with every capability in its user namespace")},
    // worlds, where a statement names one
    {"world.native", ISOLAB_TRANSLATABLE("Facts", "Host")},
    {"world.container", ISOLAB_TRANSLATABLE("Facts", "Container")},
    {"world.runc", ISOLAB_TRANSLATABLE("Facts", "runc")},
    {"world.crun", ISOLAB_TRANSLATABLE("Facts", "crun")},
    {"world.youki", ISOLAB_TRANSLATABLE("Facts", "youki")},
    {"world.vm", ISOLAB_TRANSLATABLE("Facts", "Virtual machine")},
    {"world.vm-standard", ISOLAB_TRANSLATABLE("Facts", "Standard machine")},
    {"world.step", ISOLAB_TRANSLATABLE("Facts", "%1 … + %2")},
    {"ingredient.copy", ISOLAB_TRANSLATABLE("Facts", "a copy of the image")},
    {"ingredient.overlay", ISOLAB_TRANSLATABLE("Facts", "overlayfs in its place")},
    {"ingredient.pid", ISOLAB_TRANSLATABLE("Facts", "PID namespace")},
    {"ingredient.uts", ISOLAB_TRANSLATABLE("Facts", "UTS namespace")},
    {"ingredient.ipc", ISOLAB_TRANSLATABLE("Facts", "IPC namespace")},
    {"ingredient.network", ISOLAB_TRANSLATABLE("Facts", "network namespace")},
    {"ingredient.cgroup", ISOLAB_TRANSLATABLE("Facts", "cgroup namespace")},
    {"ingredient.limits", ISOLAB_TRANSLATABLE("Facts", "limits of the control group")},
    {"ingredient.kernel-files", ISOLAB_TRANSLATABLE("Facts", "hidden files of the kernel")},
    {"ingredient.capabilities", ISOLAB_TRANSLATABLE("Facts", "few capabilities")},
    {"ingredient.seccomp", ISOLAB_TRANSLATABLE("Facts", "seccomp filter")},
    {"meaning.native", ISOLAB_TRANSLATABLE("Facts", "The command on the host in the image's root: no isolation, no "
                                                    "limits.")},
    {"meaning.container", ISOLAB_TRANSLATABLE("Facts", "A container of Isolab's own engine.")},
    {"meaning.runc", ISOLAB_TRANSLATABLE("Facts", "The same container, started by runc, as Docker does.")},
    {"meaning.crun", ISOLAB_TRANSLATABLE("Facts", "The same container, started by crun, as podman does.")},
    {"meaning.youki", ISOLAB_TRANSLATABLE("Facts", "The same container, started by youki.")},
    {"meaning.vm", ISOLAB_TRANSLATABLE("Facts", "The least machine that runs a workload.")},
    {"meaning.vm-standard", ISOLAB_TRANSLATABLE("Facts", "What a careful user of libvirt gets: q35, ACPI, virtio.")},
    // experiments
    {"suite.textbook", ISOLAB_TRANSLATABLE("Facts", "The book, measured")},
    {"experiment.start", ISOLAB_TRANSLATABLE("Facts", "Start")},
    {"experiment.start.summary",
     ISOLAB_TRANSLATABLE("Facts", "From the start command until a web server answers: warm, "
                                  "and with the host's page cache dropped.")},
    {"experiment.deployment", ISOLAB_TRANSLATABLE("Facts", "First and second deployment")},
    {"experiment.deployment.summary",
     ISOLAB_TRANSLATABLE("Facts", "In an empty data folder: image taken in, made ready "
                                  "and started; then all of it again.")},
    {"experiment.density", ISOLAB_TRANSLATABLE("Facts", "Density and rate")},
    {"experiment.density.summary", ISOLAB_TRANSLATABLE("Facts", "More and more web servers, until the time, the cap or "
                                                                "the host's memory ends it: how many, and what each "
                                                                "further one costs.")},
    {"experiment.ingredients", ISOLAB_TRANSLATABLE("Facts", "Ingredients")},
    {"experiment.ingredients.summary", ISOLAB_TRANSLATABLE("Facts", "What each piece of isolation costs: each step has "
                                                                    "one piece more than the one before.")},
    {"condition.cpus", ISOLAB_TRANSLATABLE("Facts", "%1 CPUs")},
    {"condition.cold", ISOLAB_TRANSLATABLE("Facts", "cold")},
    {"condition.warm", ISOLAB_TRANSLATABLE("Facts", "warm")},
    {"condition.alone", ISOLAB_TRANSLATABLE("Facts", "alone")},
    {"condition.beside", ISOLAB_TRANSLATABLE("Facts", "beside %1")},
    {"condition.limited", ISOLAB_TRANSLATABLE("Facts", "with limits")},
    {"condition.unlimited", ISOLAB_TRANSLATABLE("Facts", "without limits")},
    {"end.cap", ISOLAB_TRANSLATABLE("Facts", "the cap of %1 was reached")},
    {"end.time", ISOLAB_TRANSLATABLE("Facts", "the time of %1 was over")},
    {"end.memory", ISOLAB_TRANSLATABLE("Facts", "of the host's memory %1 were available, and %2 are kept")},
    {"end.disk", ISOLAB_TRANSLATABLE("Facts", "of the data folder %1 were free, and %2 are kept")},
    {"end.pressure", ISOLAB_TRANSLATABLE("Facts", "the host waited for memory in %1 of the time")},
    {"end.lost", ISOLAB_TRANSLATABLE("Facts", "one of the instances ended")},
    {"end.failed", ISOLAB_TRANSLATABLE("Facts", "the next one did not start: %1")},
    {"row.ratio", ISOLAB_TRANSLATABLE("Facts", "%1 %2 (%3 – %4)")},
    {"row.figure", ISOLAB_TRANSLATABLE("Facts", "%1 %2")},
    {"row.interval", ISOLAB_TRANSLATABLE("Facts", "%1 %2 (%3 – %4)")},
    {"row.ended", ISOLAB_TRANSLATABLE("Facts", "%1: it ended because %2.")},
    {"row.absent", ISOLAB_TRANSLATABLE("Facts", "%1: not measured here, because %2.")},
    {"row.failed", ISOLAB_TRANSLATABLE("Facts", "%1 failed: %2")},
    {"row.not_measurable", ISOLAB_TRANSLATABLE("Facts", "not measurable here, because %1")},
    {"row.not_reached", ISOLAB_TRANSLATABLE("Facts", "not reached before it was stopped")},
    {"figure.ready", ISOLAB_TRANSLATABLE("Facts", "until ready")},
    {"figure.cpu_to_ready", ISOLAB_TRANSLATABLE("Facts", "CPU time until ready")},
    {"figure.cpu_total", ISOLAB_TRANSLATABLE("Facts", "CPU time altogether")},
    {"figure.memory", ISOLAB_TRANSLATABLE("Facts", "memory")},
    {"figure.stage.load.memory", ISOLAB_TRANSLATABLE("Facts", "memory under load")},
    {"figure.stage.after.memory", ISOLAB_TRANSLATABLE("Facts", "memory after the load")},
    {"figure.disk.logical", ISOLAB_TRANSLATABLE("Facts", "disk, logical")},
    {"figure.disk.allocated", ISOLAB_TRANSLATABLE("Facts", "disk, allocated")},
    {"figure.disk.shared", ISOLAB_TRANSLATABLE("Facts", "disk, shared")},
    {"figure.disk.unique", ISOLAB_TRANSLATABLE("Facts", "disk, unique")},
    {"figure.first.total", ISOLAB_TRANSLATABLE("Facts", "first deployment")},
    {"figure.second.total", ISOLAB_TRANSLATABLE("Facts", "second deployment")},
    {"figure.held", ISOLAB_TRANSLATABLE("Facts", "instances held")},
    {"figure.rate", ISOLAB_TRANSLATABLE("Facts", "instances started in a minute")},
    {"figure.start", ISOLAB_TRANSLATABLE("Facts", "start of each further one")},
    {"notice.deadline", ISOLAB_TRANSLATABLE("Facts", "It was cut off after %1; what was not reached is missing.")},
    {"text.and", ISOLAB_TRANSLATABLE("Facts", "%1, %2")},
    // what textbooks say, and what is measured of it (compare/textbook)
    {"claim.start", ISOLAB_TRANSLATABLE("Facts", "Start")},
    {"claim.memory", ISOLAB_TRANSLATABLE("Facts", "Memory")},
    {"claim.cpu", ISOLAB_TRANSLATABLE("Facts", "CPU to ready")},
    {"claim.disk", ISOLAB_TRANSLATABLE("Facts", "Disk, unique")},
    {"claim.deployment", ISOLAB_TRANSLATABLE("Facts", "First deployment")},
    {"claim.kernel", ISOLAB_TRANSLATABLE("Facts", "Kernel")},
    {"claim.density", ISOLAB_TRANSLATABLE("Facts", "Density")},
    {"claim.rate", ISOLAB_TRANSLATABLE("Facts", "Rate")},
    {"claim.performance", ISOLAB_TRANSLATABLE("Facts", "Performance")},
    {"claim.interference", ISOLAB_TRANSLATABLE("Facts", "Interference")},
    {"claim.isolation", ISOLAB_TRANSLATABLE("Facts", "Isolation")},
    {"claim.ingredients", ISOLAB_TRANSLATABLE("Facts", "Ingredients")},
    {"book.density", ISOLAB_TRANSLATABLE("Facts", "few / thousands on one host")},
    {"book.rate", ISOLAB_TRANSLATABLE("Facts", "10 in a minute / many in seconds")},
    {"book.performance", ISOLAB_TRANSLATABLE("Facts", "slower on virtual hardware / as on the host")},
    {"book.interference", ISOLAB_TRANSLATABLE("Facts", "– / isolated from each other")},
    {"book.isolation", ISOLAB_TRANSLATABLE("Facts", "more thorough / weaker, a kernel shared with the host")},
    {"book.ingredients", ISOLAB_TRANSLATABLE("Facts", "says nothing of it")},
    {"book.start", ISOLAB_TRANSLATABLE("Facts", "minutes / seconds")},
    {"book.memory", ISOLAB_TRANSLATABLE("Facts", "very much / very little")},
    {"book.cpu", ISOLAB_TRANSLATABLE("Facts", "very much / very little")},
    {"book.disk", ISOLAB_TRANSLATABLE("Facts", "a few to tens of GB / tens to hundreds of MB")},
    {"book.deployment", ISOLAB_TRANSLATABLE("Facts", "laborious each time / slower the first time")},
    {"book.kernel", ISOLAB_TRANSLATABLE("Facts", "any / like the host's")},
    {"doubt.few_runs", ISOLAB_TRANSLATABLE("Facts", "too few runs yet")},
    {"doubt.not_distinguishable", ISOLAB_TRANSLATABLE("Facts", "not distinguishable")},
    {"verdict.medians", ISOLAB_TRANSLATABLE("Facts", "%1 %2, %3 %4 (medians of %5 and %6 runs).")},
    {"verdict.distinguishable",
     ISOLAB_TRANSLATABLE("Facts", "The difference is distinguishable (permutation test, p = %1).")},
    {"verdict.not_distinguishable",
     ISOLAB_TRANSLATABLE("Facts", "Not distinguishable with these runs (permutation test, p = %1).")},
    {"verdict.below", ISOLAB_TRANSLATABLE("Facts", "%1: %2, less than the book says.")},
    {"verdict.within", ISOLAB_TRANSLATABLE("Facts", "%1: %2, as the book says.")},
    {"verdict.above", ISOLAB_TRANSLATABLE("Facts", "%1: %2, more than the book says.")},
    {"deployment.first", ISOLAB_TRANSLATABLE("Facts", "%1 / %2")},
    {"deployment.there", ISOLAB_TRANSLATABLE("Facts", "there already")},
    {"deployment.once", ISOLAB_TRANSLATABLE("Facts", "Unpacking the image and building the machine's disk, done once "
                                                     "for an image. From the second time on it is there already.")},
    {"kernel.same", ISOLAB_TRANSLATABLE("Facts", "same release")},
    {"kernel.own", ISOLAB_TRANSLATABLE("Facts", "own")},
    {"kernel.both", ISOLAB_TRANSLATABLE("Facts", "Virtual machine: %1. Container: %2, the host's.")},
    // what to know before trusting the numbers
    {"notice.tcg", ISOLAB_TRANSLATABLE("Facts", "%1: TCG, software emulation without hardware virtualisation. Its "
                                                "times are many times longer than with KVM.")},
    {"notice.race", ISOLAB_TRANSLATABLE("Facts", "Both sides ran at the same moment and disturbed each other: times of "
                                                 "a race are not compared.")},
    {"notice.few_runs", ISOLAB_TRANSLATABLE("Facts", "With fewer than %1 runs per side no difference can be called "
                                                     "certain.")},
    {"notice.governor", ISOLAB_TRANSLATABLE("Facts", "The processor's governor is powersave: its speed follows the "
                                                     "load slowly.")},
    {"notice.battery", ISOLAB_TRANSLATABLE("Facts", "This machine runs on its battery and may slow down.")},
    {"notice.debug_build", ISOLAB_TRANSLATABLE("Facts", "This is a debug build: the engine itself is slower than it "
                                                        "should be.")},
    {"notice.swap", ISOLAB_TRANSLATABLE("Facts", "%1 of swap are in use.")},
    {"notice.busy_host", ISOLAB_TRANSLATABLE("Facts", "This host is busy: load %1 on %2 CPUs.")},
    {"notice.pressure", ISOLAB_TRANSLATABLE("Facts", "Processes of this host wait for memory or disk.")},
    {"notice.low_disk", ISOLAB_TRANSLATABLE("Facts", "Only %1 are free in the data folder.")},
    {"notice.disturbed", ISOLAB_TRANSLATABLE("Facts", "%1 of %2 runs were disturbed by other work on this host.")},
    {"notice.killed", ISOLAB_TRANSLATABLE("Facts", "%1: %2 of %3 runs did not heed their stop signal and were ended by "
                                                   "force. Their stop times are not counted.")},
    {"notice.limits", ISOLAB_TRANSLATABLE("Facts", "%1: neither its %2 CPUs nor its %3 of memory are a limit here: "
                                                   "%4.")},
    {"notice.limits_one_cpu",
     ISOLAB_TRANSLATABLE("Facts", "%1: neither its 1 CPU nor its %2 of memory are a limit here: "
                                  "%3.")},
    {"notice.shared_memory", ISOLAB_TRANSLATABLE("Facts", "%1: shared memory and files in memory that no process maps "
                                                          "are missing in its memory: without a control group nobody "
                                                          "counts them: %2.")},
    {"notice.disk_made_again", ISOLAB_TRANSLATABLE("Facts", "Virtual machine: its disk was damaged and has been made "
                                                            "again: %1.")},
    {"notice.warning", ISOLAB_TRANSLATABLE("Facts", "%1: %2.")},
    {"notice.no_memory", ISOLAB_TRANSLATABLE("Facts", "%1: the memory of a run is unknown: %2")},
    {"notice.failed", ISOLAB_TRANSLATABLE("Facts", "%1.")},
    // what to do about them
    {"remedy.more_runs", ISOLAB_TRANSLATABLE("Facts", "Ask for at least 5 runs.")},
    {"remedy.kvm", ISOLAB_TRANSLATABLE("Facts", "Use a host with usable KVM.")},
    {"remedy.governor", ISOLAB_TRANSLATABLE("Facts", "Choose performance: cpupower frequency-set -g performance")},
    {"remedy.power", ISOLAB_TRANSLATABLE("Facts", "Connect it to power.")},
    {"remedy.build", ISOLAB_TRANSLATABLE("Facts", "Build with CMAKE_BUILD_TYPE=RelWithDebInfo.")},
    {"remedy.memory", ISOLAB_TRANSLATABLE("Facts", "Free some memory.")},
    {"remedy.let_end", ISOLAB_TRANSLATABLE("Facts", "Let other work end first.")},
    {"remedy.compare_again", ISOLAB_TRANSLATABLE("Facts", "Let other work end, then compare again.")},
    {"remedy.room", ISOLAB_TRANSLATABLE("Facts", "Make room.")},
    {"remedy.heed", ISOLAB_TRANSLATABLE("Facts", "Choose a command that ends when it gets the stop signal of the "
                                                 "image.")},
    {"remedy.check", ISOLAB_TRANSLATABLE("Facts", "isolab check tells what is needed.")},
};

#undef ISOLAB_TRANSLATABLE

} // namespace

const char* fact_text(std::string_view id) noexcept {
    const auto* const found = std::ranges::find(texts, id, &FactText::id);
    return found != std::ranges::end(texts) ? found->english : nullptr;
}

std::vector<std::string> fact_ids() {
    std::vector<std::string> ids;
    for (const FactText& text : texts)
        ids.emplace_back(text.id);
    return ids;
}

} // namespace isolab
