// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/hosts_file.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace isolab {
namespace {

std::string hosts_line(const IpAddress& address, const std::vector<std::string>& names) {
    return fmt::format("{}\t{}\n", address.text(), fmt::join(names, " "));
}

std::vector<std::string> remaining_words(std::istringstream& line) {
    std::vector<std::string> words;
    for (std::string word; line >> word && word.front() != '#' && word.front() != ';';)
        words.push_back(word);
    return words;
}

} // namespace

std::string render_hosts_file(const std::string& hostname, const Attachment* attachment,
                              const std::vector<HostsEntry>& extra) {
    std::string text = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";
    std::vector<std::string> names{hostname};
    if (attachment != nullptr)
        for (const std::string& name : attachment->names)
            if (std::ranges::find(names, name) == names.end())
                names.push_back(name);
    if (attachment == nullptr || attachment->endpoints.empty())
        text += "127.0.1.1\t" + hostname + "\n";
    else
        for (const Endpoint& endpoint : attachment->endpoints) {
            text += hosts_line(endpoint.address, names);
            if (endpoint.address6)
                text += hosts_line(*endpoint.address6, names);
        }
    return text + render_hosts_lines(extra);
}

std::string render_hosts_lines(const std::vector<HostsEntry>& entries) {
    std::string text;
    for (const HostsEntry& entry : entries)
        text += hosts_line(entry.address, entry.names);
    return text;
}

Result<HostsEntry> parse_extra_host(std::string_view text, const IpAddress& gateway) {
    const auto colon = text.find(':'); // names hold none, IPv6 addresses do
    const std::string_view address = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const auto parsed = address == "host-gateway" ? std::optional(gateway) : IpAddress::parse(address);
    const std::string name(text.substr(0, colon));
    const bool blank = name.empty() || name.find_first_of(" \t\n#") != std::string::npos;
    if (!parsed || blank)
        return fail(ErrorKind::invalid_argument, "add host", std::string(text), "it is not NAME:ADDRESS",
                    "Write it as db:10.0.0.7, or db:host-gateway for this host");
    return HostsEntry{*parsed, {name}};
}

ResolvConf parse_resolv_conf(std::string_view text) {
    ResolvConf conf;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string key;
        words >> key;
        const std::vector<std::string> values = remaining_words(words);
        if (key == "nameserver" && !values.empty()) {
            const std::string address = values.front().substr(0, values.front().find('%')); // fe80::1%eth0
            if (const auto server = IpAddress::parse(address))
                conf.servers.push_back(*server);
        } else if (key == "search" || key == "domain") {
            conf.search = values;
        } else if (key == "options") {
            conf.options.insert(conf.options.end(), values.begin(), values.end());
        }
    }
    return conf;
}

std::string render_resolv_conf(const ResolvConf& conf) {
    std::string text;
    for (const IpAddress& server : conf.servers)
        text += "nameserver " + server.text() + "\n";
    if (!conf.search.empty())
        text += fmt::format("search {}\n", fmt::join(conf.search, " "));
    if (!conf.options.empty())
        text += fmt::format("options {}\n", fmt::join(conf.options, " "));
    return text;
}

} // namespace isolab
