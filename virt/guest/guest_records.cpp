// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/guest_records.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

namespace isolab {
namespace {

using guest::RecordHeader;
using guest::Step;

template <class T> std::string_view bytes_of(const T& value) noexcept {
    return {reinterpret_cast<const char*>(&value), sizeof value}; // NOLINT: structures travel as they lie in memory
}

void append_string(std::string& into, std::string_view text) {
    into.append(text.substr(0, text.find('\0'))).push_back('\0');
}

struct StepText {
    Step step;
    const char* operation;
    const char* remedy;
};

constexpr std::array step_texts{
    StepText{Step::modules, "load the guest's drivers", ""},
    StepText{Step::root_disk, "mount the guest's disk", ""},
    StepText{Step::mounts, "mount in the guest", ""},
    StepText{Step::network, "set up the guest's network", ""},
    StepText{Step::user, "become the workload's user in the guest", ""},
    StepText{Step::directory, "enter the working directory in the guest", ""},
    StepText{Step::command, "execute", "Check the command and PATH against what the image holds"},
    StepText{Step::protocol, "talk with the guest", ""},
    StepText{Step::probe, "probe the workload in the guest by", ""},
    StepText{Step::limits, "limit the workload's resources in the guest", ""},
};

} // namespace

std::optional<guest::GuestStamp> stamp_of(const GuestRecord& record) noexcept {
    using guest::RecordKind;
    static_assert(offsetof(guest::Hello, init) == 0 && offsetof(guest::Exited, stamp) == 0);
    switch (record.header.kind) {
    case RecordKind::hello:
    case RecordKind::setup_done:
    case RecordKind::executed:
    case RecordKind::probe_ready:
    case RecordKind::exited:
        return record.as<guest::GuestStamp>();
    default:
        return std::nullopt;
    }
}

void RecordReader::append(const char* bytes, std::size_t size) {
    buffer_.erase(0, taken_);
    taken_ = 0;
    buffer_.append(bytes, size);
}

Result<std::optional<GuestRecord>> RecordReader::next() {
    const std::string_view left = std::string_view(buffer_).substr(taken_);
    GuestRecord record;
    if (left.size() < sizeof(RecordHeader))
        return std::optional<GuestRecord>();
    std::memcpy(&record.header, left.data(), sizeof record.header);
    if (record.header.size > guest::record_limit)
        return fail(ErrorKind::corrupt, "read from the guest", {}, "a record claims to be larger than any can be");
    if (left.size() - sizeof(RecordHeader) < record.header.size)
        return std::optional<GuestRecord>();
    record.payload = left.substr(sizeof(RecordHeader), record.header.size);
    taken_ += sizeof(RecordHeader) + record.header.size;
    return std::optional(std::move(record));
}

std::string encode_record(guest::RecordKind kind, std::string_view head, std::string_view tail) {
    const RecordHeader header{static_cast<std::uint32_t>(head.size() + tail.size()), kind, 0, 0};
    return std::string(bytes_of(header)).append(head).append(tail);
}

std::string encode_start(const ProcessSpec& process, const ProcessConfinement& confinement,
                         const std::optional<PortProbe>& probe, const std::string& hostname) {
    guest::Start start;
    start.uid = process.uid;
    start.gid = process.gid;
    start.groups = static_cast<std::uint32_t>(process.additional_gids.size());
    start.args = static_cast<std::uint32_t>(process.args.size());
    start.env = static_cast<std::uint32_t>(process.env.size());
    start.capabilities = confinement.capabilities;
    start.no_new_privileges = confinement.no_new_privileges ? 1 : 0;
    start.limits = static_cast<std::uint32_t>(confinement.limits.size());
    start.probe_port = probe ? probe->port : std::uint16_t{0};
    start.probe_http = probe && probe->http_path ? 1 : 0;
    std::string lists;
    for (const std::uint32_t group : process.additional_gids)
        lists.append(bytes_of(group));
    for (const ProcessConfinement::Limit& limit : confinement.limits)
        lists.append(bytes_of(guest::Limit{limit.soft, limit.hard, limit.resource, 0}));
    append_string(lists, process.cwd);
    append_string(lists, hostname);
    append_string(lists, probe ? probe->http_path.value_or("") : "");
    for (const std::string& argument : process.args)
        append_string(lists, argument);
    for (const std::string& variable : process.env)
        append_string(lists, variable);
    return encode_record(guest::RecordKind::start, bytes_of(start), lists);
}

std::string encode_exchange(std::uint32_t id, std::uint16_t port, std::string_view send, std::string_view expect,
                            std::uint32_t timeout_ms) {
    const guest::Exchange ask{id, timeout_ms, static_cast<std::uint32_t>(send.size()), port, 0};
    return encode_record(guest::RecordKind::exchange, bytes_of(ask), std::string(send).append(expect));
}

std::string encode_signal(int number) {
    const guest::Signal ask{number};
    return encode_record(guest::RecordKind::signal, bytes_of(ask));
}

std::string encode_sync(std::uint32_t id) {
    const guest::Sync ask{id};
    return encode_record(guest::RecordKind::sync, bytes_of(ask));
}

bool blames_disk(const guest::Failure& failure) noexcept {
    // ext4's names for them are EFSCORRUPTED and EFSBADCRC.
    const bool damage = failure.error == EUCLEAN || failure.error == EBADMSG || failure.error == EIO;
    switch (failure.step) {
    case Step::root_disk:
        return damage || failure.error == EINVAL; // mount(2): "an invalid superblock"
    case Step::mounts:
    case Step::network:
    case Step::user:
    case Step::directory:
    case Step::command:
        return damage;
    case Step::limits:
    case Step::modules:
    case Step::protocol:
    case Step::probe:
        break;
    }
    return false;
}

Error describe_failure(const guest::Failure& failure, const std::string& subject) {
    for (const StepText& text : step_texts) {
        if (text.step != failure.step)
            continue;
        Error error = system_error(failure.error, text.operation, subject);
        if (failure.step == Step::command && failure.error == ENOENT)
            error.cause = "there is no such program in the image";
        error.remedy = text.remedy;
        return error;
    }
    return {ErrorKind::corrupt, "talk with the guest", subject, "it reports an unknown step", {}};
}

} // namespace isolab
