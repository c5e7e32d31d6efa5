// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/image_lookup.h"

#include <deque>
#include <optional>

#include "engine/rootfs/file_facts.h"

namespace isolab {
namespace {

constexpr int most_links = 40;

std::deque<std::string> split(const std::string& path) {
    std::deque<std::string> parts;
    std::size_t begin = 0;
    while (begin <= path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin && path.compare(begin, end - begin, ".") != 0)
            parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

Result<std::string> read_entry(const MergedDirectory::Entry& entry, std::uint64_t limit) {
    if (!S_ISREG(entry.status.st_mode))
        return fail(ErrorKind::invalid_argument, "read", entry.name, "it is not a regular file");
    return read_file("/proc/self/fd/" + std::to_string(entry.directory) + "/" + entry.name, limit);
}

/// A path resolution under way: the directories entered so far, and the components still to go.
class Resolution {
  public:
    Resolution(const MergedDirectory& root, const std::string& path) : root_(root), left_(split(path)) {}

    Result<std::string> read(std::uint64_t limit) {
        ISOLAB_ASSIGN(const auto entry, resolve());
        if (!entry)
            return fail(ErrorKind::invalid_argument, "read", "the path", "it is a directory");
        return read_entry(*entry, limit);
    }

    Result<MergedDirectory> directory() {
        ISOLAB_ASSIGN(const auto entry, resolve());
        if (entry)
            return fail(ErrorKind::invalid_argument, "use", entry->name, "it is not a directory");
        if (entered_.empty())
            return fail(ErrorKind::invalid_argument, "use", "/", "it is the root");
        return std::move(entered_.back());
    }

  private:
    /// What the path means; empty when it is a directory, which is entered then.
    Result<std::optional<MergedDirectory::Entry>> resolve() {
        while (!left_.empty()) {
            const std::string name = left_.front();
            left_.pop_front();
            if (name == "..") {
                if (!entered_.empty())
                    entered_.pop_back();
                continue;
            }
            ISOLAB_ASSIGN(const MergedDirectory::Entry entry, here().find(name));
            if (S_ISLNK(entry.status.st_mode))
                ISOLAB_TRY(follow(entry));
            else if (left_.empty() && !S_ISDIR(entry.status.st_mode))
                return std::optional(entry);
            else
                ISOLAB_TRY(enter(name));
        }
        return std::optional<MergedDirectory::Entry>{};
    }

    const MergedDirectory& here() const { return entered_.empty() ? root_ : entered_.back(); }

    Result<void> enter(const std::string& name) {
        ISOLAB_ASSIGN(MergedDirectory below, here().enter(name));
        entered_.push_back(std::move(below));
        return {};
    }

    Result<void> follow(const MergedDirectory::Entry& entry) {
        if (++links_ > most_links)
            return fail(ErrorKind::corrupt, "read", entry.name, "too many symbolic links");
        ISOLAB_ASSIGN(const std::string target, read_link({entry.directory, entry.name}));
        if (target.starts_with('/'))
            entered_.clear();
        const std::deque<std::string> parts = split(target);
        left_.insert(left_.begin(), parts.begin(), parts.end());
        return {};
    }

    const MergedDirectory& root_;
    std::vector<MergedDirectory> entered_;
    std::deque<std::string> left_;
    int links_ = 0;
};

} // namespace

Result<std::string> read_merged_file(const MergedDirectory& root, const std::string& path, std::uint64_t limit) {
    Result<std::string> content = Resolution(root, path).read(limit);
    if (!content)
        return fail(content.error().within("read image file", path));
    return content;
}

Result<MergedDirectory> open_merged_directory(const MergedDirectory& root, const std::string& path) {
    Result<MergedDirectory> directory = Resolution(root, path).directory();
    if (!directory)
        return fail(directory.error().within("open image directory", path));
    return directory;
}

} // namespace isolab
