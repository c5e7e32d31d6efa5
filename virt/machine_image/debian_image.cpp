// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/debian_image.h"

#include <algorithm>
#include <array>

#include <sstream>
#include <tuple>

#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "virt/machine_image/boot_disk.h"
#include "virt/machine_image/disk_import.h"
#include "virt/machine_image/guest_files.h"
#include "virt/machine_image/image_tools.h"
#include "virt/machine_image/root_archive.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* default_mirror = "http://deb.debian.org/debian";
constexpr const char* archive_keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
constexpr std::uint64_t whole_mebibyte = 1U << 20U;

/// Beside what mmdebstrap calls minbase: Debian's packages of priority essential, and apt.
constexpr std::array guest_packages{"systemd-sysv",
                                    "systemd-resolved",
                                    "systemd-timesyncd",
                                    "udev",
                                    "dbus",
                                    "kmod",
                                    "iproute2",
                                    "login",
                                    "e2fsprogs",
                                    "linux-image-cloud-amd64",
                                    "initramfs-tools",
                                    "zstd",
                                    "grub-common",
                                    "grub2-common",
                                    "grub-pc-bin",
                                    "grub-efi-amd64-bin",
                                    "openssh-server",
                                    "ca-certificates",
                                    "cron",
                                    "logrotate",
                                    "less",
                                    "procps"};

/// Run in the new system, whose own GRUB makes its images: no GRUB is needed here, and the versions fit.
constexpr const char* grub_hook = "set -e; grub=\"$1/boot/grub\"; mkdir -p \"$grub\"; "
                                  "for target in i386-pc x86_64-efi; do "
                                  "cp -r \"$1/usr/lib/grub/$target\" \"$grub/$target\"; done; "
                                  "printf '%s' '{}' >\"$grub/early.cfg\"; "
                                  "chroot \"$1\" grub-mkimage -O i386-pc -o /boot/grub/i386-pc/core.img "
                                  "-p /boot/grub -c /boot/grub/early.cfg biosdisk {}; "
                                  "chroot \"$1\" grub-mkimage -O x86_64-efi -o /boot/grub/x86_64-efi/core.efi "
                                  "-p /boot/grub -c /boot/grub/early.cfg fat efi_gop {}";
constexpr const char* grub_modules =
    "part_gpt ext2 search search_fs_uuid normal linux configfile serial terminal echo test gzio minicmd";

bool is_suite(const std::string& suite) {
    return !suite.empty() && suite.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
}

bool is_mirror(const std::string& mirror) {
    const std::array schemes{"http://", "https://", "file:/"};
    return mirror.find_first_of(" \t\n'\"[]") == std::string::npos &&
           std::ranges::any_of(schemes, [&](const char* scheme) { return mirror.starts_with(scheme); });
}

Result<void> check_request(const DebianRequest& request) {
    const char* const verb = "build a machine image";
    if (!is_suite(request.suite))
        return fail(ErrorKind::invalid_argument, verb, request.suite, "this is no name of a Debian release",
                    "Name one as bookworm or trixie");
    if (!is_mirror(request.mirror))
        return fail(ErrorKind::invalid_argument, verb, request.mirror, "this is no address of a package archive",
                    "Give one as http://deb.debian.org/debian");
    if (request.size % whole_mebibyte != 0)
        return fail(ErrorKind::invalid_argument, verb, request.name, "its size is not a multiple of 1 MiB");
    return {};
}

Result<void> check_tools() {
    std::vector<ImageTool> tools{mmdebstrap, mke2fs, mkfs_vfat, mcopy, qemu_img};
    if (::geteuid() != 0)
        tools.push_back({"newuidmap", "uidmap"});
    ISOLAB_TRY(require_image_tools(tools));
    if (::access(archive_keys, R_OK) != 0)
        return fail(ErrorKind::unavailable, "check packages of Debian with", archive_keys, "it is missing",
                    "Install debian-archive-keyring");
    return {};
}

std::string joined_packages() {
    std::string list;
    for (const char* package : guest_packages)
        list += (list.empty() ? "" : ",") + std::string(package);
    return list;
}

/// Where mmdebstrap unpacks packages, and nothing of it is left when this goes out of scope. Without root that is done
/// by subordinate ids of the user, which could not enter the data folder and whose files the user cannot remove
/// himself.
class UnpackPlace {
  public:
    static Result<UnpackPlace> make(const fs::path& work) {
        if (::geteuid() == 0)
            return make_in(work / "packages");
        std::error_code error;
        ISOLAB_ASSIGN(const fs::path folder, make_temporary_directory(fs::temp_directory_path(error), "isolab-build-"));
        fs::permissions(folder, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec, error);
        return UnpackPlace(TemporaryTree(folder));
    }
    UnpackPlace(UnpackPlace&&) noexcept = default;
    UnpackPlace& operator=(UnpackPlace&&) = delete;
    UnpackPlace(const UnpackPlace&) = delete;
    UnpackPlace& operator=(const UnpackPlace&) = delete;
    ~UnpackPlace() {
        std::error_code error;
        const auto program = find_image_tool(mmdebstrap);
        if (::geteuid() == 0 || tree_.path().empty() || !program)
            return;
        for (fs::directory_iterator it(tree_.path(), error), end; !error && it != end; it.increment(error))
            std::ignore = run_image_tool({*program, "--unshare-helper", "rm", "-rf", it->path().string()}, {});
    }

    const fs::path& path() const noexcept { return tree_.path(); }

  private:
    static Result<UnpackPlace> make_in(const fs::path& folder) {
        ISOLAB_TRY(make_private_directory(folder));
        return UnpackPlace(TemporaryTree(folder));
    }
    explicit UnpackPlace(TemporaryTree tree) : tree_(std::move(tree)) {}
    TemporaryTree tree_;
};

/// As root it mounts /proc and others below the folder, for all to see. In namespaces of its own these mounts, and
/// every process that a package starts, go with it.
Result<std::vector<std::string>> mmdebstrap_command() {
    ISOLAB_ASSIGN(std::string program, find_image_tool(mmdebstrap));
    if (::geteuid() != 0)
        return std::vector<std::string>{std::move(program), "--mode=unshare"};
    ISOLAB_ASSIGN(std::string unshare, find_image_tool({"unshare", "util-linux"}));
    return std::vector<std::string>{std::move(unshare), "--mount",      "--propagation=private", "--pid",      "--fork",
                                    "--kill-child",     "--mount-proc", std::move(program),      "--mode=root"};
}

Result<void> fetch_packages(const fs::path& archive, const DebianRequest& request, const DiskIdentity& identity,
                            ProgressSink& progress, const StopToken& stop) {
    const bool privileged = ::geteuid() == 0;
    ISOLAB_ASSIGN(std::vector<std::string> command, mmdebstrap_command());
    ISOLAB_ASSIGN(const UnpackPlace place, UnpackPlace::make(archive.parent_path()));
    const std::string early = grub_early_configuration(guid_text(identity.root_file_system));
    for (std::string argument :
         {std::string("--variant=minbase"), std::string("--format=tar"), std::string("--skip=output/dev"),
          std::string("--keyring=") + archive_keys, "--include=" + joined_packages(),
          "--customize-hook=" + fmt::format(fmt::runtime(grub_hook), early, grub_modules, grub_modules), request.suite,
          archive.string(), request.mirror})
        command.push_back(std::move(argument));
    progress.report({"fetch-packages", request.suite});
    std::string complaint; // the first one is the cause, the last one that it failed
    auto made = check_image_tool(command, stop,
                                 [&](const std::string& line) {
                                     if (complaint.empty() && line.starts_with("E: "))
                                         complaint = line.substr(3);
                                     progress.report({"fetch-packages", line});
                                 },
                                 {"TMPDIR=" + place.path().string()});
    if (made || made.error().kind == ErrorKind::cancelled)
        return made;
    Error error = made.error();
    error.subject = mmdebstrap.program;
    if (!complaint.empty())
        error.cause = complaint;
    if (!privileged && error.remedy.empty())
        error.remedy = "Without root, this user needs subordinate ids (subuid(5)) and user namespaces; or do this as "
                       "root";
    return fail(std::move(error));
}

Result<std::string> kernel_in(const fs::path& tree) {
    constexpr std::string_view prefix = "vmlinuz-";
    std::error_code error;
    for (fs::directory_iterator it(tree / "boot", error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with(prefix))
            return name.substr(prefix.size());
    }
    return fail(ErrorKind::corrupt, "find the kernel of", "the new system", "no package has brought one");
}

/// PRETTY_NAME of os-release(5).
std::string distribution_in(const fs::path& tree) {
    std::istringstream lines(read_file(tree / "usr/lib/os-release").value_or(""));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("PRETTY_NAME=\"") && line.ends_with('"'))
            return line.substr(13, line.size() - 14);
    return "Debian GNU/Linux";
}

Result<void> put_file(const fs::path& tree, const GuestFile& file) {
    const fs::path path = tree / file.path;
    std::error_code error;
    ISOLAB_TRY(make_directories(path.parent_path(), 0755));
    fs::remove(path, error);
    if (!file.link)
        return write_file_atomically(path, file.content, 0644);
    fs::create_symlink(file.content, path, error);
    return error ? fail_errno(error.value(), "write", path.string()) : Result<void>{};
}

/// Puts our files over those of the packages; in a tree of a caller without privilege `owners` says whose they are.
Result<void> configure(const fs::path& tree, const GuestIdentity& identity, FileOwners& owners) {
    for (const GuestFile& file : guest_files(identity)) {
        ISOLAB_TRY(put_file(tree, file));
        owners.erase(file.path);
    }
    for (const char* folder : {"boot/efi", "dev"})
        ISOLAB_TRY(make_directories(tree / folder, 0755));
    std::error_code error;
    for (fs::directory_iterator it(tree / "etc/ssh", error), end; !error && it != end; it.increment(error))
        if (it->path().filename().string().starts_with("ssh_host_"))
            ISOLAB_TRY(remove_tree(it->path())); // everybody would have them
    return {};
}

} // namespace

std::string mirror_in(std::string_view sources) {
    std::istringstream words{std::string(sources)};
    for (std::string word; words >> word;) {
        if (word.starts_with('#')) {
            std::getline(words, word);
            continue;
        }
        while (word.ends_with('/'))
            word.pop_back();
        if (is_mirror(word) && (word.ends_with("/debian") || word.find("/archive/debian/") != std::string::npos))
            return word;
    }
    return {};
}

std::string host_mirror() {
    std::vector<fs::path> files{"/etc/apt/sources.list"};
    std::error_code error;
    for (fs::directory_iterator it("/etc/apt/sources.list.d", error), end; !error && it != end; it.increment(error))
        files.push_back(it->path());
    std::ranges::sort(files);
    for (const fs::path& file : files)
        if (std::string mirror = mirror_in(read_file(file).value_or("")); !mirror.empty())
            return mirror;
    return default_mirror;
}

Result<MachineImage> build_debian_image(const MachineImageStore& store, const DebianRequest& asked,
                                        ProgressSink& progress, const StopToken& stop) {
    DebianRequest request = asked;
    if (request.mirror.empty())
        request.mirror = host_mirror();
    if (request.name.empty())
        request.name = "debian-" + request.suite;
    ISOLAB_TRY(check_request(request));
    ISOLAB_TRY(store.check_new(request.name));
    ISOLAB_TRY(check_tools());
    ISOLAB_ASSIGN(const WorkFolder work, store.begin());
    const fs::path archive = work.path() / "root.tar";
    BootDiskContent content{work.path() / "tree", {}, DiskIdentity::make(request.suite), request.size};
    ISOLAB_TRY(fetch_packages(archive, request, content.identity, progress, stop));

    progress.report({"unpack-root", request.suite});
    ISOLAB_ASSIGN(content.owners, unpack_root(archive, content.tree, stop));
    ISOLAB_ASSIGN(const std::string kernel, kernel_in(content.tree));
    const GuestIdentity identity{guid_text(content.identity.root_file_system), volume_text(content.identity.efi_volume),
                                 kernel, distribution_in(content.tree)};
    ISOLAB_TRY(configure(content.tree, identity, content.owners));

    progress.report({"make-disk", request.name});
    ISOLAB_ASSIGN(const fs::path raw, make_boot_disk(work.path(), content, stop));
    const fs::path disk = work.path() / "disk.qcow2";
    ISOLAB_TRY(convert_to_qcow2(raw, DiskFormat::raw, disk, progress, stop));
    MachineImage image;
    image.name = request.name;
    image.distribution = identity.distribution;
    image.origin = ImageOrigin::built;
    image.firmware = {true, true};
    image.kernel = kernel;
    image.agent = GuestAgent::seed_unit;
    image.disk_size = request.size;
    return store.add(std::move(image), disk, stop);
}

} // namespace isolab
