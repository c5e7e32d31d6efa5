// SPDX-License-Identifier: GPL-3.0-or-later
//
// System call filters as values: Docker's profile format, and the resolved form of an OCI runtime specification.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// Compares argument `index` of a system call: `op` as in "SCMP_CMP_EQ"; for SCMP_CMP_MASKED_EQ `value` is the mask and
/// `value_two` what must remain.
struct SeccompArgument {
    unsigned index = 0;
    std::uint64_t value = 0;
    std::uint64_t value_two = 0;
    std::string op;
};

/// One rule: every name gets `action` when all `args` hold.
struct SeccompRule {
    std::vector<std::string> names;
    std::string action; ///< "SCMP_ACT_ALLOW"
    std::optional<unsigned> errno_value;
    std::vector<SeccompArgument> args;
};

/// `linux.seccomp` of the OCI runtime specification 1.x (config-linux.md, "Seccomp").
struct SeccompFilter {
    std::string default_action = "SCMP_ACT_ERRNO";
    std::optional<unsigned> default_errno;
    std::vector<std::string> architectures; ///< "SCMP_ARCH_X86_64"; empty: the native one
    std::vector<std::string> flags;
    std::vector<SeccompRule> rules;

    /// Whether a rule leaves its system calls to a program outside, the seccomp agent.
    bool notifies() const;
};

inline constexpr std::string_view seccomp_notify = "SCMP_ACT_NOTIFY";

/// Where the agent listens, and what the runtime passes on to it with each filter.
struct SeccompListener {
    std::string path; ///< of an AF_UNIX stream socket
    std::string metadata;
};

/// Reads `linux.seccomp` but its listener. An Error of kind corrupt names the field. unsupported, as in other runtimes:
/// SCMP_ACT_NOTIFY as the default, or for write(2), by which the runtime itself speaks after the filter is loaded.
Result<SeccompFilter> parse_seccomp(const Json& document, const std::string& subject);

/// Reads `listenerPath` and `listenerMetadata` of `linux.seccomp` with a filter that notifies.
Result<SeccompListener> parse_seccomp_listener(const Json& document, const std::string& subject);

/// The inverse, compact and in the order of the value.
Json seccomp_to_json(const SeccompFilter& filter);

/// What a container is, for the conditions ("includes", "excludes") of a profile.
struct SeccompConditions {
    std::vector<std::string> capabilities; ///< bounding set, "CAP_CHOWN"
    std::string architecture;              ///< as Go names it: "amd64", "arm64"
    unsigned kernel_major = 0;
    unsigned kernel_minor = 0;
};

/// This machine's architecture and kernel, with the given capabilities.
SeccompConditions seccomp_conditions(std::vector<std::string> capabilities);

/// Resolves a profile in Docker's JSON format: keeps the rules whose conditions hold, takes the architecture map's
/// entry for this machine, joins neighbouring rules of equal effect. A rule applies when it has all capabilities, one
/// of the architectures and at least the kernel of "includes", and none of "excludes".
Result<SeccompFilter> resolve_seccomp_profile(const Json& profile, const SeccompConditions& conditions,
                                              const std::string& subject);

/// The project's own default profile (resources/seccomp-default.json), compiled into the program.
const std::string& default_seccomp_profile();

} // namespace isolab
