// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/ingredients.h"

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>

#include <unistd.h>

#include "engine/containers/container_capabilities.h"
#include "engine/containers/container_settings.h"
#include "engine/network/network.h"

namespace isolab {
namespace {

/// A namespace that can be left out, and where the settings name the one to be in.
struct LeftOutNamespace {
    const char* name;
    bool Ingredients::*member;
    std::string ContainerSettings::*mode;
};
constexpr std::array left_out_namespaces{
    LeftOutNamespace{"PID", &Ingredients::pid, &ContainerSettings::pid_mode},
    LeftOutNamespace{"UTS", &Ingredients::uts, &ContainerSettings::uts_mode},
    LeftOutNamespace{"IPC", &Ingredients::ipc, &ContainerSettings::ipc_mode},
    LeftOutNamespace{"cgroup", &Ingredients::cgroup, &ContainerSettings::cgroup_mode},
};

/// Kernel parameters of a namespace: without it they are the host's.
struct IngredientSysctl {
    std::string_view prefix;
    bool Ingredients::*member;
    const char* name;
};
constexpr std::array ingredient_sysctls{
    IngredientSysctl{"net.", &Ingredients::network, "network"},
    IngredientSysctl{"fs.mqueue.", &Ingredients::ipc, "IPC"},
    IngredientSysctl{"kernel.shm", &Ingredients::ipc, "IPC"},
    IngredientSysctl{"kernel.msg", &Ingredients::ipc, "IPC"},
    IngredientSysctl{"kernel.sem", &Ingredients::ipc, "IPC"},
    IngredientSysctl{"kernel.domainname", &Ingredients::uts, "UTS"},
};

/// "net/ipv4/ip_forward" is sysctl(8)'s other way of writing "net.ipv4.ip_forward".
std::string dotted(std::string name) {
    if (const auto separator = name.find_first_of("./"); separator != std::string::npos && name[separator] == '/')
        std::ranges::replace(name, '/', '.');
    return name;
}

/// Something that is asked for and needs an ingredient.
struct IngredientDemand {
    bool given;
    bool met;
    const char* what;
    const char* missing;
};

std::string own_host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

} // namespace

Ingredients native_ingredients() noexcept {
    Ingredients none{};
    for (bool Ingredients::*one :
         {&Ingredients::pid, &Ingredients::network, &Ingredients::uts, &Ingredients::ipc, &Ingredients::cgroup,
          &Ingredients::limits, &Ingredients::seccomp, &Ingredients::capabilities, &Ingredients::kernel_files})
        none.*one = false;
    return none;
}

Result<void> check_ingredients(const Ingredients& ingredients, const ContainerSettings& settings) {
    const auto refuse = [](const std::string& what, const std::string& missing) {
        return fail(ErrorKind::invalid_argument, "leave out isolation", {}, what + " cannot be had without " + missing,
                    "Leave one of them as it is");
    };
    for (const LeftOutNamespace& one : left_out_namespaces)
        if (!(ingredients.*one.member) && (settings.*one.mode).starts_with("container:"))
            return refuse("the namespace of another container", std::string("the ") + one.name + " namespace");
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(settings.network));
    const bool connected = choice.mode == NetworkMode::bridge || choice.mode == NetworkMode::container;
    for (const IngredientDemand& one :
         {IngredientDemand{!settings.ports.empty(), ingredients.network, "published ports", "the network namespace"},
          IngredientDemand{connected, ingredients.network, "a network to connect to", "the network namespace"},
          IngredientDemand{!settings.domain_name.empty(), ingredients.uts, "a domain name", "the UTS namespace"},
          IngredientDemand{settings.strict_limits, ingredients.limits, "strict limits", "limits"},
          IngredientDemand{settings.seccomp != nullptr, ingredients.seccomp, "a seccomp profile", "the filter"}})
        if (one.given && !one.met)
            return refuse(one.what, one.missing);
    for (const auto& [name, value] : settings.sysctls)
        for (const IngredientSysctl& one : ingredient_sysctls)
            if (!(ingredients.*one.member) && dotted(name).starts_with(one.prefix))
                return refuse("kernel parameter " + name, std::string("the ") + one.name + " namespace");
    return {};
}

Result<void> reduce_settings(const Ingredients& ingredients, ContainerSettings& settings) {
    for (const LeftOutNamespace& one : left_out_namespaces)
        if (!(ingredients.*one.member))
            settings.*one.mode = "host";
    if (!ingredients.network)
        settings.network = "host";
    if (!ingredients.uts)
        settings.hostname = own_host_name();
    if (!ingredients.limits)
        settings.resources = {};
    if (!ingredients.seccomp)
        settings.unconfined_seccomp = true;
    if (!ingredients.capabilities) {
        ISOLAB_ASSIGN(settings.process.capabilities,
                      choose_capabilities({.privileged = true, .add = {}, .drop = {}}, settings.process.uid == 0));
        settings.process.no_new_privileges = false;
    }
    return {};
}

} // namespace isolab
