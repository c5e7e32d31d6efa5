// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/owned_folder.h"

#include <unistd.h>

#include "engine/base/process_identity.h"
#include "engine/runtime/watcher_lock.h"

namespace isolab {

Result<OwnedFolder> OwnedFolder::create(const ContainerStore& store, ContainerSettings& settings) {
    ISOLAB_ASSIGN(settings.owner, identify_process(::getpid()));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store.reserve(settings)); // until it can be seen, and is watched
    auto watching = watch_together(store.folder(settings.id), true);
    auto written = watching ? store.write(settings, Durability::until_power_cut) : fail(watching.error());
    if (!written) {
        [[maybe_unused]] const auto removed = store.remove(settings.id, settings.name);
        return fail(written.error());
    }
    OwnedFolder folder(store, settings.id, settings.name);
    folder.watching_ = std::move(*watching);
    return folder;
}

OwnedFolder::~OwnedFolder() { [[maybe_unused]] const auto removed = remove(); }

Result<void> OwnedFolder::remove() {
    if (!watching_)
        return {};
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.lock(id_, {})); // nobody writes into it meanwhile
    auto removed = store_.remove(id_, name_);
    watching_.reset();
    return removed;
}

} // namespace isolab
