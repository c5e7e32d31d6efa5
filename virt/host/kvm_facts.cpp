// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/host/kvm_facts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/unique_fd.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) { return ::access(path.c_str(), F_OK) == 0; }

/// The first line that begins so, behind its colon, with blanks around every word.
std::string cpu_line(const std::string& cpuinfo, const std::string& key) {
    std::istringstream lines(cpuinfo);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with(key))
            return line.substr(std::min(line.find(':'), line.size() - 1) + 1) + " ";
    return {};
}

void look_at_cpu(KvmFacts& facts, const fs::path& system) {
    const std::string cpuinfo = read_file(system / "proc/cpuinfo").value_or("");
    const std::string flags = cpu_line(cpuinfo, "flags");
    const auto has = [&flags](const char* flag) { return flags.find(flag) != std::string::npos; };
    facts.cpu_flag = has(" vmx ") || has(" svm ");
    facts.virtual_machine = has(" hypervisor ");
    const std::string vendor = cpu_line(cpuinfo, "vendor_id");
    facts.vendor = vendor.find("Intel") != std::string::npos ? CpuVendor::intel
                   : vendor.find("AMD") != std::string::npos || vendor.find("Hygon") != std::string::npos
                       ? CpuVendor::amd
                       : CpuVendor::other;
}

std::string first_line(const fs::path& file) {
    std::string text = read_file(file, 4096).value_or("");
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

std::string product_of(const fs::path& system) {
    const fs::path dmi = system / "sys/class/dmi/id";
    const std::string vendor = first_line(dmi / "sys_vendor");
    const std::string name = first_line(dmi / "product_name");
    return vendor.empty() || name.starts_with(vendor) ? name : name.empty() ? vendor : vendor + " " + name;
}

Surroundings surroundings_of(const fs::path& system) {
    const std::string version = read_file(system / "proc/version", 4096).value_or("");
    if (version.find("gVisor") != std::string::npos)
        return Surroundings::gvisor;
    if (version.find("microsoft") != std::string::npos || version.find("Microsoft") != std::string::npos)
        return Surroundings::wsl;
    const bool container = is_there(system / ".dockerenv") || is_there(system / "run/.containerenv");
    return container ? Surroundings::container : Surroundings::none;
}

bool has_module(const fs::path& system, const std::string& release) {
    for (const char* top : {"lib/modules", "usr/lib/modules"}) {
        const fs::path modules = system / top / release;
        for (const char* ending : {".ko", ".ko.xz", ".ko.zst", ".ko.gz"})
            for (const char* name : {"kvm-intel", "kvm-amd"})
                if (is_there(modules / "kernel/arch/x86/kvm" / (std::string(name) + ending)))
                    return true;
        if (read_file(modules / "modules.builtin").value_or("").find("/kvm/kvm") != std::string::npos)
            return true;
    }
    return false;
}

/// A line of group(5): its name and members.
struct Group {
    std::string name;
    std::string members; ///< ",one,two,"
};

Group find_group(const fs::path& system, gid_t id) {
    std::istringstream lines(read_file(system / "etc/group").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name;
        std::string password;
        std::string number;
        std::string members;
        std::getline(fields, name, ':');
        std::getline(fields, password, ':');
        std::getline(fields, number, ':');
        std::getline(fields, members);
        if (number == std::to_string(id))
            return {name, "," + members + ","};
    }
    return {std::to_string(id), ""};
}

std::string user_name() {
    const passwd* user = ::getpwuid(::geteuid()); // NOLINT(concurrency-mt-unsafe): the answer is copied at once
    return user == nullptr ? std::string() : user->pw_name;
}

void look_at_device(KvmFacts& facts, const fs::path& system) {
    const fs::path path = system / "dev/kvm";
    struct stat status {};
    facts.device = ::stat(path.c_str(), &status) == 0;
    const UniqueFd device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    facts.open_error = device ? 0 : errno;
    if (!facts.device || (status.st_mode & S_IRGRP) == 0 || (status.st_mode & S_IROTH) != 0)
        return;
    const Group group = find_group(system, status.st_gid);
    facts.device_group = group.name;
    facts.in_group = group.members.find("," + user_name() + ",") != std::string::npos;
}

} // namespace

KvmFacts look_at_kvm(const fs::path& system) {
    constexpr std::array rivals{"vboxdrv", "vmmon"};
    constexpr std::array modules{"kvm_intel", "kvm_amd", "kvm_pvm"};
    KvmFacts facts;
    utsname names{};
    if (::uname(&names) == 0) {
        facts.architecture = names.machine;
        facts.kernel = names.release;
    }
    facts.superuser = ::geteuid() == 0;
    look_at_cpu(facts, system);
    facts.product = product_of(system);
    facts.surroundings = surroundings_of(system);
    facts.module_loaded =
        std::ranges::any_of(modules, [&](const char* module) { return is_there(system / "sys/module" / module); });
    facts.module_installed = facts.module_loaded || has_module(system, facts.kernel);
    for (const char* rival : rivals)
        if (is_there(system / "sys/module" / rival))
            facts.rival = rival;
    look_at_device(facts, system);
    return facts;
}

} // namespace isolab
