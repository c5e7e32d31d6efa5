// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/dns_names.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/network/attachment_records.h"
#include "engine/network/dns_message.h"

namespace isolab {
namespace {

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::vector<IpAddress> addresses_in(const Attachment& attachment, const std::set<std::string>& networks) {
    std::vector<IpAddress> addresses;
    for (const Endpoint& endpoint : attachment.endpoints) {
        if (!networks.contains(endpoint.network))
            continue;
        addresses.push_back(endpoint.address);
        if (endpoint.address6)
            addresses.push_back(*endpoint.address6);
    }
    return addresses;
}

} // namespace

DnsNames names_seen_by(const std::string& container, const std::vector<Attachment>& attachments) {
    DnsNames seen;
    const auto self = std::ranges::find(attachments, container, &Attachment::container);
    if (self == attachments.end())
        return seen;
    std::set<std::string> networks;
    for (const Endpoint& endpoint : self->endpoints)
        networks.insert(endpoint.network);
    for (const Attachment& other : attachments) {
        const std::vector<IpAddress> addresses = addresses_in(other, networks);
        for (const std::string& name : other.names) {
            auto& known = seen.addresses[lower_case(name)];
            known.insert(known.end(), addresses.begin(), addresses.end());
        }
        if (!other.names.empty())
            for (const IpAddress& address : addresses)
                seen.names.emplace(address, other.names.front());
    }
    std::erase_if(seen.addresses, [](const auto& entry) { return entry.second.empty(); });
    return seen;
}

std::string answer_locally(std::string_view query, const DnsNames& names) {
    const auto parsed = parse_dns_query(query);
    if (!parsed)
        return {};
    if (const auto found = names.addresses.find(parsed->name); found != names.addresses.end())
        return render_address_answer(query, *parsed, found->second);
    const auto address = parsed->type == dns_type_ptr ? parse_reverse_name(parsed->name) : std::nullopt;
    const auto name = address ? names.names.find(*address) : names.names.end();
    return name == names.names.end() ? std::string{} : render_name_answer(query, *parsed, name->second);
}

const DnsNames& DnsDirectory::names() {
    constexpr time_t settling_time = 1; // changes in quick succession may leave the same time behind
    struct stat status {};
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    if (::stat(folder_.c_str(), &status) != 0)
        return names_;
    const bool unchanged = status.st_mtim.tv_sec == read_at_.tv_sec && status.st_mtim.tv_nsec == read_at_.tv_nsec;
    if (unchanged && now.tv_sec - status.st_mtim.tv_sec > settling_time)
        return names_;
    if (const auto attachments = read_attachments(folder_)) {
        names_ = names_seen_by(container_, *attachments);
        read_at_ = status.st_mtim;
    }
    return names_;
}

} // namespace isolab
