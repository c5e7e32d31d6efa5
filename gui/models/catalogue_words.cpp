// SPDX-License-Identifier: GPL-3.0-or-later
//
// English texts of the libraries and of the workload catalogue that Words::known() can translate. A text that is not
// listed here is shown as it is.
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
    // why a world cannot be measured
    QT_TRANSLATE_NOOP("Catalogue", "it is not installed"),
    QT_TRANSLATE_NOOP("Catalogue", "other runtimes are started by root only"),
    QT_TRANSLATE_NOOP("Catalogue", "there is no machine image that boots"),
    QT_TRANSLATE_NOOP("Catalogue", "there is no machine image that boots by a BIOS"),
    QT_TRANSLATE_NOOP("Catalogue", "there is no machine image that boots by UEFI"),
    // what became of a machine's disk
    QT_TRANSLATE_NOOP("Catalogue", "it is empty"),
    QT_TRANSLATE_NOOP("Catalogue", "it holds no file system"),
    QT_TRANSLATE_NOOP("Catalogue", "its content is not what was written"),
};

} // namespace
} // namespace isolab
