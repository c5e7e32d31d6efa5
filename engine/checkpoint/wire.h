// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/), as far as CRIU's messages
// use it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// Builds one message, field by field.
class WireWriter {
  public:
    WireWriter& number(unsigned field, std::uint64_t value);
    /// int32 and int64: negative ones take ten bytes, as the format has it.
    WireWriter& integer(unsigned field, std::int64_t value) { return number(field, static_cast<std::uint64_t>(value)); }
    WireWriter& flag(unsigned field, bool value) { return number(field, value ? 1 : 0); }
    /// A string, bytes or another message.
    WireWriter& bytes(unsigned field, std::string_view value);

    const std::string& text() const noexcept { return text_; }

  private:
    void varint(std::uint64_t value);

    std::string text_;
};

/// One field of a message; `bytes` points into it.
struct WireField {
    unsigned field = 0;
    std::uint64_t number = 0; ///< of a varint or a fixed-size number
    std::string_view bytes;   ///< of a string, bytes or another message

    bool flag() const noexcept { return number != 0; }
    std::int32_t integer() const noexcept { return static_cast<std::int32_t>(number); }
    std::string text() const { return std::string(bytes); }
};

/// The fields in their order; those that are repeated come more than once. corrupt for what is no message.
Result<std::vector<WireField>> read_fields(std::string_view message);

} // namespace isolab
