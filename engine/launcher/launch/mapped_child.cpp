// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/mapped_child.h"

#include <cerrno>

#include <sched.h>
#include <unistd.h>

#include "engine/launcher/launch/user_namespace_keeper.h"
#include "engine/launcher/setup/id_maps.h"
#include "engine/launcher/setup/process_setup.h"
#include "engine/launcher/setup/setup_channel.h"

namespace isolab::launcher {
namespace {

Result<void> become_root(const SetupChannel& channel) {
    die_with_parent();
    ISOLAB_TRY(channel.await(ids_are_mapped));
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
        return fail_errno(errno, "become root of the user namespace");
    die_with_parent(); // a change of ids clears it (prctl(2))
    return {};
}

} // namespace

Result<SetupChild> clone_with_ids(const std::filesystem::path& root, const MappedIds& ids, unsigned long long flags,
                                  const std::function<void(int)>& run) {
    const UniqueFd kept = kept_user_namespace(root, ids.uids, ids.gids);
    CloneRequest request;
    request.flags = flags;
    if (kept)
        request.enter = [&kept]() -> Result<void> {
            if (::setns(kept.get(), CLONE_NEWUSER) != 0)
                return fail_errno(errno, "enter the user namespace that keeps the ids");
            return {};
        };
    else
        request.flags |= static_cast<unsigned long long>(CLONE_NEWUSER);
    ISOLAB_ASSIGN(SetupChild child, SetupChild::clone(request, [&run](int socket) {
                      const SetupChannel channel(socket);
                      if (const auto root_there = become_root(channel); !root_there) {
                          channel.report(ErrorRecord{root_there.error(), 125});
                          ::_exit(EXIT_FAILURE);
                      }
                      run(socket);
                  }));
    if (!kept)
        ISOLAB_TRY(write_id_maps(child.pid(), ids.uids, ids.gids));
    ISOLAB_TRY(tell(child.socket(), {&ids_are_mapped, 1})); // also when it was born with them: it waits in any case
    return child;
}

} // namespace isolab::launcher
