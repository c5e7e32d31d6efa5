// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "engine/network/network_values.h"

namespace isolab {

/// Names that one container can look up, and what they stand for.
struct DnsNames {
    std::map<std::string, std::vector<IpAddress>> addresses; ///< by name in lower case
    std::map<IpAddress, std::string> names;

    bool operator==(const DnsNames&) const = default;
};

/// Those of every attachment that shares a network with `container`, itself included, with its addresses in the shared
/// networks only. Pure.
DnsNames names_seen_by(const std::string& container, const std::vector<Attachment>& attachments);

/// What answers to `query`; empty when it is not about these names and must be asked elsewhere. Pure.
std::string answer_locally(std::string_view query, const DnsNames& names);

/// The names that one container sees, read again when records have changed.
class DnsDirectory {
  public:
    /// `attachments`: the folder of records, `<state>/attachments`.
    DnsDirectory(std::filesystem::path attachments, std::string container)
        : folder_(std::move(attachments)), container_(std::move(container)) {}

    const DnsNames& names();

  private:
    std::filesystem::path folder_;
    std::string container_;
    timespec read_at_{};
    DnsNames names_;
};

} // namespace isolab
