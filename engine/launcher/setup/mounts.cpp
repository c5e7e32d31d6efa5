// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/mounts.h"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/setup/device_maker.h"

namespace isolab::launcher {
namespace {

constexpr std::uint64_t page_of_data = 4095; // mount(2) takes one page of options

/// What the kernel wrote about the last failure on a file system context: lines "e text".
std::string context_message(const UniqueFd& context) {
    char buffer[512];
    const ssize_t size = ::read(context.get(), buffer, sizeof buffer);
    if (size <= 2 || buffer[0] != 'e')
        return {};
    return std::string(buffer + 2, static_cast<std::size_t>(size - 2));
}

tl::unexpected<Error> context_failure(const UniqueFd& context, int error, const std::string& type,
                                      const std::string& target) {
    Error failure = system_error(error, "mount " + type + " on", target);
    if (const std::string message = context_message(context); !message.empty())
        failure.cause += " (" + message + ")";
    return fail(std::move(failure));
}

int set_parameter(const UniqueFd& context, const std::string& parameter) {
    const auto equals = parameter.find('=');
    if (equals == std::string::npos)
        return ::fsconfig(context.get(), FSCONFIG_SET_FLAG, parameter.c_str(), nullptr, 0);
    return ::fsconfig(context.get(), FSCONFIG_SET_STRING, parameter.substr(0, equals).c_str(),
                      parameter.substr(equals + 1).c_str(), 0);
}

std::string overlay_data(const MountStep& step, const std::vector<std::string>& lowers) {
    std::string data = "lowerdir=" + join_lower_directories(lowers);
    if (!step.upper.empty())
        data += ",upperdir=" + join_lower_directories({step.upper}) + ",workdir=" + join_lower_directories({step.work});
    constexpr std::string_view context = "context="; // its value has commas
    for (const std::string& parameter : step.data)
        data +=
            parameter.starts_with(context) ? ",context=\"" + parameter.substr(context.size()) + "\"" : "," + parameter;
    return data;
}

/// Short names for long paths, valid in this process while the descriptors are open.
struct OpenedDirectories {
    std::vector<UniqueFd> descriptors;
    std::vector<std::string> names;
};

Result<OpenedDirectories> open_directories(const std::vector<std::string>& paths) {
    OpenedDirectories opened;
    for (const std::string& path : paths) {
        UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        if (!directory)
            return fail_errno(errno, "open layer", path);
        opened.names.push_back("/proc/self/fd/" + std::to_string(directory.get()));
        opened.descriptors.push_back(std::move(directory));
    }
    return opened;
}

/// More layers than one page of options can name: each is a parameter of its own (Linux 6.8).
Result<UniqueFd> mount_large_overlay(const MountStep& step, const std::string& path) {
    std::vector<std::string> data = step.data;
    for (const std::string& lower : step.lowers)
        data.push_back("lowerdir+=" + lower);
    if (!step.upper.empty()) {
        data.push_back("upperdir=" + step.upper);
        data.push_back("workdir=" + step.work);
    }
    ISOLAB_ASSIGN(UniqueFd overlay, new_file_system("overlay", data, step.attributes, path));
    ISOLAB_ASSIGN(const UniqueFd target, open_directory(path));
    ISOLAB_TRY(attach_mount(overlay, target, path));
    return overlay;
}

constexpr std::array<std::pair<std::uint64_t, unsigned long>, 4> classic_names{{
    {MOUNT_ATTR_RDONLY, MS_RDONLY},
    {MOUNT_ATTR_NOSUID, MS_NOSUID},
    {MOUNT_ATTR_NODEV, MS_NODEV},
    {MOUNT_ATTR_NOEXEC, MS_NOEXEC},
}};

unsigned long classic_flags(std::uint64_t attributes) {
    unsigned long flags = 0;
    for (const auto& [attribute, flag] : classic_names)
        if ((attributes & attribute) != 0)
            flags |= flag;
    return flags;
}

/// By mount(2), not fsconfig(2), whose values end at 255 bytes (fs/fsopen.c): less than the paths of a few layers.
Result<UniqueFd> mount_overlay(const MountStep& step, const std::string& path) {
    std::string data = overlay_data(step, step.lowers);
    OpenedDirectories opened;
    if (data.size() > page_of_data) { // descriptors make the names short, and so room for more layers
        ISOLAB_ASSIGN(opened, open_directories(step.lowers));
        data = overlay_data(step, opened.names);
    }
    if (data.size() > page_of_data)
        return mount_large_overlay(step, path);
    if (::mount("overlay", path.c_str(), "overlay", classic_flags(step.attributes), data.c_str()) != 0) {
        Error failure = system_error(errno, "mount overlay on", path);
        if (failure.kind == ErrorKind::not_found)
            failure.cause = "one of its directories is missing (" + data + ")";
        return fail(std::move(failure));
    }
    return open_directory(path);
}

bool is_missing(const Error& error) {
    return error.kind == ErrorKind::not_found || error.kind == ErrorKind::permission_denied;
}

} // namespace

Result<UniqueFd> new_file_system(const std::string& type, const std::vector<std::string>& data,
                                 std::uint64_t attributes, const std::string& target) {
    const UniqueFd context(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
    if (!context)
        return fail_errno(errno, "mount " + type + " on", target);
    ::fsconfig(context.get(), FSCONFIG_SET_STRING, "source", type.c_str(), 0);
    for (const std::string& parameter : data)
        if (set_parameter(context, parameter) != 0)
            return context_failure(context, errno, type + " with " + parameter, target);
    if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return context_failure(context, errno, type, target);
    UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes)));
    if (!mount)
        return context_failure(context, errno, type, target);
    return mount;
}

Result<UniqueFd> clone_mount(int directory, const std::string& path, bool recursive) {
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW;
    flags |= path.empty() ? AT_EMPTY_PATH : 0U;
    flags |= recursive ? AT_RECURSIVE : 0U;
    UniqueFd mount(::open_tree(directory, path.c_str(), flags));
    if (!mount)
        return fail_errno(errno, "bind", path);
    return mount;
}

Result<UniqueFd> clone_source(const std::string& path, bool recursive) {
    const UniqueFd source(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!source)
        return fail_errno(errno, "bind", path);
    auto clone = clone_mount(source.get(), "", recursive);
    if (!clone)
        clone.error().subject = path;
    return clone;
}

Result<void> add_attributes(const UniqueFd& mount, std::uint64_t attributes, bool recursive, const std::string& shown) {
    mount_attr wanted{};
    wanted.attr_set = attributes;
    if ((attributes & (MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME)) != 0)
        wanted.attr_clr = MOUNT_ATTR__ATIME;
    if (attributes != 0 &&
        ::mount_setattr(mount.get(), "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &wanted, sizeof wanted) != 0)
        return fail_errno(errno, "set mount attributes of", shown);
    return {};
}

Result<void> change_attributes(const UniqueFd& mount, const MountStep& step) {
    const auto change = [&](const AttributeChange& asked, unsigned flags) -> Result<void> {
        mount_attr wanted{};
        wanted.attr_set = asked.set;
        wanted.attr_clr = asked.clear;
        if ((asked.set & MOUNT_ATTR__ATIME) != 0 || (asked.clear & MOUNT_ATTR__ATIME) != 0)
            wanted.attr_clr |= MOUNT_ATTR__ATIME;
        if (!asked.empty() && ::mount_setattr(mount.get(), "", AT_EMPTY_PATH | flags, &wanted, sizeof wanted) != 0)
            return fail_errno(errno, "set mount attributes of", step.target);
        return {};
    };
    // What is set holds for all that a recursive bind brings along, what is cleared for the mount itself.
    ISOLAB_TRY(change({step.attributes, 0}, step.recursive ? AT_RECURSIVE : 0U));
    const bool has_times = (step.attributes & MOUNT_ATTR__ATIME) != 0; // one field, which is set already
    const std::uint64_t set = step.attributes | (has_times ? static_cast<std::uint64_t>(MOUNT_ATTR__ATIME) : 0);
    ISOLAB_TRY(change({0, step.cleared & ~set}, 0));
    return change(step.tree, AT_RECURSIVE);
}

Result<void> set_propagation(const UniqueFd& mount, std::uint64_t flag, bool recursive, const std::string& shown) {
    mount_attr wanted{};
    wanted.propagation = flag;
    const unsigned tree = recursive ? AT_RECURSIVE : 0U;
    if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH | tree, &wanted, sizeof wanted) != 0)
        return fail_errno(errno, "set mount propagation of", shown);
    return {};
}

Result<void> make_parent_private(const std::string& path) {
    for (std::filesystem::path at = path;; at = at.parent_path()) {
        struct statx status {};
        if (::statx(AT_FDCWD, at.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &status) != 0)
            return fail_errno(errno, "look at", at.string());
        if ((status.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 && at.has_relative_path())
            continue;
        if (::mount(nullptr, at.c_str(), nullptr, MS_PRIVATE, nullptr) != 0)
            return fail_errno(errno, "make mount private", at.string());
        return {};
    }
}

Result<void> attach_mount(const UniqueFd& mount, const UniqueFd& target, const std::string& shown) {
    if (::move_mount(mount.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        return fail_errno(errno, "mount on", shown);
    return {};
}

Result<UniqueFd> mount_root(const MountPlan& plan) {
    if (plan.root.kind == MountStep::Kind::overlay)
        return mount_overlay(plan.root, plan.root_path);
    ISOLAB_ASSIGN(const UniqueFd target, open_directory(plan.root_path));
    ISOLAB_ASSIGN(UniqueFd clone, clone_mount(AT_FDCWD, plan.root.source, plan.root.recursive));
    ISOLAB_TRY(add_attributes(clone, plan.root.attributes, true, plan.root_path));
    ISOLAB_TRY(attach_mount(clone, target, plan.root_path));
    return clone;
}

namespace {

constexpr int most_links = 40; // as in path_resolution(7)

Result<UniqueFd> make_in(const UniqueFd& root, const std::string& path, bool directory, int links);

/// Where links are not what they say, and appear with the descriptors of who looks (proc(5), /proc/PID/fd).
bool is_on_proc(const UniqueFd& directory) {
    struct statfs system {};
    return ::fstatfs(directory.get(), &system) != 0 || system.f_type == PROC_SUPER_MAGIC;
}

/// Makes the last component of a path that leads nowhere, in its folder, or what a link in its place says.
Result<UniqueFd> make_last(const UniqueFd& root, const std::filesystem::path& path, bool directory, int links) {
    const std::string name = path.filename().string();
    ISOLAB_ASSIGN(const UniqueFd parent, make_in(root, path.parent_path().string(), true, links));
    std::array<char, PATH_MAX> target{};
    const ssize_t size =
        is_on_proc(parent) ? -1 : ::readlinkat(parent.get(), name.c_str(), target.data(), target.size());
    if (size > 0) {
        if (links == most_links)
            return fail_errno(ELOOP, "follow", path.string());
        const std::string_view where(target.data(), static_cast<std::size_t>(size));
        return make_in(root, (path.parent_path() / where).string(), directory, links + 1);
    }
    if (!directory) {
        UniqueFd made(::openat(parent.get(), name.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
        return made ? Result<UniqueFd>(std::move(made)) : fail_errno(errno, "create file", path.string());
    }
    if (::mkdirat(parent.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
        return fail_errno(errno, "create directory", path.string());
    return open_in_root(root.get(), path.string(), O_PATH | O_DIRECTORY);
}

Result<UniqueFd> make_in(const UniqueFd& root, const std::string& path, bool directory, int links) {
    auto existing = open_in_root(root.get(), path, O_PATH | (directory ? O_DIRECTORY : 0));
    if (existing || existing.error().kind != ErrorKind::not_found)
        return existing;
    const std::filesystem::path parts(path);
    if (!parts.has_relative_path() || parts.filename().empty() || parts.filename() == "..")
        return fail(ErrorKind::invalid_argument, directory ? "create directory" : "create file", path,
                    "the path has no plain last component");
    return make_last(root, parts, directory, links);
}

} // namespace

Result<UniqueFd> make_directory_in(const UniqueFd& root, const std::string& path) {
    return make_in(root, path, true, 0);
}

Result<UniqueFd> make_file_in(const UniqueFd& root, const std::string& path) { return make_in(root, path, false, 0); }

Result<void> mask_paths(const UniqueFd& root, const std::vector<std::string>& paths) {
    UniqueFd empty; // the first hidden directory's cover; the others are copies of it
    for (const std::string& path : paths) {
        const auto target = open_in_root(root.get(), path, O_PATH);
        if (!target && is_missing(target.error()))
            continue;
        if (!target)
            return fail(target.error());
        struct stat status {};
        ::fstat(target->get(), &status);
        Result<UniqueFd> cover =
            !S_ISDIR(status.st_mode) ? clone_device({"/dev/null", 1, 3})
            : empty
                ? clone_mount(empty.get(), "", false)
                : new_file_system("tmpfs", {"size=0"},
                                  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, path);
        if (!cover)
            return fail(cover.error());
        ISOLAB_TRY(attach_mount(*cover, *target, path));
        if (S_ISDIR(status.st_mode) && !empty)
            empty = std::move(*cover);
    }
    return {};
}

Result<void> make_read_only(const UniqueFd& root, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        const auto target = open_in_root(root.get(), path, O_PATH);
        if (!target && is_missing(target.error()))
            continue;
        if (!target)
            return fail(target.error());
        ISOLAB_ASSIGN(const UniqueFd clone, clone_mount(target->get(), "", true));
        ISOLAB_TRY(add_attributes(clone, MOUNT_ATTR_RDONLY, true, path));
        ISOLAB_TRY(attach_mount(clone, *target, path));
    }
    return {};
}

} // namespace isolab::launcher
