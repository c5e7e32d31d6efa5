// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/shared_namespaces.h"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace isolab {
namespace {

constexpr std::string_view container_prefix = "container:";

/// Of a process that is proven to be the one meant, before and after.
Result<UniqueFd> open_namespace(const SharingContainer& container, const std::string& file) {
    auto process = open_process(container.process);
    UniqueFd opened;
    if (process)
        opened.reset(
            ::open(("/proc/" + std::to_string(container.process.pid) + "/ns/" + file).c_str(), O_RDONLY | O_CLOEXEC));
    const int error = errno;
    if (!process || !has_number(*process))
        return fail(ErrorKind::unavailable, "share namespaces with container", container.id.substr(0, 12),
                    "it is not running", "Start it first");
    if (!opened)
        return fail_errno(error, "open the " + file + " namespace of container", container.id.substr(0, 12));
    return opened;
}

Result<void> add(SharedNamespaces& shared, const std::string& type, const std::string& file,
                 const SharingContainer& container) {
    ISOLAB_ASSIGN(UniqueFd opened, open_namespace(container, file));
    shared.joined.push_back({type, "/proc/self/fd/" + std::to_string(shared.past_last_number())});
    shared.files.push_back(std::move(opened));
    return {};
}

} // namespace

Result<SharedNamespaces> open_shared_namespaces(const ContainerSettings& settings, const FindContainer& find) {
    struct Shared {
        const std::string& mode;
        const char* type; ///< in a runtime specification
        const char* file; ///< below /proc/PID/ns
    };
    const std::array kinds{Shared{settings.pid_mode, "pid", "pid"}, Shared{settings.ipc_mode, "ipc", "ipc"},
                           Shared{settings.uts_mode, "uts", "uts"}, Shared{settings.network, "network", "net"}};
    SharedNamespaces shared;
    std::optional<SharingContainer> first;
    for (const Shared& kind : kinds) {
        if (!kind.mode.starts_with(container_prefix))
            continue;
        ISOLAB_ASSIGN(const SharingContainer container, find(kind.mode.substr(container_prefix.size())));
        if (first && first->id != container.id && ::geteuid() != 0)
            return fail(ErrorKind::unsupported, "share namespaces with container", settings.name,
                        "without root those of two other containers cannot be shared at once",
                        "Name the same container for --network, --pid, --ipc and --uts");
        ISOLAB_TRY(add(shared, kind.type, kind.file, container));
        first = container;
    }
    if (first && ::geteuid() != 0)
        ISOLAB_TRY(add(shared, "user", "user", *first));
    return shared;
}

} // namespace isolab
