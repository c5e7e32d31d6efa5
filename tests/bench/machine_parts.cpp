// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/machine_parts.h"

#include <array>
#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <unistd.h>

#include "tests/support/places.h"
#include "virt/guest/guest_records.h"
#include "virt/host/host_programs.h"

namespace isolab::bench {
namespace {

namespace fs = std::filesystem;

Nanoseconds moment(const guest::GuestStamp& stamp) {
    return monotonic_now() - Nanoseconds(static_cast<std::int64_t>(stamp.sent - stamp.happened));
}

ssize_t read_some(int channel, std::array<char, 65536>& buffer) {
    pollfd waiting{channel, POLLIN, 0};
    ::poll(&waiting, 1, -1);
    const ssize_t count = ::read(channel, buffer.data(), buffer.size());
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? read_some(channel, buffer) : count;
}

} // namespace

Result<MachineParts> prepare_parts(const fs::path& data, MachineKind kind, const fs::path& tree, const fs::path& work) {
    HypervisorOptions options;
    options.root = data;
    options.kind = kind;
    options.guest_init = test::program_file("isolab-guest-init");
    MachineParts parts;
    ISOLAB_ASSIGN(const auto hypervisor, Hypervisor::open(options, {}));
    parts.facts = hypervisor->facts(machine_limits);
    ISOLAB_ASSIGN(parts.source, find_kernel(kernel_search(options)));
    ISOLAB_ASSIGN(parts.kernel, prepare_kernel(parts.source, options.guest_init, work));
    GuestImages images(work / "disks");
    NoProgress progress;
    if (const auto found = images.find("sha256:bench"); found) {
        parts.disk = *found;
    } else {
        ISOLAB_ASSIGN(parts.disk, images.make(tree, "sha256:bench", progress, {}));
    }
    return parts;
}

Result<Nanoseconds> run_hello(int channel) {
    const ProcessSpec process{{"/bin/echo", "Hello from Isolab"}, {"PATH=/bin"}};
    const std::string start = encode_start(process, {}, std::nullopt, "bench");
    if (::write(channel, start.data(), start.size()) != static_cast<ssize_t>(start.size()))
        return fail_errno(errno, "write to", "the guest's channel");
    RecordReader reader;
    std::array<char, 65536> buffer{};
    std::optional<Nanoseconds> executed;
    std::optional<int> code;
    for (ssize_t count = 0; (count = read_some(channel, buffer)) > 0;) {
        reader.append(buffer.data(), static_cast<std::size_t>(count));
        for (;;) {
            ISOLAB_ASSIGN(const std::optional<GuestRecord> record, reader.next());
            if (!record)
                break;
            if (record->header.kind == guest::RecordKind::executed)
                if (const auto stamp = record->as<guest::GuestStamp>())
                    executed = moment(*stamp);
            if (record->header.kind == guest::RecordKind::exited)
                if (const auto exited = record->as<guest::Exited>())
                    code = exited->code;
        }
    }
    if (code != 0 || !executed)
        return fail(ErrorKind::system, "run hello in", "the machine",
                    code ? "it exited with " + std::to_string(*code) : "the guest did not report its end");
    return *executed;
}

int print_times(const char* name, long runs, const std::function<Result<MachineTimes>()>& run_once) {
    std::string executed;
    std::string gone;
    for (; runs > 0; --runs) {
        const auto times = run_once();
        if (!times) {
            std::fprintf(stderr, "%s: %s\n", name, times.error().message().c_str());
            return 1;
        }
        executed += (executed.empty() ? "" : ",") + std::to_string(times->executed);
        gone += (gone.empty() ? "" : ",") + std::to_string(times->gone);
    }
    std::printf("{\"executed\": [%s], \"gone\": [%s]}\n", executed.c_str(), gone.c_str());
    return 0;
}

} // namespace isolab::bench
