// SPDX-License-Identifier: GPL-3.0-or-later
//
// hold_machine ROOT [IMAGE]: opens a data folder's hypervisor; with an image's digest, starts a machine from its disk,
// writes the number of its QEMU process to standard output and waits to be killed.
#include <cstdio>

#include <unistd.h>

#include "tests/support/places.h"
#include "tests/virt/vm_fixture.h"

using namespace isolab;
using namespace isolab::test;

int main(int count, char** arguments) {
    HypervisorOptions options;
    options.root = arguments[1];
    options.accelerator = Accelerator::tcg;
    options.guest_init = program_file("isolab-guest-init");
    const auto hypervisor = Hypervisor::open(options, {});
    if (!hypervisor) {
        std::fprintf(stderr, "%s\n", hypervisor.error().message().c_str());
        return 1;
    }
    if (count < 3)
        return 0;
    auto disk = (*hypervisor)->find_disk(arguments[2]);
    if (!disk)
        return 1;
    MachineRequest request;
    request.disk = std::move(*disk);
    request.process = test::busybox({"sleep", "1000"});
    request.limits = {1, 128U << 20U};
    test::RecordingObserver observer;
    const auto machine = (*hypervisor)->start(request, observer, {});
    if (!machine) {
        std::fprintf(stderr, "%s\n", machine.error().message().c_str());
        return 1;
    }
    const auto usage = (*machine)->usage();
    if (!usage || ::write(1, &usage->vmm_pid, sizeof usage->vmm_pid) != sizeof usage->vmm_pid)
        return 1;
    ::pause();
}
