// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/base/process_identity.h"
#include "engine/containers/container_settings.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// Namespaces of other containers that one shares from its start. They are held by descriptors: the number of a
/// process may be another one's by the time that a path below /proc is opened, also when a supervisor starts the
/// container again.
struct SharedNamespaces {
    std::vector<JoinedNamespace> joined; ///< by the paths that the descriptors have in the supervisor
    std::vector<UniqueFd> files;         ///< in the order of `joined`, for its numbers from `first_number` on

    static constexpr int first_number = 5;
    int past_last_number() const noexcept { return first_number + static_cast<int>(files.size()); }
};

/// The first process of another container, which has to run. Proven anew by who uses it.
struct SharingContainer {
    std::string id;
    ProcessIdentity process;
};
using FindContainer = std::function<Result<SharingContainer>(const std::string& reference)>;

/// Opens what the settings' modes "container:REFERENCE" name. Without root that takes the user namespace along, which
/// owns the others, so there can be but one such container: otherwise unsupported.
Result<SharedNamespaces> open_shared_namespaces(const ContainerSettings& settings, const FindContainer& find);

} // namespace isolab
