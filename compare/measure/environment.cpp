// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/environment.h"

#include <fstream>
#include <sstream>

#include <sys/statfs.h>
#include <sys/statvfs.h>

#include "engine/base/host_facts.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// First line of a file of /proc or /sys; null when it cannot be read.
Json line_of(const fs::path& path) {
    std::ifstream file(path);
    std::string line;
    return std::getline(file, line) ? Json(line) : Json(nullptr);
}

/// Value of "key : value" lines; null when there is no such key.
Json value_of(const fs::path& path, const std::string& key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos || line.compare(0, line.find_last_not_of(" \t", colon - 1) + 1, key) != 0)
            continue;
        const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? Json("") : Json(line.substr(begin));
    }
    return nullptr;
}

Json kilobytes_of(const fs::path& path, const std::string& key) {
    const Json text = value_of(path, key);
    if (!text.is_string())
        return nullptr;
    std::istringstream words(text.get<std::string>());
    std::uint64_t number = 0;
    return words >> number ? Json(number * 1024) : Json(nullptr);
}

bool has_flag(const Json& flags, const std::string& flag) {
    return flags.is_string() && (" " + flags.get<std::string>() + " ").find(" " + flag + " ") != std::string::npos;
}

Json cpu_facts(const fs::path& root) {
    const Json flags = value_of(root / "proc/cpuinfo", "flags");
    const fs::path cpu = root / "sys/devices/system/cpu";
    Json mitigations = Json::object();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(cpu / "vulnerabilities", error))
        mitigations[entry.path().filename().string()] = line_of(entry.path());
    return {{"model", value_of(root / "proc/cpuinfo", "model name")},
            {"count", online_cpu_count()},
            {"vmx", has_flag(flags, "vmx")},
            {"svm", has_flag(flags, "svm")},
            {"hypervisor", has_flag(flags, "hypervisor")},
            {"governor", line_of(cpu / "cpu0/cpufreq/scaling_governor")},
            {"no_turbo", line_of(cpu / "intel_pstate/no_turbo")},
            {"boost", line_of(cpu / "cpufreq/boost")},
            {"mitigations", mitigations}};
}

Json memory_facts(const fs::path& root) {
    const fs::path info = root / "proc/meminfo";
    return {{"total", kilobytes_of(info, "MemTotal")},
            {"swap_total", kilobytes_of(info, "SwapTotal")},
            {"swap_free", kilobytes_of(info, "SwapFree")},
            {"ksm", line_of(root / "sys/kernel/mm/ksm/run")},
            {"thp", line_of(root / "sys/kernel/mm/transparent_hugepage/enabled")}};
}

/// "v2", "v1", "hybrid" or null, from where hierarchies are mounted.
Json cgroup_mode(const fs::path& root) {
    std::error_code error;
    const fs::path base = root / "sys/fs/cgroup";
    if (fs::exists(base / "cgroup.controllers", error))
        return "v2";
    bool v1 = false, v2 = false;
    std::ifstream mounts(root / "proc/self/mounts");
    for (std::string device, point, type, rest; mounts >> device >> point >> type && std::getline(mounts, rest);) {
        v1 = v1 || type == "cgroup";
        v2 = v2 || type == "cgroup2";
    }
    if (!v1 && !v2)
        return nullptr;
    return v1 && v2 ? "hybrid" : v1 ? "v1" : "v2";
}

/// In what this machine itself runs: `machine` names the product when it is virtual, `container` is the manager's name,
/// `kvm_nested` tells whether KVM of this host would give its guests KVM again.
Json nesting(const fs::path& root) {
    const bool is_virtual = has_flag(value_of(root / "proc/cpuinfo", "flags"), "hypervisor");
    Json container = line_of(root / "run/systemd/container");
    std::error_code error;
    if (container.is_null() && fs::exists(root / ".dockerenv", error))
        container = "docker";
    if (container.is_null() && fs::exists(root / "run/.containerenv", error))
        container = "podman";
    Json nested = line_of(root / "sys/module/kvm_intel/parameters/nested");
    if (nested.is_null())
        nested = line_of(root / "sys/module/kvm_amd/parameters/nested");
    return {{"virtual", is_virtual},
            {"machine", is_virtual ? line_of(root / "sys/class/dmi/id/product_name") : Json(nullptr)},
            {"container", container},
            {"kvm_nested", nested}};
}

/// Names of the magic numbers in statfs(2); an unknown one is given as a number.
Json file_system(const fs::path& path) {
    struct statfs facts {};
    if (::statfs(path.c_str(), &facts) != 0)
        return nullptr;
    switch (static_cast<std::uint64_t>(facts.f_type)) {
    case 0xEF53:
        return "ext";
    case 0x58465342:
        return "xfs";
    case 0x9123683E:
        return "btrfs";
    case 0x01021994:
        return "tmpfs";
    case 0x794C7630:
        return "overlay";
    case 0x2FC12FC1:
        return "zfs";
    case 0x6969:
        return "nfs";
    default:
        return static_cast<std::uint64_t>(facts.f_type);
    }
}

/// True when a battery is being used up; null when there is no battery.
Json on_battery(const fs::path& root) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "sys/class/power_supply", error))
        if (line_of(entry.path() / "type") == "Battery")
            return line_of(entry.path() / "status") == "Discharging";
    return nullptr;
}

#ifdef ISOLAB_DEBUG_BUILD
constexpr bool debug_build = true;
#else
constexpr bool debug_build = false;
#endif

/// "some avg10" of a PSI file (Documentation/accounting/psi.rst), percent.
Json pressure(const fs::path& path) {
    const Json line = line_of(path);
    const std::string text = line.is_string() ? line.get<std::string>() : "";
    const std::size_t place = text.find("avg10=");
    const auto number = place == std::string::npos ? std::nullopt : leading_number(text.substr(place + 6));
    return number ? Json(*number) : Json(nullptr);
}

} // namespace

Json environment_below(const fs::path& system_root, const fs::path& data_root) {
    return {{"cpu", cpu_facts(system_root)},
            {"memory", memory_facts(system_root)},
            {"kernel", kernel_release()},
            {"cgroup_mode", cgroup_mode(system_root)},
            {"nesting", nesting(system_root)},
            {"versions", {{"isolab", ISOLAB_VERSION}}},
            {"data_file_system", file_system(data_root)},
            {"on_battery", on_battery(system_root)},
            {"debug_build", debug_build}};
}

Json load_below(const fs::path& system_root, const fs::path& data_root) {
    Json load1 = nullptr;
    if (const Json line = line_of(system_root / "proc/loadavg"); line.is_string())
        if (const auto number = leading_number(line.get<std::string>()))
            load1 = *number;
    const auto disk = free_disk(data_root);
    return {{"load1", load1},
            {"pressure_cpu", pressure(system_root / "proc/pressure/cpu")},
            {"pressure_memory", pressure(system_root / "proc/pressure/memory")},
            {"pressure_io", pressure(system_root / "proc/pressure/io")},
            {"memory_available", kilobytes_of(system_root / "proc/meminfo", "MemAvailable")},
            {"disk_free", disk ? Json(*disk) : Json(nullptr)}};
}

Json record_environment(const fs::path& data_root) { return environment_below("/", data_root); }
Json record_load(const fs::path& data_root) { return load_below("/", data_root); }

std::optional<std::uint64_t> available_memory() {
    const Json bytes = kilobytes_of("/proc/meminfo", "MemAvailable");
    return bytes.is_null() ? std::nullopt : std::optional(bytes.get<std::uint64_t>());
}

std::optional<std::uint64_t> free_disk(const fs::path& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0)
        return std::nullopt;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

std::optional<double> memory_pressure() {
    const Json percent = pressure("/proc/pressure/memory");
    return percent.is_null() ? std::nullopt : std::optional(percent.get<double>());
}

} // namespace isolab
