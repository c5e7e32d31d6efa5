// SPDX-License-Identifier: GPL-3.0-or-later
//
// hold_machine ROOT [IMAGE [MOMENT]]: opens a data folder's hypervisor, and tells of zombies; with an image's digest,
// starts a machine from its disk, writes the number of its QEMU process to standard output and waits to be killed.
// MOMENT is when it writes that: "start", as soon as it knows the number; "system", the same of a whole machine, of the
// disks ROOT/cache/system.qcow2 and ROOT/cache/seed, which boots nothing; "run", when the workload runs; "stop", while
// it waits for the workload to heed its stop signal, which it ignores.
#include <cstdio>

#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "tests/support/places.h"
#include "tests/virt/vm_fixture.h"

using namespace isolab;
using namespace isolab::test;

namespace {

bool tell(pid_t pid) { return ::write(1, &pid, sizeof pid) == sizeof pid; }

/// Tells of QEMU while the machine starts.
class EarlyTeller final : public InstanceObserver {
  public:
    void on_process(pid_t pid) override { tell(pid); }
    void on_mark(const PhaseMark&) override {}
    void on_output(OutputStream, std::string_view, Nanoseconds) override {}
    void on_probe_ready(Nanoseconds, std::optional<Nanoseconds>) override {}
    void on_exit(const ExitStatus&, Nanoseconds, std::optional<Nanoseconds>) override {}
};

/// Whether no QEMU has ended unnoticed: as the init of a process namespace, this process gets all orphans in it.
bool all_reaped() {
    bool all = true;
    siginfo_t ended{};
    while (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid > 0) {
        const auto name = read_file("/proc/" + std::to_string(ended.si_pid) + "/comm", 64);
        if (name && name->starts_with("qemu-system")) {
            std::fprintf(stderr, "process %d was not reaped: %s", ended.si_pid, name->c_str());
            all = false;
        }
        ::waitpid(ended.si_pid, nullptr, 0);
        ended = {};
    }
    return all;
}

} // namespace

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
        return all_reaped() ? 0 : 1;
    auto disk = (*hypervisor)->find_disk(arguments[2]);
    if (!disk)
        return 1;
    MachineRequest request;
    request.disk = std::move(*disk);
    request.process = test::busybox({"sh", "-c", "trap '' TERM; echo up; while :; do sleep 1; done"});
    request.limits = {1, 128U << 20U};
    const std::string_view moment = count > 3 ? arguments[3] : "run";
    if (moment == "system") {
        request.kind = MachineKind::full;
        request.system = test::empty_system(arguments[1]);
    }
    test::RecordingObserver observer;
    EarlyTeller early;
    const auto machine = moment == "start" || moment == "system" ? (*hypervisor)->start(request, early, {})
                                                                 : (*hypervisor)->start(request, observer, {});
    if (!machine) {
        std::fprintf(stderr, "%s\n", machine.error().message().c_str());
        return 1;
    }
    const auto usage = (*machine)->usage();
    if (!usage || !observer.wait_output("up") || !tell(usage->vmm_pid))
        return 1;
    if (moment == "stop")
        return (*machine)->stop(std::chrono::hours(1)) ? 0 : 1;
    ::pause();
}
