// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/lease_store.h"

#include <cerrno>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr std::uint64_t first_host = 2; // 0 is the subnet itself, 1 the bridge

/// The content of a network's file.
struct Leases {
    std::map<std::string, IpAddress> by_container;
    std::uint64_t last = first_host - 1; ///< distance from the base of the address given out last
};

std::filesystem::path file_of(const std::filesystem::path& folder, const std::string& network) {
    return folder / (network + ".json");
}

Result<UniqueFd> lock_network(const std::filesystem::path& folder, const std::string& network) {
    return lock_file(folder / (network + ".lock"));
}

Result<Leases> read_leases(const std::filesystem::path& path) {
    auto json = read_json_file(path);
    if (!json && json.error().kind == ErrorKind::not_found)
        return Leases{};
    if (!json)
        return tl::unexpected(json.error());
    Leases leases;
    ISOLAB_ASSIGN(const auto last, json_optional_unsigned(*json, "last", path.string()));
    leases.last = last.value_or(leases.last);
    const Json entries = json->value("leases", Json::object());
    for (const auto& [container, text] : entries.items()) {
        const auto address = text.is_string() ? IpAddress::parse(text.get<std::string>()) : std::nullopt;
        if (!address)
            return fail(ErrorKind::corrupt, "read leases", path.string(),
                        "the address of " + container + " is malformed",
                        "Stop all containers of this network, then remove the file");
        leases.by_container.emplace(container, *address);
    }
    return leases;
}

Result<void> write_leases(const std::filesystem::path& path, const Leases& leases) {
    Json entries = Json::object();
    for (const auto& [container, address] : leases.by_container)
        entries[container] = address.text();
    return write_file_atomically(path, Json{{"last", leases.last}, {"leases", entries}}.dump(), 0600);
}

Result<void> check_wanted(const NetworkSpec& network, const IpAddress& wanted, const Leases& leases) {
    const Subnet& subnet = network.subnet;
    if (!subnet.contains(wanted) || wanted == subnet.base || wanted == network.gateway() ||
        wanted == subnet.base.plus(subnet.size() - 1))
        return fail(ErrorKind::invalid_argument, "lease address", wanted.text(),
                    "it is none that network " + network.name + " (" + subnet.text() + ") gives to containers");
    for (const auto& [container, address] : leases.by_container)
        if (address == wanted)
            return fail(ErrorKind::already_exists, "lease address", wanted.text(), "container " + container + " has it",
                        "Choose another address, or remove that container");
    return {};
}

/// The first free address behind the one given out last, round to the beginning.
Result<IpAddress> next_free(const NetworkSpec& network, Leases& leases) {
    std::set<IpAddress> taken;
    for (const auto& entry : leases.by_container)
        taken.insert(entry.second);
    const std::uint64_t end = network.subnet.size() - 1; // the last one is the broadcast address
    for (std::uint64_t tried = first_host; tried < end; ++tried) {
        leases.last = leases.last + 1 >= end || leases.last + 1 < first_host ? first_host : leases.last + 1;
        if (const IpAddress address = network.subnet.base.plus(leases.last); !taken.contains(address))
            return address;
    }
    return fail(ErrorKind::no_space, "lease address of network", network.name,
                "all of " + network.subnet.text() + " are taken",
                "Remove containers, or make a network with a larger subnet");
}

} // namespace

Result<IpAddress> LeaseStore::acquire(const NetworkSpec& network, const std::string& container,
                                      const std::optional<IpAddress>& wanted) {
    ISOLAB_ASSIGN(const UniqueFd lock, lock_network(folder_, network.name));
    const auto path = file_of(folder_, network.name);
    ISOLAB_ASSIGN(Leases leases, read_leases(path));
    const auto own = leases.by_container.find(container);
    if (own != leases.by_container.end() && (!wanted || own->second == *wanted))
        return own->second;
    if (own != leases.by_container.end())
        leases.by_container.erase(own);
    if (wanted)
        ISOLAB_TRY(check_wanted(network, *wanted, leases));
    ISOLAB_ASSIGN(const IpAddress address, wanted ? Result<IpAddress>(*wanted) : next_free(network, leases));
    leases.by_container[container] = address;
    ISOLAB_TRY(write_leases(path, leases));
    return address;
}

Result<void> LeaseStore::release(const std::string& network, const std::string& container) {
    ISOLAB_ASSIGN(const UniqueFd lock, lock_network(folder_, network));
    const auto path = file_of(folder_, network);
    ISOLAB_ASSIGN(Leases leases, read_leases(path));
    return leases.by_container.erase(container) == 0 ? Result<void>{} : write_leases(path, leases);
}

Result<std::vector<std::string>> LeaseStore::release_except(const std::string& network,
                                                            const std::set<std::string>& living) {
    ISOLAB_ASSIGN(const UniqueFd lock, lock_network(folder_, network));
    const auto path = file_of(folder_, network);
    ISOLAB_ASSIGN(Leases leases, read_leases(path));
    std::vector<std::string> released;
    std::erase_if(leases.by_container, [&](const auto& entry) {
        if (!living.contains(entry.first))
            released.push_back(entry.first);
        return !living.contains(entry.first);
    });
    if (!released.empty())
        ISOLAB_TRY(write_leases(path, leases));
    return released;
}

Result<std::map<std::string, IpAddress>> LeaseStore::leases(const std::string& network) const {
    ISOLAB_ASSIGN(Leases leases, read_leases(file_of(folder_, network)));
    return std::move(leases.by_container);
}

Result<void> LeaseStore::forget(const std::string& network) {
    for (const auto& path : {file_of(folder_, network), folder_ / (network + ".lock")})
        if (::unlink(path.c_str()) != 0 && errno != ENOENT)
            return fail_errno(errno, "remove", path.string());
    return {};
}

} // namespace isolab
