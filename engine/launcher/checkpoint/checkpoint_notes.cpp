// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/checkpoint/checkpoint_notes.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sstream>

#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"

namespace isolab::launcher {
namespace {

constexpr const char* streams_file = "descriptors.json";
constexpr const char* mounts_file = "isolab-mounts.json";

Result<std::vector<MountEntry>> mounts_of_process(const std::string& pid) {
    ISOLAB_ASSIGN(const std::string text, read_file("/proc/" + pid + "/mountinfo"));
    return parse_mountinfo(text);
}

/// The mount that a descriptor's file lies on; -1 when it is not told.
int mount_of_descriptor(const std::string& process, int fd) {
    std::istringstream lines(read_file(process + "/fdinfo/" + std::to_string(fd)).value_or(""));
    int id = -1;
    for (std::string word; lines >> word;)
        if (word == "mnt_id:")
            lines >> id;
    return id;
}

std::string stream_of(const std::string& process, int fd, const std::vector<MountEntry>& mounts) {
    const std::string link = process + "/fd/" + std::to_string(fd);
    std::error_code failed;
    std::string target = std::filesystem::read_symlink(link, failed).string();
    const int mount = mount_of_descriptor(process, fd);
    struct stat status {};
    const bool inside = std::ranges::find(mounts, mount, &MountEntry::id) != mounts.end();
    if (!target.starts_with("/") || target.starts_with("/dev/pts/") || inside || ::stat(link.c_str(), &status) != 0)
        return target;
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "file[%x:%llx]", static_cast<unsigned>(mount),
                  static_cast<unsigned long long>(status.st_ino));
    return name.data();
}

Result<Json> read_note(const std::filesystem::path& file) {
    auto document = read_json_file(file);
    if (!document && document.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, "read checkpoint", file.parent_path().string(),
                    file.filename().string() + " is missing", "Name the folder of a checkpoint with --image-path");
    return document;
}

} // namespace

Result<CheckpointNotes> take_notes(pid_t pid) {
    ISOLAB_ASSIGN(const auto mounts, mounts_of_process(std::to_string(pid)));
    ISOLAB_ASSIGN(const auto host, mounts_of_process("self"));
    CheckpointNotes notes;
    notes.mounts = external_mounts(mounts, host);
    for (int fd = 0; fd < 3; ++fd)
        notes.streams.at(static_cast<std::size_t>(fd)) = stream_of("/proc/" + std::to_string(pid), fd, mounts);
    return notes;
}

bool is_outside_file(const std::string& stream) { return stream.starts_with("file["); }
bool is_pipe(const std::string& stream) { return stream.starts_with("pipe:["); }

Result<void> write_notes(const std::filesystem::path& images, const CheckpointNotes& notes) {
    Json mounts = Json::object();
    for (const ExternalMount& mount : notes.mounts)
        mounts[mount.target] = mount.source;
    ISOLAB_TRY(write_file_atomically(images / streams_file, Json(notes.streams).dump(), 0600));
    return write_file_atomically(images / mounts_file, mounts.dump(), 0600);
}

Result<CheckpointNotes> read_notes(const std::filesystem::path& images) {
    const auto corrupt = [&images](const char* file) {
        return fail(ErrorKind::corrupt, "read checkpoint", (images / file).string(), "it does not hold what it should");
    };
    const auto is_text = [](const Json& one) { return one.is_string(); };
    ISOLAB_ASSIGN(const Json streams, read_note(images / streams_file));
    ISOLAB_ASSIGN(const Json mounts, read_note(images / mounts_file));
    CheckpointNotes notes;
    if (!streams.is_array() || streams.size() != notes.streams.size() || !std::ranges::all_of(streams, is_text))
        return corrupt(streams_file);
    if (!mounts.is_object() || !std::ranges::all_of(mounts, is_text))
        return corrupt(mounts_file);
    notes.streams = streams.get<StandardStreams>();
    for (const auto& [target, source] : mounts.items())
        notes.mounts.push_back({target, source.get<std::string>()});
    return notes;
}

} // namespace isolab::launcher
