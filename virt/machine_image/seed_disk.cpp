// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/seed_disk.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/file_tree.h"
#include "virt/machine_image/image_tools.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t seed_kibibyte = 1024;
constexpr std::uint64_t smallest_seed = 1024; ///< KiB
constexpr std::array own_names{"meta-data", "user-data", "isolab-agent", "network-config", "vendor-data"};

bool is_plain_word(const std::string& text) {
    return std::ranges::all_of(
        text, [](unsigned char c) { return (std::isalnum(c) != 0 && c < 128) || c == '-' || c == '.'; });
}

bool is_file_name(const std::string& name) {
    return !name.empty() && name.front() != '.' && name.find_first_of("/\\:*?\"<>|") == std::string::npos;
}

tl::unexpected<Error> bad_seed(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::invalid_argument, "make the seed disk", subject, cause);
}

Result<void> check_seed(const SeedContent& content) {
    if (content.instance_id.empty() || !is_plain_word(content.instance_id))
        return bad_seed(content.instance_id, "an instance id is of letters, digits, '-' and '.'");
    if (!is_plain_word(content.hostname))
        return bad_seed(content.hostname, "a host name is of letters, digits, '-' and '.'");
    for (const auto& [name, text] : content.files)
        if (!is_file_name(name) || std::ranges::count(own_names, name) != 0)
            return bad_seed(name, "a file for the agent cannot have this name");
    return {};
}

/// Writes all into `folder`; their paths.
Result<std::vector<fs::path>> write_seed_files(const fs::path& folder, const SeedContent& content) {
    std::map<std::string, std::string> files = content.files;
    files["meta-data"] = seed_meta_data(content);
    files["user-data"] = seed_user_data(content);
    std::vector<fs::path> paths;
    for (const auto& [name, text] : files) {
        ISOLAB_TRY(write_file_atomically(folder / name, text));
        paths.push_back(folder / name);
    }
    if (content.agent.empty())
        return paths;
    std::error_code error;
    fs::copy_file(content.agent, folder / seed_agent, error);
    if (error)
        return fail_errno(error.value(), "copy the agent", content.agent.string());
    paths.push_back(folder / seed_agent);
    return paths;
}

/// FAT12 and FAT16 take two bytes for each cluster at most; a cluster is wasted by each file at most.
std::uint64_t seed_size(const std::vector<fs::path>& files) {
    std::uint64_t kibibytes = smallest_seed;
    for (const fs::path& file : files) {
        std::error_code error;
        kibibytes += fs::file_size(file, error) / seed_kibibyte * 9 / 8 + 64;
    }
    return kibibytes;
}

} // namespace

std::string seed_meta_data(const SeedContent& content) {
    std::string text = "instance-id: " + content.instance_id + "\n";
    if (!content.hostname.empty())
        text += "local-hostname: " + content.hostname + "\n";
    return text;
}

std::string seed_user_data(const SeedContent& content) {
    std::string text = "#cloud-config\n";
    if (content.agent.empty())
        return text;
    const std::string folder = seed_folder;
    text += "runcmd:\n";
    text += "- [mkdir, -p, " + folder + "]\n";
    text += "- [mount, -o, ro, /dev/disk/by-label/" + std::string(seed_label) + ", " + folder + "]\n";
    text += "- [systemd-run, --no-block, --unit=isolab-agent, " + folder + "/" + seed_agent + "]\n";
    return text;
}

Result<void> make_seed_disk(const fs::path& disk, const SeedContent& content, const StopToken& stop) {
    ISOLAB_TRY(check_seed(content));
    ISOLAB_TRY(require_image_tools({mkfs_vfat, mcopy}));
    ISOLAB_ASSIGN(const std::string make, find_image_tool(mkfs_vfat));
    ISOLAB_ASSIGN(const std::string copy, find_image_tool(mcopy));
    ISOLAB_ASSIGN(const fs::path folder, make_temporary_directory(disk.parent_path(), ".seed-"));
    const TemporaryTree work(folder);
    const fs::path files = folder / "files";
    ISOLAB_TRY(make_directories(files));
    ISOLAB_ASSIGN(const auto paths, write_seed_files(files, content));
    const fs::path made = folder / "disk";
    ISOLAB_TRY(write_file_atomically(made, {}));
    std::error_code error;
    fs::resize_file(made, seed_size(paths) * seed_kibibyte, error);
    if (error)
        return fail_errno(error.value(), "make the seed disk", disk.string());
    ISOLAB_TRY(check_image_tool({make, "-n", seed_label, made.string()}, stop));
    std::vector<std::string> command{copy, "-i", made.string()};
    for (const fs::path& path : paths)
        command.push_back(path.string());
    command.emplace_back("::");
    ISOLAB_TRY(check_image_tool(command, stop));
    fs::rename(made, disk, error);
    if (error)
        return fail_errno(error.value(), "make the seed disk", disk.string());
    return {};
}

} // namespace isolab
