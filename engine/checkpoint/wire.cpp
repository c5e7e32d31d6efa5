// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/wire.h"

#include <optional>

namespace isolab {
namespace {

enum WireType : unsigned { varint_type = 0, fixed64_type = 1, bytes_type = 2, fixed32_type = 5 };

tl::unexpected<Error> cut_short(const char* what) {
    return fail(ErrorKind::corrupt, "read a message of CRIU", {}, std::string(what) + " is cut short or too long");
}

std::optional<std::uint64_t> take_varint(std::string_view& rest) {
    constexpr unsigned most_bytes = 10;
    std::uint64_t value = 0;
    for (unsigned i = 0; i < most_bytes && i < rest.size(); ++i) {
        const auto byte = static_cast<unsigned char>(rest[i]);
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << (7 * i);
        if ((byte & 0x80U) == 0) {
            rest.remove_prefix(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> take_fixed(std::string_view& rest, std::size_t size) {
    if (rest.size() < size)
        return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
    rest.remove_prefix(size);
    return value;
}

} // namespace

void WireWriter::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U)
        text_ += static_cast<char>((value & 0x7fU) | 0x80U);
    text_ += static_cast<char>(value);
}

WireWriter& WireWriter::number(unsigned field, std::uint64_t value) {
    varint((std::uint64_t{field} << 3U) | varint_type);
    varint(value);
    return *this;
}

WireWriter& WireWriter::bytes(unsigned field, std::string_view value) {
    varint((std::uint64_t{field} << 3U) | bytes_type);
    varint(value.size());
    text_ += value;
    return *this;
}

Result<std::vector<WireField>> read_fields(std::string_view message) {
    std::vector<WireField> fields;
    while (!message.empty()) {
        const auto key = take_varint(message);
        if (!key || *key >> 3U == 0 || *key >> 3U > 0x1fffffff)
            return cut_short("a field's number");
        WireField field{static_cast<unsigned>(*key >> 3U)};
        const auto type = static_cast<unsigned>(*key & 7U);
        std::optional<std::uint64_t> value;
        if (type == varint_type || type == bytes_type)
            value = take_varint(message);
        else if (type == fixed32_type || type == fixed64_type)
            value = take_fixed(message, type == fixed32_type ? 4 : 8);
        else
            return fail(ErrorKind::corrupt, "read a message of CRIU", {},
                        "field " + std::to_string(field.field) + " has the unknown type " + std::to_string(type));
        if (!value || (type == bytes_type && *value > message.size()))
            return cut_short("a field's value");
        if (type == bytes_type) {
            field.bytes = message.substr(0, *value);
            message.remove_prefix(*value);
        } else {
            field.number = *value;
        }
        fields.push_back(field);
    }
    return fields;
}

} // namespace isolab
