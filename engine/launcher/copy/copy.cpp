// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/copy.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/launcher/copy/copy_place.h"
#include "engine/launcher/copy/copy_root.h"
#include "engine/launcher/launch/setup_child.h"
#include "engine/launcher/setup/process_setup.h"
#include "engine/launcher/setup/setup_channel.h"

namespace isolab::launcher {
namespace {

/// New files belong to the container's root from their birth: a file system that was mounted in its user namespace has
/// no other ids. The privileges of root stay.
Result<void> make_files_as(const CopyRules::Owner& owner) {
    if (owner.uid == ::geteuid() && owner.gid == ::getegid())
        return {};
    if (::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) != 0)
        return fail_errno(errno, "keep privileges while writing as the container's root");
    ::setfsgid(owner.gid); // these two cannot say that they failed
    ::setfsuid(owner.uid);
    return {};
}

class CopyProcess {
  public:
    CopyProcess(const CopyPlan& plan, int socket) : plan_(plan), channel_(socket) {}

    [[noreturn]] void run() {
        const Result<void> copied = copy();
        if (copied)
            channel_.report(StartedRecord{::getpid()});
        else
            channel_.report(ErrorRecord{copied.error(), 125});
        ::_exit(copied ? 0 : 1);
    }

  private:
    Result<void> copy() {
        die_with_parent();
        ISOLAB_ASSIGN(const ReachedRoot reached, reach_container_root(plan_));
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // nobody inside may look into it (CVE-2016-9962)
        const SetupChannel channel = channel_;
        CopyRules rules;
        rules.into_container = plan_.into_container;
        rules.keep_all = plan_.options.copy.archive;
        rules.in_user_namespace = plan_.enters_user_namespace;
        rules.uids = plan_.uids;
        rules.gids = plan_.gids;
        rules.warn = [channel](std::string text) { channel.warn(std::move(text)); };
        const CopySide host = CopySide::host(plan_.options.copy.host_fd >= 0 ? plan_.options.copy.host_fd : AT_FDCWD);
        const CopySide container = CopySide::container(reached.top());
        const auto& words = plan_.options.words;
        const bool follow = plan_.options.copy.follow_link;
        ISOLAB_ASSIGN(const CopySource source, open_source(rules.into_container ? host : container, words[1], follow));
        if (!plan_.enters_user_namespace)
            ISOLAB_TRY(make_files_as(rules.default_owner()));
        return copy_to(source, rules.into_container ? container : host, words[2], rules);
    }

    const CopyPlan& plan_;
    SetupChannel channel_;
};

} // namespace

Result<void> copy_files(const Options& options, Events& events) {
    ISOLAB_ASSIGN(const CopyPlan plan, make_copy_plan(options));
    ISOLAB_ASSIGN(const SetupChild child, clone_copier(plan, [&plan](int socket) { CopyProcess(plan, socket).run(); }));
    if (const auto done = child.follow(events); !done)
        return fail(done.error().error);
    return {};
}

} // namespace isolab::launcher
