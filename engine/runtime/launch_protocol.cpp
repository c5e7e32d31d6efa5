// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/launch_protocol.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <type_traits>

#include <sys/socket.h>
#include <unistd.h>

namespace isolab {
namespace {

constexpr std::uint32_t protocol_version = 1;

class Writer {
  public:
    template <class T> void number(T value) {
        static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
        const std::size_t at = packet_.size();
        packet_.resize(at + sizeof value);
        std::memcpy(packet_.data() + at, &value, sizeof value);
    }
    void time(Nanoseconds value) { number(static_cast<std::int64_t>(value.count())); }
    void text(std::string_view value) {
        const std::size_t room = launch_packet_limit - std::min(launch_packet_limit, packet_.size() + 64);
        value = value.substr(0, std::min(value.size(), room));
        number(static_cast<std::uint32_t>(value.size()));
        packet_ += value;
    }
    std::string take() { return std::move(packet_); }

  private:
    std::string packet_;
};

/// Reads what Writer wrote; remembers when something was missing.
class Reader {
  public:
    explicit Reader(std::string_view packet) : rest_(packet) {}
    template <class T> T number() {
        T value{};
        if (rest_.size() < sizeof value) {
            broken_ = true;
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
        return value;
    }
    Nanoseconds time() { return Nanoseconds(number<std::int64_t>()); }
    std::string text() {
        const auto size = number<std::uint32_t>();
        if (rest_.size() < size) {
            broken_ = true;
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }
    bool complete() const { return !broken_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool broken_ = false;
};

void put(Writer& out, const MarkRecord& record) {
    out.number(record.phase);
    out.time(record.at);
    out.time(record.cpu);
}
void put(Writer& out, const StartedRecord& record) {
    out.number(record.pid);
    out.time(record.spent);
}
void put(Writer& out, const ErrorRecord& record) {
    out.number(static_cast<std::uint32_t>(record.error.kind));
    out.number(record.exit_code);
    for (const std::string* text :
         {&record.error.operation, &record.error.subject, &record.error.cause, &record.error.remedy})
        out.text(std::string_view(*text).substr(0, 8192));
}
void put(Writer& out, const WarningRecord& record) { out.text(record.text); }
void put(Writer& out, const ProbeReadyRecord& record) {
    out.time(record.at);
    out.time(record.cpu);
}
void put(Writer& out, const ExitRecord& record) {
    out.number(record.status.code);
    out.number(record.status.signal);
    out.number(static_cast<std::uint8_t>(record.status.out_of_memory));
    out.time(record.at);
    out.time(record.cpu);
    out.number(record.peak_rss);
    out.number(static_cast<std::uint8_t>(record.cgroup_peak.has_value()));
    out.number(record.cgroup_peak.value_or(0));
}
void put(Writer& out, const GoneRecord& record) {
    out.time(record.at);
    out.time(record.cpu);
}
void put(Writer& out, const ExchangeReply& record) {
    out.number(record.number);
    out.number(record.error);
    out.text(record.reply);
}
void put(Writer& out, const SignalRequest& record) { out.number(record.signal); }
void put(Writer& out, const ExchangeRequest& record) {
    out.number(record.number);
    out.number(record.port);
    out.number(record.timeout_ms);
    out.text(record.send);
    out.text(record.expect);
}

// Braces evaluate from left to right: the fields are read in the order in which put() wrote them.
MarkRecord get(Reader& in, MarkRecord*) { return {in.number<Phase>(), in.time(), in.time()}; }
StartedRecord get(Reader& in, StartedRecord*) { return {in.number<pid_t>(), in.time()}; }
ErrorRecord get(Reader& in, ErrorRecord*) {
    ErrorRecord record;
    record.error.kind = static_cast<ErrorKind>(
        std::min<std::uint32_t>(in.number<std::uint32_t>(), static_cast<std::uint32_t>(ErrorKind::system)));
    record.exit_code = in.number<int>();
    record.error.operation = in.text();
    record.error.subject = in.text();
    record.error.cause = in.text();
    record.error.remedy = in.text();
    return record;
}
WarningRecord get(Reader& in, WarningRecord*) { return {in.text()}; }
ProbeReadyRecord get(Reader& in, ProbeReadyRecord*) { return {in.time(), in.time()}; }
ExitRecord get(Reader& in, ExitRecord*) {
    ExitRecord record;
    record.status = {in.number<int>(), in.number<int>(), in.number<std::uint8_t>() != 0};
    record.at = in.time();
    record.cpu = in.time();
    record.peak_rss = in.number<std::uint64_t>();
    const bool known = in.number<std::uint8_t>() != 0;
    const auto peak = in.number<std::uint64_t>();
    if (known)
        record.cgroup_peak = peak;
    return record;
}
GoneRecord get(Reader& in, GoneRecord*) { return {in.time(), in.time()}; }
ExchangeReply get(Reader& in, ExchangeReply*) { return {in.number<std::uint32_t>(), in.number<int>(), in.text()}; }
SignalRequest get(Reader& in, SignalRequest*) { return {in.number<int>()}; }
ExchangeRequest get(Reader& in, ExchangeRequest*) {
    return {in.number<std::uint32_t>(), in.number<std::uint16_t>(), in.number<std::uint32_t>(), in.text(), in.text()};
}

template <std::size_t Index = 0> std::optional<LaunchRecord> get_alternative(Reader& in, std::size_t wanted) {
    if constexpr (Index < std::variant_size_v<LaunchRecord>) {
        using Record = std::variant_alternative_t<Index, LaunchRecord>;
        if (wanted == Index)
            return get(in, static_cast<Record*>(nullptr));
        return get_alternative<Index + 1>(in, wanted);
    }
    return std::nullopt;
}

} // namespace

std::string encode(const LaunchRecord& record) {
    Writer out;
    out.number(protocol_version);
    out.number(static_cast<std::uint32_t>(record.index()));
    std::visit([&](const auto& one) { put(out, one); }, record);
    return out.take();
}

Result<LaunchRecord> decode(std::string_view packet) {
    Reader in(packet);
    const auto version = in.number<std::uint32_t>();
    const auto index = in.number<std::uint32_t>();
    auto record = get_alternative(in, index);
    if (version != protocol_version || !record || !in.complete())
        return fail(ErrorKind::corrupt, "read launcher record", {}, "the packet is not one of this version");
    const auto* mark = std::get_if<MarkRecord>(&*record);
    if (mark != nullptr && static_cast<std::size_t>(mark->phase) >= phase_count)
        return fail(ErrorKind::corrupt, "read launcher record", {}, "it marks an unknown phase");
    return std::move(*record);
}

Result<void> send_record(int socket, const LaunchRecord& record) {
    const std::string packet = encode(record);
    while (::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return fail_errno(errno, "send launcher record");
    return {};
}

Result<std::optional<LaunchRecord>> receive_record(int socket) {
    std::array<char, launch_packet_limit> packet; // NOLINT: clearing it would cost more than the rest
    ssize_t size = 0;
    // A peer that closed with unread data gives ECONNRESET once, before the packets that it had sent.
    do
        size = ::recv(socket, packet.data(), packet.size(), 0);
    while (size < 0 && (errno == EINTR || errno == ECONNRESET));
    if (size < 0)
        return fail_errno(errno, "receive launcher record");
    if (size <= 0)
        return std::optional<LaunchRecord>{};
    ISOLAB_ASSIGN(LaunchRecord record, decode({packet.data(), static_cast<std::size_t>(size)}));
    return std::optional(std::move(record));
}

} // namespace isolab
