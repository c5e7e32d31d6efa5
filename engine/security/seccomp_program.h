// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <linux/filter.h>

#include "engine/security/seccomp_profile.h"

namespace isolab {

/// A filter in the form that seccomp(2) loads.
struct SeccompProgram {
    std::vector<sock_filter> instructions;
    unsigned flags = 0;                ///< SECCOMP_FILTER_FLAG_*; NEW_LISTENER when a rule notifies
    std::vector<std::string> warnings; ///< architectures that this libseccomp does not know
};

/// Compiles with libseccomp, rules ordered as a binary tree (seccomp_attr_set(3), SCMP_FLTATR_CTL_OPTIMIZE = 2), which
/// the kernel loads several times faster than a linear list. System calls that libseccomp does not know on
/// this machine are left to the default action. unsupported for actions and operators that it does not know.
Result<SeccompProgram> compile_seccomp(const SeccompFilter& filter);

/// The names that compile_seccomp() takes, as documents write them.
std::vector<std::string> seccomp_flag_names();
std::vector<std::string> seccomp_architectures();

/// Compiled programs by what they were made from, in a folder of mode 0700 that belongs to the caller.
///
/// A file is used only when it is a regular file of the caller with mode 0600 whose length and SHA-256 agree with its
/// own header; anything else is compiled again and replaced. A folder that cannot be used costs time, never safety.
class SeccompCache {
  public:
    explicit SeccompCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// `document` is `linux.seccomp`; `subject` names its file in errors.
    Result<SeccompProgram> compile(const Json& document, const std::string& subject) const;

    /// Where the program of a document is kept: depends on the document, the native architecture, libseccomp's version
    /// and the actions that the kernel offers.
    std::filesystem::path file_of(const Json& document) const;

  private:
    std::filesystem::path folder_;
};

/// Puts the filter on the calling thread, for good. Needs no_new_privs or CAP_SYS_ADMIN. Gives the descriptor of its
/// notifications when program.flags has SECCOMP_FILTER_FLAG_NEW_LISTENER, otherwise 0.
Result<int> load_seccomp(const SeccompProgram& program);

} // namespace isolab
