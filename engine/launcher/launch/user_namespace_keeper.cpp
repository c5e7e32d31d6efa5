// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/user_namespace_keeper.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/data_folder.h"
#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/pipe.h"
#include "engine/base/unix_socket.h"
#include "engine/launcher/setup/id_maps.h"
#include "engine/launcher/setup/process_title.h"

namespace isolab::launcher {
namespace {

constexpr std::size_t longest_name = 200; ///< of a socket's file; an odd user with more ranges goes without a keeper
constexpr int look_interval_ms = 5'000;   ///< whether the socket's file is still there, should nobody tell
constexpr Nanoseconds idle_limit = std::chrono::minutes(1);
constexpr timeval answer_limit{5, 0};

std::string socket_name_of(const std::vector<IdMapping>& uids, const std::vector<IdMapping>& gids) {
    std::string name = "uid";
    for (const auto* mappings : {&uids, &gids}) {
        if (mappings == &gids)
            name += "_gid";
        for (const IdMapping& one : *mappings)
            name +=
                "_" + std::to_string(one.container) + "-" + std::to_string(one.host) + "-" + std::to_string(one.size);
    }
    return name;
}

/// What the process at the socket sends is not trusted: in another user's namespace, that user could control this
/// process.
bool is_own_user_namespace(const UniqueFd& file) {
    uid_t owner = 0;
    return file && ::ioctl(file.get(), NS_GET_NSTYPE) == CLONE_NEWUSER &&
           ::ioctl(file.get(), NS_GET_OWNER_UID, &owner) == 0 && owner == ::geteuid();
}

UniqueFd ask_keeper(const std::filesystem::path& path) {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!socket || !connect_socket(socket, path))
        return {};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &answer_limit, sizeof answer_limit);
    auto received = receive_descriptor(socket.get());
    return received && is_own_user_namespace(*received) ? std::move(*received) : UniqueFd();
}

/// The socket's file, by which a keeper knows whether it can still be found.
class Place {
  public:
    static std::optional<Place> find(const std::filesystem::path& path) {
        auto folder = open_lock_folder(path.parent_path());
        if (!folder)
            return std::nullopt;
        Place place{std::move(*folder), path};
        if (!place.look_at(place.made_))
            return std::nullopt;
        return place;
    }
    bool stands() const {
        struct stat now {};
        return look_at(now) && now.st_ino == made_.st_ino && now.st_dev == made_.st_dev;
    }
    /// False while somebody who holds the folder may be about to use it.
    bool give_up() const {
        if (!try_lock(folder_, LockKind::exclusive))
            return false;
        if (stands())
            ::unlinkat(folder_.get(), name_.c_str(), 0);
        return true;
    }
    int folder() const noexcept { return folder_.get(); }
    const std::string& shown() const noexcept { return shown_; }
    /// Becomes readable when something happens there; empty where the kernel has none left.
    UniqueFd watch() const {
        UniqueFd events(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
        const std::string path = "/proc/self/fd/" + std::to_string(folder_.get());
        ::inotify_add_watch(events.get(), path.c_str(), IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_ONLYDIR);
        return events;
    }

  private:
    Place(UniqueFd folder, const std::filesystem::path& path)
        : folder_(std::move(folder)), name_(path.filename()), shown_(path.parent_path().parent_path()) {}
    bool look_at(struct stat& status) const {
        return ::fstatat(folder_.get(), name_.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    }

    UniqueFd folder_;
    std::string name_;
    std::string shown_; ///< the data folder
    struct stat made_ {};
};

void answer_next(const UniqueFd& listener, const UniqueFd& own) {
    const UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client)
        (void)try_send_descriptors(client.get(), {&own, 1}, "u"); // one that did not wait has no use for it
}

/// What the keeper does for the rest of its life. It looks at the socket's file from time to time too, as the user's
/// inotify instances may be used up (inotify(7)).
void serve_until_idle(const UniqueFd& listener, const Place& place) {
    const UniqueFd own(::open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
    const UniqueFd changes = place.watch();
    Nanoseconds last = monotonic_now();
    for (;;) {
        std::array<pollfd, 2> waiting{{{listener.get(), POLLIN, 0}, {changes.get(), POLLIN, 0}}};
        ::poll(waiting.data(), waiting.size(), look_interval_ms);
        std::array<char, 4096> names; // NOLINT(cppcoreguidelines-pro-type-member-init): nobody reads them
        while (::read(changes.get(), names.data(), names.size()) > 0) {
        }
        if ((waiting[0].revents & POLLIN) != 0) {
            answer_next(listener, own);
            last = monotonic_now();
        } else if (!place.stands() || (monotonic_now() - last > idle_limit && place.give_up())) {
            return;
        }
    }
}

/// Nothing of its maker's stays open, neither files that would keep a pipe's reader waiting nor a terminal.
void become_keeper(const UniqueFd& listener, const Place& place) {
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(null.get(), stream);
    for (int fd = STDERR_FILENO + 1; fd < std::max(listener.get(), place.folder()); ++fd)
        if (fd != listener.get() && fd != place.folder())
            ::close(fd);
    ::close_range(static_cast<unsigned>(std::max(listener.get(), place.folder())) + 1, ~0U, 0);
    (void)!::chdir("/");
    ::setsid(); // Ctrl-C at its maker's terminal is not for it
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGINT, SIGHUP, SIGPIPE})
        ::signal(signal, SIG_IGN);
    ::prctl(PR_SET_NAME, "isolab-userns", 0, 0, 0);
    set_process_title("isolab-runtime: keeps a user namespace for " + place.shown());
}

/// Makes the keeper and ends; the keeper is nobody's child then.
[[noreturn]] void make_keeper(const UniqueFd& listener, const Place& place, const std::vector<IdMapping>& uids,
                              const std::vector<IdMapping>& gids) {
    auto pipe = Pipe::create();
    if (!pipe)
        ::_exit(EXIT_FAILURE);
    clone_args arguments{};
    arguments.flags = static_cast<unsigned long long>(CLONE_NEWUSER);
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid < 0)
        ::_exit(EXIT_FAILURE);
    if (pid == 0) {
        pipe->write.reset();
        char byte = 0;
        if (::read(pipe->read.get(), &byte, 1) != 1) // who asks must not get a namespace without ids
            ::_exit(EXIT_FAILURE);
        become_keeper(listener, place);
        serve_until_idle(listener, place);
        ::_exit(EXIT_SUCCESS);
    }
    const bool mapped = write_id_maps(pid, uids, gids).has_value();
    ::_exit(mapped && ::write(pipe->write.get(), "m", 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

UniqueFd make_and_ask(const std::filesystem::path& path, const std::vector<IdMapping>& uids,
                      const std::vector<IdMapping>& gids) {
    const UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    ::unlink(path.c_str()); // of a keeper that was killed: a living one would have answered
    // It listens before its keeper is there: who asks meanwhile waits, instead of making another one.
    if (!listener || !bind_socket(listener, path) || ::listen(listener.get(), SOMAXCONN) != 0)
        return {};
    const auto place = Place::find(path);
    const pid_t maker = place ? ::fork() : -1;
    if (maker == 0)
        make_keeper(listener, *place, uids, gids);
    int status = EXIT_FAILURE;
    while (maker > 0 && ::waitpid(maker, &status, 0) < 0 && errno == EINTR) {
    }
    if (status == 0)
        return ask_keeper(path);
    ::unlink(path.c_str());
    return {};
}

} // namespace

UniqueFd kept_user_namespace(const std::filesystem::path& root, const std::vector<IdMapping>& uids,
                             const std::vector<IdMapping>& gids) {
    const std::string name = socket_name_of(uids, gids);
    if (root.empty() || ::geteuid() == 0 || name.size() > longest_name || maps_only_caller(uids, gids))
        return {};
    const std::filesystem::path folder = DataFolder(root).user_namespaces();
    if (UniqueFd kept = ask_keeper(folder / name))
        return kept;
    if (!make_private_directory(folder))
        return {};
    const auto lock = lock_folder(folder);
    if (!lock)
        return {};
    if (UniqueFd kept = ask_keeper(folder / name)) // another has just made one
        return kept;
    return make_and_ask(folder / name, uids, gids);
}

} // namespace isolab::launcher
