// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/checkpoint/criu_messages.h"

#include <algorithm>
#include <array>

#include "engine/checkpoint/wire.h"

namespace isolab {
namespace {

struct GroupModeName {
    std::string_view name;
    CriuGroupMode mode;
};
constexpr std::array group_modes{
    GroupModeName{"soft", CriuGroupMode::soft},
    GroupModeName{"full", CriuGroupMode::full},
    GroupModeName{"strict", CriuGroupMode::strict},
    GroupModeName{"ignore", CriuGroupMode::ignore},
};

struct OptionFlag {
    unsigned field;
    bool CriuOptions::*member;
};
constexpr std::array option_flags{
    OptionFlag{3, &CriuOptions::leave_running},     OptionFlag{4, &CriuOptions::external_unix_sockets},
    OptionFlag{5, &CriuOptions::tcp_established},   OptionFlag{7, &CriuOptions::shell_job},
    OptionFlag{8, &CriuOptions::file_locks},        OptionFlag{12, &CriuOptions::notify},
    OptionFlag{15, &CriuOptions::track_memory},     OptionFlag{26, &CriuOptions::as_sibling},
    OptionFlag{50, &CriuOptions::orphan_terminals},
};

struct OptionText {
    unsigned field;
    std::string CriuOptions::*member;
};
constexpr std::array option_texts{
    OptionText{10, &CriuOptions::log_file},
    OptionText{13, &CriuOptions::root},
    OptionText{14, &CriuOptions::parent_images},
    OptionText{44, &CriuOptions::freezer_group},
};

std::string encode_options(const CriuOptions& options) {
    WireWriter message;
    message.integer(1, options.images_fd);
    if (options.pid)
        message.integer(2, *options.pid);
    for (const OptionFlag& flag : option_flags)
        if (options.*flag.member)
            message.flag(flag.field, true);
    message.integer(9, options.log_level);
    for (const OptionText& text : option_texts)
        if (!(options.*text.member).empty())
            message.bytes(text.field, options.*text.member);
    if (options.work_fd >= 0)
        message.integer(17, options.work_fd);
    message.flag(24, options.groups != CriuGroupMode::ignore);
    for (const auto& [controller, path] : options.group_roots) {
        WireWriter root;
        if (!controller.empty())
            root.bytes(1, controller);
        message.bytes(25, root.bytes(2, path).text());
    }
    for (const auto& [key, fd] : options.inherited)
        message.bytes(27, WireWriter().bytes(1, key).integer(2, fd).text());
    message.number(34, static_cast<unsigned>(options.groups));
    for (const std::string& external : options.external)
        message.bytes(37, external);
    if (options.empty_namespaces != 0)
        message.number(38, options.empty_namespaces);
    return message.text();
}

CriuFeatures features_of(const std::vector<WireField>& fields) {
    CriuFeatures features;
    for (const WireField& field : fields)
        if (field.field >= 1 && field.field <= 3)
            (field.field == 1   ? features.track_memory
             : field.field == 2 ? features.lazy_pages
                                : features.pidfd_store) = field.flag();
    return features;
}

CriuVersion version_of(const std::vector<WireField>& fields) {
    CriuVersion version;
    for (const WireField& field : fields)
        if (field.field == 1 || field.field == 2 || field.field == 4)
            (field.field == 1 ? version.major : field.field == 2 ? version.minor : version.sublevel) = field.integer();
    return version;
}

CriuNotification notification_of(const std::vector<WireField>& fields) {
    CriuNotification notification;
    for (const WireField& field : fields) {
        if (field.field == 1)
            notification.script = field.text();
        if (field.field == 2)
            notification.pid = field.integer();
    }
    return notification;
}

/// A field that is a message of its own.
Result<void> take_part(CriuResponse& response, const WireField& field) {
    ISOLAB_ASSIGN(const auto parts, read_fields(field.bytes));
    if (field.field == 4)
        for (const WireField& part : parts)
            response.restored_pid = part.field == 1 ? part.integer() : response.restored_pid;
    if (field.field == 5)
        response.notification = notification_of(parts);
    if (field.field == 8)
        response.features = features_of(parts);
    if (field.field == 10)
        response.version = version_of(parts);
    return {};
}

} // namespace

std::optional<CriuGroupMode> criu_group_mode(std::string_view name) {
    const auto* found = std::ranges::find(group_modes, name, &GroupModeName::name);
    return found == group_modes.end() ? std::nullopt : std::optional(found->mode);
}

std::string CriuVersion::text() const {
    return std::to_string(major) + "." + std::to_string(minor) + (sublevel != 0 ? "." + std::to_string(sublevel) : "");
}

std::string encode_request(const CriuRequest& request) {
    WireWriter message;
    message.number(1, static_cast<unsigned>(request.type));
    if (request.options)
        message.bytes(2, encode_options(*request.options));
    if (request.notify_success)
        message.flag(3, *request.notify_success);
    if (request.features)
        message.bytes(5, WireWriter()
                             .flag(1, request.features->track_memory)
                             .flag(2, request.features->lazy_pages)
                             .flag(3, request.features->pidfd_store)
                             .text());
    return message.text();
}

Result<CriuResponse> decode_response(std::string_view message) {
    ISOLAB_ASSIGN(const auto fields, read_fields(message));
    CriuResponse response;
    unsigned required = 0;
    for (const WireField& field : fields) {
        required += field.field == 1 || field.field == 2 ? 1 : 0;
        if (field.field == 1)
            response.type = static_cast<CriuMessageType>(field.number);
        if (field.field == 2)
            response.success = field.flag();
        if (field.field == 7)
            response.error_number = field.integer();
        if (field.field == 9)
            response.error = field.text().substr(0, field.text().find_last_not_of(" \n") + 1);
        if (field.field == 4 || field.field == 5 || field.field == 8 || field.field == 10)
            ISOLAB_TRY(take_part(response, field));
    }
    if (required != 2)
        return fail(ErrorKind::corrupt, "read a message of CRIU", {}, "it is no response");
    return response;
}

} // namespace isolab
