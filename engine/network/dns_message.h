// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of DNS messages (RFC 1035) that a small responder needs. Pure; bytes come from containers and are not
// trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/network/ip_address.h"

namespace isolab {

inline constexpr std::uint16_t dns_type_a = 1;
inline constexpr std::uint16_t dns_type_ptr = 12;
inline constexpr std::uint16_t dns_type_aaaa = 28;
inline constexpr std::size_t dns_header_size = 12;

/// A query with exactly one question, as stub resolvers send them.
struct DnsQuery {
    std::uint16_t id = 0;
    std::string name; ///< lower case, without the dot at its end
    std::uint16_t type = 0;
    std::size_t question_end = 0; ///< bytes up to the end of the question
};

/// Empty optional for what is not such a query: a response, another opcode or class, compressed or overlong names.
std::optional<DnsQuery> parse_dns_query(std::string_view message);

/// Whether `response` answers `query`: it is a response with this id and the same question.
bool answers_query(std::string_view response, std::string_view query, std::uint16_t id);

/// The address that a name below in-addr.arpa or ip6.arpa asks for.
std::optional<IpAddress> parse_reverse_name(std::string_view name);

/// An answer with these addresses; those of another family than asked for are left out, which makes an empty answer:
/// the name exists, the type does not.
std::string render_address_answer(std::string_view query_message, const DnsQuery& query,
                                  const std::vector<IpAddress>& addresses);
std::string render_name_answer(std::string_view query_message, const DnsQuery& query, const std::string& name);

/// "No answer could be had" (SERVFAIL) to a message of at least dns_header_size bytes.
std::string render_dns_failure(std::string_view query_message);

std::uint16_t dns_id(std::string_view message) noexcept;
void set_dns_id(std::string& message, std::uint16_t id) noexcept;

} // namespace isolab
