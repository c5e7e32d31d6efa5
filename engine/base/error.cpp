// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/error.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace isolab {
namespace {

struct ErrnoKind {
    int number;
    ErrorKind kind;
};

constexpr std::array errno_kinds{
    ErrnoKind{ENOENT, ErrorKind::not_found},         ErrnoKind{ESRCH, ErrorKind::not_found},
    ErrnoKind{EEXIST, ErrorKind::already_exists},    ErrnoKind{EACCES, ErrorKind::permission_denied},
    ErrnoKind{EPERM, ErrorKind::permission_denied},  ErrnoKind{EROFS, ErrorKind::permission_denied},
    ErrnoKind{ENOSPC, ErrorKind::no_space},          ErrnoKind{EDQUOT, ErrorKind::no_space},
    ErrnoKind{ENOMEM, ErrorKind::no_space},          ErrnoKind{EINVAL, ErrorKind::invalid_argument},
    ErrnoKind{ENOSYS, ErrorKind::unsupported},       ErrnoKind{EOPNOTSUPP, ErrorKind::unsupported},
    ErrnoKind{ETIMEDOUT, ErrorKind::timeout},        ErrnoKind{ECANCELED, ErrorKind::cancelled},
    ErrnoKind{ECONNREFUSED, ErrorKind::unavailable}, ErrnoKind{EBADMSG, ErrorKind::corrupt},
};

constexpr std::array<std::string_view, 11> kind_ids{
    "invalid_argument", "not_found", "already_exists", "permission_denied", "unsupported", "corrupt",
    "no_space",         "timeout",   "cancelled",      "unavailable",       "system"};

std::string phrase(const std::string& operation, const std::string& subject) {
    return subject.empty() ? operation : operation + " " + subject;
}

} // namespace

std::string_view error_kind_id(ErrorKind kind) noexcept { return kind_ids[static_cast<std::size_t>(kind)]; }

std::string Error::message() const {
    std::string text = "cannot " + phrase(operation, subject);
    if (!cause.empty())
        text += ": " + cause;
    if (!remedy.empty())
        text += ". " + remedy;
    return text;
}

Error Error::within(std::string outer_operation, std::string outer_subject) const {
    Error outer = *this;
    outer.cause = "cannot " + phrase(operation, subject) + (cause.empty() ? "" : ": " + cause);
    outer.operation = std::move(outer_operation);
    outer.subject = std::move(outer_subject);
    return outer;
}

tl::unexpected<Error> fail(ErrorKind kind, std::string operation, std::string subject, std::string cause,
                           std::string remedy) {
    return fail(Error{kind, std::move(operation), std::move(subject), std::move(cause), std::move(remedy)});
}

Error system_error(int error_number, std::string operation, std::string subject) {
    ErrorKind kind = ErrorKind::system;
    for (const ErrnoKind& entry : errno_kinds)
        if (entry.number == error_number)
            kind = entry.kind;
    const char* text = strerrordesc_np(error_number);
    return {kind,
            std::move(operation),
            std::move(subject),
            text != nullptr ? text : "error " + std::to_string(error_number),
            {}};
}

tl::unexpected<Error> fail_errno(int error_number, std::string operation, std::string subject) {
    return fail(system_error(error_number, std::move(operation), std::move(subject)));
}

} // namespace isolab
