// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_confinement.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/security/capabilities.h"
#include "engine/security/seccomp_profile.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> capabilities_of(const ContainerSettings& settings) {
    return settings.process.capabilities ? settings.process.capabilities->bounding : default_capabilities();
}

bool has_usual_capabilities(const ContainerSettings& settings) {
    const auto own = capabilities_of(settings);
    const auto usual = default_capabilities();
    return std::set<std::string>(own.begin(), own.end()) == std::set<std::string>(usual.begin(), usual.end());
}

std::optional<DeviceNode> device_at(const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0 || (!S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)))
        return std::nullopt;
    if (::geteuid() != 0 && ::access(path.c_str(), R_OK) != 0)
        return std::nullopt;
    DeviceNode node;
    node.path = path.string();
    node.type = S_ISBLK(status.st_mode) ? 'b' : 'c';
    node.major = gnu_dev_major(status.st_rdev);
    node.minor = gnu_dev_minor(status.st_rdev);
    node.mode = status.st_mode & 07777U;
    node.uid = ::geteuid() == 0 ? status.st_uid : 0;
    node.gid = ::geteuid() == 0 ? status.st_gid : 0;
    return node;
}

/// Terminals are the host's users', and these a container has of its own.
bool is_left_out(const fs::path& path) {
    constexpr std::array own{"/dev/console", "/dev/ptmx", "/dev/tty",    "/dev/null",
                             "/dev/zero",    "/dev/full", "/dev/random", "/dev/urandom"};
    const std::string name = path.filename().string();
    const bool virtual_terminal =
        name.size() > 3 && name.starts_with("tty") && name.find_first_not_of("0123456789", 3) == std::string::npos;
    return virtual_terminal || std::ranges::find(own, path.string()) != own.end();
}

bool is_own_folder(const fs::path& path) {
    constexpr std::array own{"/dev/pts",  "/dev/shm",   "/dev/mqueue",   "/dev/fd",
                             "/dev/.lxc", "/dev/.udev", "/dev/hugepages"};
    return std::ranges::find(own, path.string()) != own.end();
}

} // namespace

Result<SharedJson> seccomp_of(const ContainerSettings& settings, const SharedJson& usual) {
    if (!settings.seccomp && has_usual_capabilities(settings))
        return usual;
    const std::string subject = settings.seccomp ? "the container's seccomp profile" : "the default seccomp profile";
    ISOLAB_ASSIGN(const Json profile,
                  settings.seccomp ? Result<Json>(*settings.seccomp) : parse_json(default_seccomp_profile(), subject));
    ISOLAB_ASSIGN(const SeccompFilter filter,
                  resolve_seccomp_profile(profile, seccomp_conditions(capabilities_of(settings)), subject));
    Json resolved = seccomp_to_json(filter);
    for (const char* key : {"listenerPath", "listenerMetadata"})
        if (const auto found = profile.find(key); found != profile.end())
            resolved[key] = *found;
    return share(std::move(resolved));
}

std::vector<DeviceNode> host_devices() {
    std::vector<DeviceNode> nodes;
    std::error_code failed;
    fs::recursive_directory_iterator walk("/dev", fs::directory_options::skip_permission_denied, failed);
    for (; !failed && walk != fs::recursive_directory_iterator(); walk.increment(failed)) {
        if (is_own_folder(walk->path()))
            walk.disable_recursion_pending();
        else if (auto node = is_left_out(walk->path()) ? std::nullopt : device_at(walk->path()))
            nodes.push_back(std::move(*node));
    }
    return nodes;
}

} // namespace isolab
