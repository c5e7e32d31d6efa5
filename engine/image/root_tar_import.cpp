// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include "engine/image/decompressor.h"
#include "engine/image/docker_import.h"
#include "engine/image/entry_path.h"
#include "engine/image/image_config.h"
#include "engine/image/media_type.h"

namespace isolab {
namespace {

bool is_kept(Compression compression) noexcept {
    return compression == Compression::none || compression == Compression::gzip || compression == Compression::zstd;
}

Result<UniqueFd> open_source(const ImportJob& job) {
    UniqueFd fd(::open(job.source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open", job.source.string());
    return fd;
}

/// Names that lead out of the image are refused now, as they would be when the layer is unpacked.
Result<void> check_entry(const TarEntry& entry) {
    ISOLAB_TRY(parse_entry_path(entry.path));
    if (entry.type == TarEntry::Type::hardlink)
        if (const auto target = parse_entry_path(entry.link); !target)
            return fail(target.error().within("unpack hard link", "\"" + entry.path + "\""));
    return {};
}

/// Reads every header of a tar, so that a truncated, damaged or hostile file is refused now and not when it is
/// unpacked.
Result<Compression> check_tar(const ImportJob& job, Hasher& diff_id) {
    ISOLAB_ASSIGN(UniqueFd fd, open_source(job));
    FileSource file(std::move(fd), job.source.string(), job.watch);
    Decompressor plain(file);
    BoundedSource bounded(plain, file.size(), job.limits, job.watch.stop);
    TapSource hashed(bounded, [&](std::string_view piece) -> Result<void> {
        diff_id.update(piece);
        return {};
    });
    TarReader reader(hashed);
    std::uint64_t entries = 0;
    for (;;) {
        Result<std::optional<TarEntry>> entry = reader.next();
        if (!entry && entry.error().kind == ErrorKind::invalid_argument)
            return fail(ErrorKind::invalid_argument, "import", job.source.string(),
                        "it is neither an image archive nor a tar of a root file system");
        if (!entry)
            return fail(std::move(entry).error());
        if (!*entry)
            break;
        ISOLAB_TRY(check_entry(**entry));
        ++entries;
    }
    if (entries == 0)
        return fail(ErrorKind::invalid_argument, "import", job.source.string(), "the archive holds no files");
    ISOLAB_TRY(drain(hashed));
    return plain.compression();
}

Result<StagedBlob> store_layer(const ImportJob& job, Compression compression) {
    ISOLAB_ASSIGN(UniqueFd fd, open_source(job));
    FileSource file(std::move(fd), job.source.string(), job.watch);
    if (is_kept(compression))
        return job.stage.add(file);
    Decompressor plain(file);
    BoundedSource bounded(plain, file.size(), job.limits, job.watch.stop);
    return job.stage.add(bounded);
}

} // namespace

Result<ImportedImage> import_root_tar(const ImportJob& job) {
    ISOLAB_ASSIGN(std::string name, choose_name(job, std::nullopt));
    ISOLAB_ASSIGN(Hasher diff_id, Hasher::create());
    ISOLAB_ASSIGN(const Compression compression, check_tar(job, diff_id));
    ISOLAB_ASSIGN(const StagedBlob layer, store_layer(job, compression));
    ISOLAB_ASSIGN(const StagedBlob config, job.stage.add_text(render_plain_config(diff_id.finish())));
    const bool named = is_kept(compression) && compression != Compression::none;
    const std::string type =
        std::string(media_type::layer) + (named ? "+" + std::string(compression_id(compression)) : "");
    return stage_manifest(job, config, {layer}, {type}, std::move(name));
}

} // namespace isolab
