// SPDX-License-Identifier: GPL-3.0-or-later
//
// The first process of the guest: brings up just what a workload needs, runs it, tells the host about it over
// the channel and powers the machine off.
#include <cerrno>

#include <x86intrin.h>

#include "virt/guest_init/boot.h"
#include "virt/guest_init/channel.h"
#include "virt/guest_init/serve.h"
#include "virt/guest_init/shown_files.h"

namespace isolab::guest {
namespace {

constexpr const char* first_disk = "/dev/vda";
constexpr const char* new_root = "/root";
constexpr int port_patience = 2; ///< seconds

[[noreturn]] void run(std::uint64_t started, std::uint64_t started_tsc) noexcept {
    mount_early();
    load_modules();
    if (const int error = open_channel(nullptr, port_patience); error != 0)
        give_up(Step::modules, error, "virtio-serial port");
    say_hello(started, started_tsc);
    Record record;
    Workload workload;
    receive_workload(record, workload);
    keep_files_in("/");
    switch_to_disk(first_disk, new_root);
    set_up_network(workload.hostname);
    serve_workload(workload);
}

} // namespace
} // namespace isolab::guest

int main() {
    const std::uint64_t tsc = __rdtsc();
    isolab::guest::run(isolab::guest::boot_time(), tsc);
}
