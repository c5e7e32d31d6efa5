// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/dns_message.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace isolab {
namespace {

constexpr std::uint16_t class_internet = 1;
constexpr std::uint32_t time_to_live = 5; // seconds: containers come and go
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_label = 63;
constexpr std::size_t most_answers = 16; // they fit into 512 bytes with any name

std::uint16_t read16(std::string_view message, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(message[at]) << 8U |
                                      static_cast<std::uint8_t>(message[at + 1]));
}

void append16(std::string& message, std::size_t value) {
    message += static_cast<char>(value >> 8U & 0xffU);
    message += static_cast<char>(value & 0xffU);
}

/// Reads an uncompressed name at `at` and moves on behind it; empty optional when malformed.
std::optional<std::string> read_name(std::string_view message, std::size_t& at) {
    std::string name;
    while (at < message.size()) {
        const std::size_t length = static_cast<std::uint8_t>(message[at++]);
        if (length == 0)
            return name;
        if (length > longest_label || at + length > message.size() || name.size() + length + 1 > longest_name)
            return std::nullopt;
        if (!name.empty())
            name += '.';
        for (const char c : message.substr(at, length))
            name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        at += length;
    }
    return std::nullopt;
}

/// Header and question of the query, turned into those of an answer; `code`: RCODE.
std::string begin_answer(std::string_view query_message, std::size_t question_end, std::size_t answers, unsigned code) {
    std::string answer(query_message.substr(0, std::max(question_end, dns_header_size)));
    const auto flags = static_cast<std::uint8_t>(query_message[2]);
    answer[2] = static_cast<char>(0x80U | (flags & 0x79U)); // response; opcode and recursion desired are kept
    answer[3] = static_cast<char>(0x80U | code);            // recursion available
    std::string counts;
    append16(counts, question_end > dns_header_size ? 1 : 0);
    append16(counts, answers);
    counts.append(4, '\0');
    return answer.replace(4, counts.size(), counts);
}

/// One answer whose name is that of the question.
void append_record(std::string& answer, std::uint16_t type, std::string_view data) {
    append16(answer, 0xc000U | dns_header_size); // points at the question's name
    append16(answer, type);
    append16(answer, class_internet);
    append16(answer, 0);
    append16(answer, time_to_live);
    append16(answer, data.size());
    answer += data;
}

std::string encode_name(std::string_view name) {
    std::string encoded;
    while (!name.empty()) {
        const std::string_view label = name.substr(0, std::min(name.find('.'), longest_label));
        encoded += static_cast<char>(label.size());
        encoded += label;
        name.remove_prefix(std::min(name.size(), label.size() + 1));
    }
    return encoded + '\0';
}

/// Labels of a reverse name from last to first, without the suffix.
std::vector<std::string_view> reversed_labels(std::string_view name) {
    std::vector<std::string_view> labels;
    while (!name.empty()) {
        const auto dot = name.find('.');
        labels.insert(labels.begin(), name.substr(0, dot));
        name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    }
    return labels;
}

std::string join_labels(const std::vector<std::string_view>& labels, std::size_t group, char separator) {
    std::string text;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (i != 0 && i % group == 0)
            text += separator;
        text += labels[i];
    }
    return text;
}

} // namespace

std::uint16_t dns_id(std::string_view message) noexcept { return message.size() < 2 ? 0 : read16(message, 0); }

void set_dns_id(std::string& message, std::uint16_t id) noexcept {
    message[0] = static_cast<char>(id >> 8U);
    message[1] = static_cast<char>(id & 0xffU);
}

std::optional<DnsQuery> parse_dns_query(std::string_view message) {
    if (message.size() < dns_header_size || (message[2] & 0xf8) != 0 || read16(message, 4) != 1)
        return std::nullopt; // a response, another opcode than QUERY, or not one question
    std::size_t at = dns_header_size;
    auto name = read_name(message, at);
    if (!name || at + 4 > message.size() || read16(message, at + 2) != class_internet)
        return std::nullopt;
    return DnsQuery{read16(message, 0), std::move(*name), read16(message, at), at + 4};
}

bool answers_query(std::string_view response, std::string_view query, std::uint16_t id) {
    if (response.size() < dns_header_size || read16(response, 0) != id || (response[2] & 0x80) == 0)
        return false;
    const auto asked = parse_dns_query(query);
    std::string as_query(response);
    as_query[2] = '\0';
    const auto answered = parse_dns_query(as_query);
    if (!asked) // a query that we do not understand ourselves: the id must do
        return true;
    return answered && answered->name == asked->name && answered->type == asked->type;
}

std::optional<IpAddress> parse_reverse_name(std::string_view name) {
    constexpr std::string_view v4 = ".in-addr.arpa";
    constexpr std::string_view v6 = ".ip6.arpa";
    if (name.ends_with(v4)) {
        const auto labels = reversed_labels(name.substr(0, name.size() - v4.size()));
        return labels.size() == 4 ? IpAddress::parse(join_labels(labels, 1, '.')) : std::nullopt;
    }
    if (name.ends_with(v6)) {
        const auto labels = reversed_labels(name.substr(0, name.size() - v6.size()));
        return labels.size() == 32 ? IpAddress::parse(join_labels(labels, 4, ':')) : std::nullopt;
    }
    return std::nullopt;
}

std::string render_address_answer(std::string_view query_message, const DnsQuery& query,
                                  const std::vector<IpAddress>& addresses) {
    std::vector<IpAddress> wanted;
    for (const IpAddress& address : addresses)
        if (query.type == (address.is_v4() ? dns_type_a : dns_type_aaaa) && wanted.size() < most_answers)
            wanted.push_back(address);
    std::string answer = begin_answer(query_message, query.question_end, wanted.size(), 0);
    for (const IpAddress& address : wanted) {
        std::string data;
        for (std::size_t i = 0; i < address.size(); ++i)
            data += static_cast<char>(address.data()[i]);
        append_record(answer, query.type, data);
    }
    return answer;
}

std::string render_name_answer(std::string_view query_message, const DnsQuery& query, const std::string& name) {
    std::string answer = begin_answer(query_message, query.question_end, 1, 0);
    append_record(answer, dns_type_ptr, encode_name(name));
    return answer;
}

std::string render_dns_failure(std::string_view query_message) {
    constexpr unsigned server_failure = 2;
    const auto query = parse_dns_query(query_message);
    return begin_answer(query_message, query ? query->question_end : 0, 0, server_failure);
}

} // namespace isolab
