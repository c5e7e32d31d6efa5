// SPDX-License-Identifier: GPL-3.0-or-later
//
// English texts of the libraries and of the workload catalogue that Words::known() can translate. A text that is not
// listed here is shown as it is.
#include "gui/models/catalogue_words.h"

#include <QtGlobal>

namespace isolab {

namespace {

[[maybe_unused]] const char* const catalogue_words[] = {
    // resources/workloads
    QT_TRANSLATE_NOOP("Catalogue", "Hello"),
    QT_TRANSLATE_NOOP("Catalogue", "Prints one line and ends: what a world costs when the work costs nothing."),
    QT_TRANSLATE_NOOP("Catalogue", "Compute"),
    QT_TRANSLATE_NOOP("Catalogue", "One second of integer arithmetic: how fast a processor is inside."),
    QT_TRANSLATE_NOOP("Catalogue", "Web server"),
    QT_TRANSLATE_NOOP("Catalogue", "A small web server, ready when it answers its first request."),
    QT_TRANSLATE_NOOP("Catalogue", "nginx"),
    QT_TRANSLATE_NOOP("Catalogue", "A full web server, ready when it answers its first request."),
    QT_TRANSLATE_NOOP("Catalogue", "Redis"),
    QT_TRANSLATE_NOOP("Catalogue", "A database in memory, ready when it accepts connections."),
    QT_TRANSLATE_NOOP("Catalogue", "The image's own command, run to its end"),
    // sides
    QT_TRANSLATE_NOOP("Catalogue", "Container"),
    QT_TRANSLATE_NOOP("Catalogue", "Virtual machine"),
    // conditions of the fairness contract
    QT_TRANSLATE_NOOP("Catalogue", "image"),
    QT_TRANSLATE_NOOP("Catalogue", "command"),
    QT_TRANSLATE_NOOP("Catalogue", "environment"),
    QT_TRANSLATE_NOOP("Catalogue", "user"),
    QT_TRANSLATE_NOOP("Catalogue", "working directory"),
    QT_TRANSLATE_NOOP("Catalogue", "stop signal"),
    QT_TRANSLATE_NOOP("Catalogue", "CPUs"),
    QT_TRANSLATE_NOOP("Catalogue", "memory limit"),
    QT_TRANSLATE_NOOP("Catalogue", "ready when"),
    QT_TRANSLATE_NOOP("Catalogue", "network"),
    QT_TRANSLATE_NOOP("Catalogue", "start"),
    QT_TRANSLATE_NOOP("Catalogue", "limits by"),
    QT_TRANSLATE_NOOP("Catalogue", "storage"),
    QT_TRANSLATE_NOOP("Catalogue", "kernel"),
    QT_TRANSLATE_NOOP("Catalogue", "kernel command line"),
    QT_TRANSLATE_NOOP("Catalogue", "processor"),
    QT_TRANSLATE_NOOP("Catalogue", "machine type"),
    QT_TRANSLATE_NOOP("Catalogue", "firmware"),
    QT_TRANSLATE_NOOP("Catalogue", "privileges"),
    // their values
    QT_TRANSLATE_NOOP("Catalogue", "loopback only"),
    QT_TRANSLATE_NOOP("Catalogue", "warm: image unpacked, disk built, files in the page cache"),
    QT_TRANSLATE_NOOP("Catalogue", "virtual CPUs and guest RAM"),
    QT_TRANSLATE_NOOP("Catalogue", "ext4 on a qcow2 layer over a shared base disk, virtio-blk"),
    QT_TRANSLATE_NOOP("Catalogue", "TCG: software emulation"),
    QT_TRANSLATE_NOOP("Catalogue", "KVM: hardware virtualisation"),
    QT_TRANSLATE_NOOP("Catalogue", "overlayfs on the host's file system"),
    QT_TRANSLATE_NOOP("Catalogue", "copy on the host's file system"),
    QT_TRANSLATE_NOOP("Catalogue", "the host's"),
    QT_TRANSLATE_NOOP("Catalogue", "native"),
    QT_TRANSLATE_NOOP("Catalogue", "the host"),
    QT_TRANSLATE_NOOP("Catalogue", "none"),
    QT_TRANSLATE_NOOP("Catalogue", "root"),
    QT_TRANSLATE_NOOP("Catalogue", "rootless"),
    // the short forms of some of them
    QT_TRANSLATE_NOOP("Catalogue", "copy"),
    QT_TRANSLATE_NOOP("Catalogue", "ext4"),
    QT_TRANSLATE_NOOP("Catalogue", "overlayfs"),
    // steps of the first deployment
    QT_TRANSLATE_NOOP("Catalogue", "unpack layers"),
    QT_TRANSLATE_NOOP("Catalogue", "open the hypervisor"),
    QT_TRANSLATE_NOOP("Catalogue", "build base disk"),
    // definitions of the memory figure
    QT_TRANSLATE_NOOP("Catalogue", "PSS at ready"),
    QT_TRANSLATE_NOOP("Catalogue", "peak resident set"),
    // prerequisites
    QT_TRANSLATE_NOOP("Catalogue", "Linux namespaces"),
    QT_TRANSLATE_NOOP("Catalogue", "user namespaces without root"),
    QT_TRANSLATE_NOOP("Catalogue", "networks without root"),
    QT_TRANSLATE_NOOP("Catalogue", "limits for memory and CPUs"),
    QT_TRANSLATE_NOOP("Catalogue", "file-descriptor based mounts"),
    QT_TRANSLATE_NOOP("Catalogue", "overlay file system"),
    QT_TRANSLATE_NOOP("Catalogue", "system call filter"),
    QT_TRANSLATE_NOOP("Catalogue", "isolab-runtime"),
    QT_TRANSLATE_NOOP("Catalogue", "data folder"),
    QT_TRANSLATE_NOOP("Catalogue", "ranges of user ids"),
    QT_TRANSLATE_NOOP("Catalogue", "fast firmware qboot"),
    QT_TRANSLATE_NOOP("Catalogue", "libvirt connection"),
    QT_TRANSLATE_NOOP("Catalogue", "libvirt QEMU driver"),
    QT_TRANSLATE_NOOP("Catalogue", "hardware virtualisation (KVM)"),
    QT_TRANSLATE_NOOP("Catalogue", "kernel for guests"),
    QT_TRANSLATE_NOOP("Catalogue", "QEMU"),
    QT_TRANSLATE_NOOP("Catalogue", "the guest's first process"),
    QT_TRANSLATE_NOOP("Catalogue", "maker of ext4 disks"),
    // notices
    QT_TRANSLATE_NOOP("Catalogue",
                      "Both sides ran at the same moment and disturbed each other: times of a race are not compared."),
    QT_TRANSLATE_NOOP("Catalogue", "Processes of this host wait for memory or disk."),
    QT_TRANSLATE_NOOP("Catalogue", "This is a debug build: the engine itself is slower than it should be."),
    QT_TRANSLATE_NOOP("Catalogue", "This machine runs on its battery and may slow down."),
    QT_TRANSLATE_NOOP("Catalogue", "The processor's governor is powersave: its speed follows the load slowly."),
    // what became of a machine's disk
    QT_TRANSLATE_NOOP("Catalogue", "it is empty"),
    QT_TRANSLATE_NOOP("Catalogue", "it holds no file system"),
    QT_TRANSLATE_NOOP("Catalogue", "its content is not what was written"),
    // what to do about them
    QT_TRANSLATE_NOOP("Catalogue", "Ask for at least 5 runs."),
    QT_TRANSLATE_NOOP("Catalogue", "Use a host with usable KVM."),
    QT_TRANSLATE_NOOP("Catalogue", "Choose performance: cpupower frequency-set -g performance"),
    QT_TRANSLATE_NOOP("Catalogue", "Connect it to power."),
    QT_TRANSLATE_NOOP("Catalogue", "Build with CMAKE_BUILD_TYPE=RelWithDebInfo."),
    QT_TRANSLATE_NOOP("Catalogue", "Free some memory."),
    QT_TRANSLATE_NOOP("Catalogue", "Let other work end first."),
    QT_TRANSLATE_NOOP("Catalogue", "Let other work end, then compare again."),
    QT_TRANSLATE_NOOP("Catalogue", "Make room."),
    QT_TRANSLATE_NOOP("Catalogue", "Choose a command that ends when it gets the stop signal of the image."),
};

/// Texts with something in them that is not the same each time.
constexpr const char* patterns[] = {
    QT_TRANSLATE_NOOP("Catalogue", "With fewer than %1 runs per side no difference can be called certain."),
    QT_TRANSLATE_NOOP("Catalogue",
                      "%1: TCG, software emulation without hardware virtualisation. Its times are many times longer "
                      "than with KVM."),
    QT_TRANSLATE_NOOP("Catalogue", "%1: its disk was damaged and has been made again: %2."),
    QT_TRANSLATE_NOOP("Catalogue", "its size is %1 bytes, and was %2"),
    QT_TRANSLATE_NOOP("Catalogue", "This host is busy: load %1 on %2 CPUs."),
    QT_TRANSLATE_NOOP("Catalogue", "%1 of %2 runs were disturbed by other work on this host."),
    QT_TRANSLATE_NOOP("Catalogue", "Container: neither its %1 nor its %2 of memory are a limit here: %3."),
    QT_TRANSLATE_NOOP("Catalogue",
                      "Container: shared memory and files in memory that no process maps are missing in its memory: "
                      "without a control group nobody counts them: %1."),
    QT_TRANSLATE_NOOP("Catalogue",
                      "%1: %2 of %3 runs did not heed their stop signal and were ended by force. Their stop times are "
                      "not counted."),
    QT_TRANSLATE_NOOP("Catalogue", "%1 of swap are in use."),
    QT_TRANSLATE_NOOP("Catalogue", "Only %1 are free in the data folder."),
    QT_TRANSLATE_NOOP("Catalogue", "not enforced: %1"),
};

} // namespace

std::span<const char* const> catalogue_patterns() { return patterns; }

} // namespace isolab
