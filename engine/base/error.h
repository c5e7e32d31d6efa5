// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace isolab {

/// What sort of trouble an Error is; decides exit codes and colours, never the wording.
enum class ErrorKind {
    invalid_argument,  ///< the caller asked for something that can never work
    not_found,         ///< the named thing does not exist
    already_exists,    ///< the named thing exists and must not
    permission_denied, ///< the kernel or a policy refused
    unsupported,       ///< this machine, kernel or library lacks the ability
    corrupt,           ///< data does not match its digest or its format
    no_space,          ///< disk, quota or memory is used up
    timeout,           ///< a deadline passed
    cancelled,         ///< the user asked to stop
    unavailable,       ///< a prerequisite (program, daemon, file) is missing or does not answer
    system,            ///< any other failed system or library call
};

/// Stable lower-case identifier of a kind, e.g. "not_found"; used in JSON output.
std::string_view error_kind_id(ErrorKind kind) noexcept;

/// One failure, told so that a person can act on it. A plain value; copied freely between threads.
///
/// The pieces are kept apart so that context can be added on the way up without parsing text.
struct [[nodiscard]] Error {
    ErrorKind kind = ErrorKind::system;
    std::string operation; ///< what was attempted, an infinitive phrase: "mount overlay"
    std::string subject;   ///< on what: a path, an image name, a digest; may be empty
    std::string cause;     ///< why it failed: "lower directory is missing"
    std::string remedy;    ///< what the reader can do; may be empty

    /// "cannot OPERATION SUBJECT: CAUSE. REMEDY" on one line, without a final newline.
    std::string message() const;

    /// The same error with `outer` put in front of the operation's cause: the caller's view of it.
    /// The former operation and subject move into the cause, kind and remedy stay.
    Error within(std::string outer_operation, std::string outer_subject = {}) const;
};

/// Value or Error; every function that can fail returns one of these.
template <class T> using Result = tl::expected<T, Error>;

/// Shorthand for the failing branch of a Result.
inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
tl::unexpected<Error> fail(ErrorKind kind, std::string operation, std::string subject, std::string cause,
                           std::string remedy = {});

/// Error for a failed system call. `error_number` is an errno(3) value; the kind is derived from it
/// (ENOENT → not_found, EACCES/EPERM → permission_denied, ENOSPC/EDQUOT → no_space, ...).
Error system_error(int error_number, std::string operation, std::string subject = {});
tl::unexpected<Error> fail_errno(int error_number, std::string operation, std::string subject = {});

} // namespace isolab

/// Return the error of a Result<T> expression to the caller; otherwise go on.
#define ISOLAB_TRY(expression)                                                                                         \
    do {                                                                                                               \
        if (auto isolab_try_result = (expression); !isolab_try_result)                                                 \
            return ::tl::unexpected<::isolab::Error>(std::move(isolab_try_result).error());                            \
    } while (false)

#define ISOLAB_CONCAT_INNER(a, b) a##b
#define ISOLAB_CONCAT(a, b) ISOLAB_CONCAT_INNER(a, b)

/// `ISOLAB_ASSIGN(auto x, f());` binds the value of a Result or returns its error to the caller.
#define ISOLAB_ASSIGN(declaration, expression)                                                                         \
    auto ISOLAB_CONCAT(isolab_result_, __LINE__) = (expression);                                                       \
    if (!ISOLAB_CONCAT(isolab_result_, __LINE__))                                                                      \
        return ::tl::unexpected<::isolab::Error>(std::move(ISOLAB_CONCAT(isolab_result_, __LINE__)).error());          \
    declaration = std::move(*ISOLAB_CONCAT(isolab_result_, __LINE__))
