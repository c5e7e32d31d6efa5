// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/archive_contents.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "engine/image/decompressor.h"

namespace isolab {
namespace {

constexpr std::size_t most_members = 10'000;
constexpr std::size_t largest_archive_document = 4U << 20U;

enum class Role { document, blob, ignored, foreign };

bool is_hex_name(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view before_slash(std::string_view path) { return path.substr(0, path.find('/')); }

/// What a member of that normalised path is in an OCI or docker archive.
Role role_of(const TarEntry& entry, const std::string& path) {
    const bool nested = path.find('/') != std::string::npos;
    const bool directory = entry.type == TarEntry::Type::directory;
    if (path == "." || path.empty())
        return Role::ignored;
    if (path == "oci-layout" || path == "index.json" || path == "manifest.json")
        return Role::document;
    if (before_slash(path) == "blobs")
        return directory ? Role::ignored : Role::blob;
    if (is_hex_name(before_slash(path)))
        return directory ? Role::ignored : Role::blob; // "ID/layer.tar" of docker save before version 25
    if (!nested && (is_hex_name(std::string_view(path).substr(0, path.find('.')))))
        return Role::blob; // "HEX.json" and "HEX.tar"
    return nested || directory ? Role::foreign : Role::ignored;
}

Result<std::string> read_document(TarReader& reader, const TarEntry& entry, const std::string& archive) {
    TarMemberSource source(reader, entry);
    std::string content;
    for (;;) {
        ISOLAB_ASSIGN(const std::string_view piece, source.next());
        if (piece.empty())
            return content;
        content += piece;
        if (content.size() > largest_archive_document)
            return fail(ErrorKind::corrupt, "read", archive, entry.path + " is too large");
    }
}

/// The digest algorithm that a blob's place announces: "blobs/sha512/..." is hashed that way.
std::string_view algorithm_of(const std::string& path) {
    return path.starts_with("blobs/sha512/") ? "sha512" : "sha256";
}

class ArchivePass {
  public:
    explicit ArchivePass(const ImportJob& job) : job_(job) {}

    /// False: this member shows that it is no image archive.
    Result<bool> take(TarReader& reader, const TarEntry& entry) {
        const std::string path = std::filesystem::path(entry.path).lexically_normal().string();
        switch (role_of(entry, path)) {
        case Role::foreign:
            return seen_;
        case Role::ignored:
            return true;
        case Role::document:
            seen_ = true;
            if (entry.type == TarEntry::Type::file) {
                ISOLAB_ASSIGN(contents.documents[path], read_document(reader, entry, job_.source.string()));
            }
            return true;
        case Role::blob:
            seen_ = true;
            return take_blob(reader, entry, path);
        }
        return true;
    }

    ArchiveContents contents;

  private:
    Result<bool> take_blob(TarReader& reader, const TarEntry& entry, const std::string& path) {
        if (contents.members.size() + contents.links.size() > most_members)
            return fail(ErrorKind::corrupt, "read", job_.source.string(), "it has too many members for an image");
        if (entry.type == TarEntry::Type::symlink)
            contents.links[path] = (std::filesystem::path(path).parent_path() / entry.link).lexically_normal();
        else if (entry.type == TarEntry::Type::hardlink)
            contents.links[path] = std::filesystem::path(entry.link).lexically_normal();
        if (entry.type != TarEntry::Type::file)
            return true;
        TarMemberSource source(reader, entry);
        ISOLAB_ASSIGN(StagedBlob blob, job_.stage.add(source, algorithm_of(path)));
        contents.members.insert_or_assign(path, std::move(blob));
        return true;
    }

    const ImportJob& job_;
    bool seen_ = false;
};

} // namespace

const StagedBlob* ArchiveContents::find(const std::string& path) const {
    std::string name = std::filesystem::path(path).lexically_normal();
    for (int hops = 0; hops < 8; ++hops) {
        if (const auto member = members.find(name); member != members.end())
            return &member->second;
        const auto link = links.find(name);
        if (link == links.end())
            return nullptr;
        name = link->second;
    }
    return nullptr;
}

Result<std::optional<ArchiveContents>> read_image_archive(const ImportJob& job) {
    UniqueFd fd(::open(job.source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", job.source.string());
    FileSource file(std::move(fd), job.source.string(), job.watch);
    Decompressor plain(file);
    BoundedSource bounded(plain, file.size(), job.limits, job.watch.stop);
    TarReader reader(bounded);
    ArchivePass pass(job);
    for (;;) {
        ISOLAB_ASSIGN(const std::optional<TarEntry> entry, reader.next());
        if (!entry)
            break;
        ISOLAB_ASSIGN(const bool image, pass.take(reader, *entry));
        if (!image)
            return std::optional<ArchiveContents>{};
    }
    if (!pass.contents.is_layout() && !pass.contents.is_docker())
        return std::optional<ArchiveContents>{};
    return std::optional(std::move(pass.contents));
}

} // namespace isolab
