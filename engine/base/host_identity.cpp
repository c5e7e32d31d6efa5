// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/host_identity.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>

#include <pwd.h>
#include <unistd.h>

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// Shorter ones are counters and placeholders ("0", "None").
constexpr std::size_t shortest_number = 6;

/// What firmware has where nobody wrote anything.
constexpr std::array placeholders{"not specified",           "default string",    "to be filled by o.e.m.",
                                  "system serial number",    "not available",     "unknown",
                                  "chassis serial number",   "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff",
                                  "base board serial number"};

std::string first_line(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    const std::size_t begin = line.find_first_not_of(" \t");
    return begin == std::string::npos ? "" : line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin);
}

void add_once(std::vector<std::string>& list, const std::string& text) {
    if (!text.empty() && std::ranges::find(list, text) == list.end())
        list.push_back(text);
}

void add_number(std::vector<std::string>& numbers, const std::string& number) {
    std::string lower = number;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (number.size() >= shortest_number && std::ranges::find(placeholders, lower) == placeholders.end())
        add_once(numbers, number);
}

/// `file` in each folder below `folder`.
void add_numbers_of(std::vector<std::string>& numbers, const fs::path& folder, const char* file) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        add_number(numbers, first_line(it->path() / file));
}

void add_home(std::vector<fs::path>& homes, const char* home) {
    if (home == nullptr || home[0] != '/' || fs::path(home).relative_path().empty())
        return;
    if (std::ranges::find(homes, fs::path(home)) == homes.end())
        homes.emplace_back(home);
}

void add_user(HostIdentity& identity, const passwd* entry) {
    if (entry == nullptr)
        return;
    if (entry->pw_uid != 0)
        add_once(identity.users, entry->pw_name);
    add_home(identity.homes, entry->pw_dir);
}

} // namespace

HostIdentity read_host_identity(const fs::path& system_root, const fs::path& data_folder) {
    HostIdentity identity;
    add_once(identity.names, first_line(system_root / "proc/sys/kernel/hostname"));
    add_once(identity.names, first_line(system_root / "etc/hostname"));
    add_number(identity.numbers, first_line(system_root / "etc/machine-id"));
    add_number(identity.numbers, first_line(system_root / "proc/sys/kernel/random/boot_id"));
    for (const char* name :
         {"product_serial", "product_uuid", "board_serial", "chassis_serial", "board_asset_tag", "chassis_asset_tag"})
        add_number(identity.numbers, first_line(system_root / "sys/class/dmi/id" / name));
    add_numbers_of(identity.numbers, system_root / "sys/class/net", "address");
    add_numbers_of(identity.numbers, system_root / "sys/block", "device/serial");
    add_numbers_of(identity.numbers, system_root / "sys/block", "serial");
    add_user(identity, ::getpwuid(::getuid())); // NOLINT(concurrency-mt-unsafe): the result is copied at once
    if (const char* user = std::getenv("SUDO_USER"); user != nullptr) // NOLINT(concurrency-mt-unsafe)
        add_user(identity, ::getpwnam(user));                         // NOLINT(concurrency-mt-unsafe)
    add_home(identity.homes, std::getenv("HOME"));                    // NOLINT(concurrency-mt-unsafe)
    std::error_code error;
    identity.data_folder = data_folder.empty() ? data_folder : fs::absolute(data_folder, error).lexically_normal();
    return identity;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

} // namespace isolab
