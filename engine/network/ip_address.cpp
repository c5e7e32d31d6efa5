// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/ip_address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

#include "engine/base/text.h"

namespace isolab {

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text);
    std::array<std::uint8_t, 16> bytes{};
    for (const int family : {AF_INET, AF_INET6})
        if (::inet_pton(family, terminated.c_str(), bytes.data()) == 1)
            return from_bytes(family, bytes.data());
    return std::nullopt;
}

IpAddress IpAddress::from_bytes(int family, const void* bytes) noexcept {
    IpAddress address;
    address.family_ = family;
    std::memcpy(address.bytes_.data(), bytes, address.size());
    return address;
}

bool IpAddress::is_loopback() const noexcept {
    if (is_v4())
        return bytes_[0] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) && bytes_[15] == 1;
}

bool IpAddress::is_any() const noexcept {
    return std::ranges::all_of(bytes_, [](auto byte) { return byte == 0; });
}

IpAddress IpAddress::plus(std::uint64_t count) const noexcept {
    IpAddress sum = *this;
    for (std::size_t i = size(); i-- > 0 && count != 0;) {
        count += sum.bytes_[i];
        sum.bytes_[i] = static_cast<std::uint8_t>(count & 0xff);
        count >>= 8U;
    }
    return sum;
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    ::inet_ntop(family_, bytes_.data(), buffer.data(), buffer.size());
    return buffer.data();
}

Result<Subnet> Subnet::parse(std::string_view text) {
    const auto bad = [&](const char* cause) {
        return fail(ErrorKind::invalid_argument, "use subnet", std::string(text), cause,
                    "Write it as ADDRESS/PREFIX, for example 10.201.0.0/24");
    };
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address || slash == std::string_view::npos)
        return bad("it is not an address with a prefix length");
    const std::string_view digits = text.substr(slash + 1);
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > 8 * address->size())
        return bad("its prefix length is not valid");
    const Subnet subnet = around(*address, prefix);
    if (subnet.base != *address)
        return bad("its address has bits set behind the prefix");
    return subnet;
}

Subnet Subnet::around(const IpAddress& address, unsigned prefix) noexcept {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), address.data(), address.size());
    for (std::size_t bit = prefix; bit < 8 * address.size(); ++bit)
        bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
    return {IpAddress::from_bytes(address.family(), bytes.data()), prefix};
}

bool Subnet::contains(const IpAddress& address) const noexcept {
    return address.family() == base.family() && around(address, prefix).base == base;
}

bool Subnet::overlaps(const Subnet& other) const noexcept {
    return prefix <= other.prefix ? contains(other.base) : other.contains(base);
}

std::uint64_t Subnet::size() const noexcept {
    return std::uint64_t{1} << std::min<std::size_t>(32, 8 * base.size() - prefix);
}

std::string Subnet::text() const { return base.text() + "/" + std::to_string(prefix); }

MacAddress mac_for(const IpAddress& address) noexcept {
    const std::uint8_t* tail = address.data() + address.size() - 4;
    return {0x02, 0x69, tail[0], tail[1], tail[2], tail[3]};
}

std::string mac_text(const MacAddress& mac) { return hex_text(mac, ":"); }

} // namespace isolab
