// SPDX-License-Identifier: GPL-3.0-or-later
//
// The guest's protocol (virt/guest_init/guest_protocol.h) as the host writes and reads it. Pure: bytes only.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/instance.h"
#include "virt/guest_init/guest_protocol.h"

namespace isolab {

struct GuestRecord {
    guest::RecordHeader header;
    std::string payload;

    /// The structure at the begin of the payload; empty when the payload is too short for it.
    template <class T> std::optional<T> as() const noexcept {
        if (payload.size() < sizeof(T))
            return std::nullopt;
        T value;
        std::memcpy(&value, payload.data(), sizeof value);
        return value;
    }
    /// What follows that structure.
    template <class T> std::string_view rest() const noexcept {
        return std::string_view(payload).substr(std::min(sizeof(T), payload.size()));
    }
};

/// The stamp of a record that tells of a point in time; empty for others.
std::optional<guest::GuestStamp> stamp_of(const GuestRecord& record) noexcept;

/// Cuts a stream of bytes into records, whatever pieces it arrives in.
class RecordReader {
  public:
    void append(const char* bytes, std::size_t size);
    /// The next complete record; empty when more bytes are needed; corrupt when the stream is broken.
    Result<std::optional<GuestRecord>> next();

  private:
    std::string buffer_;
    std::size_t taken_ = 0;
};

std::string encode_record(guest::RecordKind kind, std::string_view head, std::string_view tail = {});
std::string encode_start(const ProcessSpec& process, const ProcessConfinement& confinement,
                         const std::optional<PortProbe>& probe, const std::string& hostname);
std::string encode_exchange(std::uint32_t id, std::uint16_t port, std::string_view send, std::string_view expect,
                            std::uint32_t timeout_ms);
std::string encode_signal(int number);
std::string encode_sync(std::uint32_t id);

/// Whether a damaged disk explains it: the guest's kernel cannot mount it, or finds nonsense in it.
bool blames_disk(const guest::Failure& failure) noexcept;

/// What the guest could not do, told as the container side tells it: a command that is not in the image is not_found.
Error describe_failure(const guest::Failure& failure, const std::string& subject);

} // namespace isolab
