// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/library_sentences.h"

#include <array>
#include <utility>
#include <vector>

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// Each with its values, which may be sentences of the table as well, as %1, %2. The first that fits is taken.
constexpr std::array patterns{
    // engine/check.cpp, engine/cgroup/cgroup_layout.cpp
    QT_TRANSLATE_NOOP("Library", "the kernel has no %1 namespaces"),
    QT_TRANSLATE_NOOP("Library", "Use a kernel with all kinds of namespaces"),
    QT_TRANSLATE_NOOP("Library", "available"),
    QT_TRANSLATE_NOOP("Library", "not needed as root"),
    QT_TRANSLATE_NOOP("Library", "control groups %1: %2"),
    QT_TRANSLATE_NOOP("Library", "control groups %1"),
    QT_TRANSLATE_NOOP("Library", "Run as root on a machine with control groups"),
    QT_TRANSLATE_NOOP("Library", "the cgroup v1 controllers memory and cpu are not both mounted"),
    QT_TRANSLATE_NOOP("Library", "cgroup v1 groups belong to root; run as root to limit memory and CPU"),
    QT_TRANSLATE_NOOP("Library", "cgroup v1 groups belong to root"),
    QT_TRANSLATE_NOOP("Library", "run as root to limit memory and CPU"),
    QT_TRANSLATE_NOOP("Library", "no cgroup2 group was delegated to this user; run as root, or inside %1"),
    QT_TRANSLATE_NOOP("Library", "no cgroup2 group was delegated to this user"),
    QT_TRANSLATE_NOOP("Library", "run as root, or inside %1"),
    QT_TRANSLATE_NOOP("Library", "no control groups are mounted on this machine"),
    QT_TRANSLATE_NOOP("Library", "%1 is read-only here; run outside of this container, or mount it writable"),
    QT_TRANSLATE_NOOP("Library", "kernel %1 lacks mount_setattr(2)"),
    QT_TRANSLATE_NOOP("Library", "kernel %1"),
    QT_TRANSLATE_NOOP("Library", "Use Linux 5.12 or later"),
    QT_TRANSLATE_NOOP("Library", "not tried: the data folder cannot be used"),
    QT_TRANSLATE_NOOP("Library", "not tried yet: the data folder holds no images"),
    QT_TRANSLATE_NOOP("Library", "works in %1"),
    QT_TRANSLATE_NOOP("Library", "%1; each container gets a full copy of its image"),
    QT_TRANSLATE_NOOP("Library", "Load the module (modprobe overlay), or use a data folder on ext4, xfs or btrfs"),
    QT_TRANSLATE_NOOP("Library", "actions: %1"),
    QT_TRANSLATE_NOOP("Library", "the kernel has no seccomp filters"),
    QT_TRANSLATE_NOOP("Library", "Use a kernel with CONFIG_SECCOMP_FILTER"),
    QT_TRANSLATE_NOOP("Library", "Build or install Isolab completely"),
    QT_TRANSLATE_NOOP("Library", "Build or install Isolab again"),
    QT_TRANSLATE_NOOP("Library", "newuidmap and a range in /etc/subuid"),
    // virt/virt_check.cpp, virt/host/host_check.cpp, virt/host/kvm_probe.cpp
    QT_TRANSLATE_NOOP("Library", "software emulation was asked for"),
    QT_TRANSLATE_NOOP("Library", "qboot.rom is not installed; machines start with SeaBIOS, more slowly"),
    QT_TRANSLATE_NOOP("Library", "%1; machines are emulated in software (TCG)"),
    QT_TRANSLATE_NOOP("Library", "%1 is not installed"),
    QT_TRANSLATE_NOOP("Library", "there is no user libvirt-qemu"),
    QT_TRANSLATE_NOOP("Library", "Make it with: %1"),
    QT_TRANSLATE_NOOP("Library", "this machine's CPU is %1, and guests are x86_64"),
    QT_TRANSLATE_NOOP("Library", "this program runs on gVisor, which shows no KVM"),
    QT_TRANSLATE_NOOP("Library", "Run Isolab outside of that sandbox"),
    QT_TRANSLATE_NOOP("Library", "WSL shows a CPU with neither vmx nor svm"),
    QT_TRANSLATE_NOOP("Library", "Set nestedVirtualization=true in .wslconfig, and restart WSL"),
    QT_TRANSLATE_NOOP("Library", "%1 shows neither vmx nor svm"),
    QT_TRANSLATE_NOOP("Library", "Switch nested virtualisation on in the machine around this one: %1"),
    QT_TRANSLATE_NOOP("Library", "Switch nested virtualisation on in the machine around this one"),
    QT_TRANSLATE_NOOP("Library", "the CPU of this virtual machine (%1)"),
    QT_TRANSLATE_NOOP("Library", "the CPU of this virtual machine"),
    QT_TRANSLATE_NOOP("Library",
                      "the CPU shows neither vmx nor svm: it is switched off in the firmware, or it has neither"),
    QT_TRANSLATE_NOOP("Library", "Switch %1 on in the firmware's setup"),
    QT_TRANSLATE_NOOP("Library", "the host's kernel module %1 is not loaded"),
    QT_TRANSLATE_NOOP("Library", "Load it on the host: %1"),
    QT_TRANSLATE_NOOP("Library", "the kernel %1 has no module %2"),
    QT_TRANSLATE_NOOP("Library", "Start a kernel that has KVM, such as the distribution's usual one"),
    QT_TRANSLATE_NOOP("Library", "the kernel module %1 is not loaded"),
    QT_TRANSLATE_NOOP("Library", "Load it: %1"),
    QT_TRANSLATE_NOOP("Library", "root of this container may not open /dev/kvm"),
    QT_TRANSLATE_NOOP("Library", "Allow the device when the container is started: %1"),
    QT_TRANSLATE_NOOP("Library", "this user may not open /dev/kvm, which is the group %1's"),
    QT_TRANSLATE_NOOP("Library", "this user may not open /dev/kvm"),
    QT_TRANSLATE_NOOP("Library", "The user is in that group since this session began: log in again"),
    QT_TRANSLATE_NOOP("Library", "Add the user to it: %1; log in again"),
    QT_TRANSLATE_NOOP("Library", "/dev/kvm does not exist in this container"),
    QT_TRANSLATE_NOOP("Library", "Show it when the container is started: %1"),
    QT_TRANSLATE_NOOP("Library", "/dev/kvm does not exist, though the module is loaded"),
    QT_TRANSLATE_NOOP("Library", "Make it: %1"),
    QT_TRANSLATE_NOOP("Library", "/dev/kvm does not open: %1"),
    QT_TRANSLATE_NOOP("Library", "See what the kernel says: dmesg"),
    QT_TRANSLATE_NOOP("Library", "libvirt does not offer KVM for this QEMU"),
    QT_TRANSLATE_NOOP("Library", "Install QEMU with KVM support"),
    QT_TRANSLATE_NOOP("Library", "another hypervisor, of the module %1, has the CPU's virtualisation"),
    QT_TRANSLATE_NOOP("Library", "another hypervisor has the CPU's virtualisation"),
    QT_TRANSLATE_NOOP("Library", "End its machines, or unload it: %1"),
    QT_TRANSLATE_NOOP("Library", "End its machines"),
    QT_TRANSLATE_NOOP("Library",
                      "%1 is a paravirtual one, without the CPU's help, and does not run guests properly: %2"),
    QT_TRANSLATE_NOOP("Library", "the KVM of this virtual machine (%1)"),
    QT_TRANSLATE_NOOP("Library", "the KVM of this virtual machine"),
    QT_TRANSLATE_NOOP("Library", "the nested KVM of this virtual machine (%1)"),
    QT_TRANSLATE_NOOP("Library", "the nested KVM of this virtual machine"),
    QT_TRANSLATE_NOOP("Library", "%1 does not run guests properly: %2"),
    QT_TRANSLATE_NOOP("Library", "it was not tried"),
    QT_TRANSLATE_NOOP("Library", "it opens and makes machines, but gives up on their instructions: %1"),
    QT_TRANSLATE_NOOP("Library", "it opens and makes machines, but they hang: %1"),
    QT_TRANSLATE_NOOP("Library", "it opens and makes machines, but emulates them slowly: %1"),
    QT_TRANSLATE_NOOP("Library", "it opens, but makes no machine: %1"),
    QT_TRANSLATE_NOOP(
        "Library", "a loop that takes hardware 0.2 ms took %1, then KVM stopped at an ordinary instruction (exit %2)"),
    QT_TRANSLATE_NOOP("Library", "a loop that takes hardware 0.2 ms took %1"),
    QT_TRANSLATE_NOOP("Library", "the first loop did not end, then KVM stopped at an ordinary instruction (exit %1)"),
    QT_TRANSLATE_NOOP("Library", "the first loop did not end"),
    QT_TRANSLATE_NOOP("Library", "Use a real machine, or a virtual one whose CPU shows vmx or svm"),
    QT_TRANSLATE_NOOP("Library", "Use a real machine, or a virtual one whose nested virtualisation works"),
    // remedies of many
    QT_TRANSLATE_NOOP("Library", "Install the package %1"),
    QT_TRANSLATE_NOOP("Library", "Install %1"),
};

struct Pattern {
    const char* english;
    QRegularExpression shape;
};

std::vector<Pattern> make_shapes() {
    std::vector<Pattern> shapes;
    for (const char* english : patterns) {
        QString shape = QRegularExpression::escape(QString::fromUtf8(english));
        shape.replace(QRegularExpression(uR"(\\%[1-9])"_s), u"(.+?)"_s);
        shapes.push_back({english, QRegularExpression(QRegularExpression::anchoredPattern(shape),
                                                      QRegularExpression::DotMatchesEverythingOption)});
    }
    return shapes;
}

/// Of all values at once: a value may contain what looks like the place of another.
QString filled(const QString& pattern, const QStringList& values) {
    QString text;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const int place = pattern.at(i) == u'%' && i + 1 < pattern.size() ? pattern.at(i + 1).digitValue() : -1;
        if (place >= 1 && place <= values.size()) {
            text += values.at(place - 1);
            ++i;
        } else {
            text += pattern.at(i);
        }
    }
    return text;
}

QString translated_sentence(const QString& english) {
    static const std::vector<Pattern> shapes = make_shapes();
    for (const Pattern& pattern : shapes) {
        const auto match = pattern.shape.match(english);
        if (!match.hasMatch())
            continue;
        QStringList values;
        for (int i = 1; i <= match.lastCapturedIndex(); ++i)
            values << translated_sentence(match.captured(i));
        return filled(QCoreApplication::translate("Library", pattern.english), values);
    }
    return english;
}

} // namespace

QString translated_sentences(const std::string& english) {
    static const QRegularExpression between(uR"(\. (?=[A-Z]))"_s);
    QStringList sentences;
    for (const QString& sentence : QString::fromStdString(english).split(between))
        sentences << translated_sentence(sentence);
    return sentences.join(QCoreApplication::translate("Library", ". ", "between two sentences"));
}

} // namespace isolab
