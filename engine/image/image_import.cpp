// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/image_import.h"

#include <cerrno>

#include <sys/stat.h>

#include "engine/image/archive_contents.h"
#include "engine/image/docker_import.h"
#include "engine/image/layout_import.h"

namespace isolab {
namespace {

/// A layout inside an archive: its blobs are staged already, under the digests that they really have.
class ArchiveOrigin final : public BlobOrigin {
  public:
    ArchiveOrigin(const ImportJob& job, const ArchiveContents& contents) : job_(job), contents_(contents) {}

    Result<void> fetch(const Descriptor& descriptor) override {
        const std::string path = "blobs/" + descriptor.digest.algorithm() + "/" + descriptor.digest.hex();
        const StagedBlob* const blob = contents_.find(path);
        const std::string subject = job_.source.string();
        if (blob == nullptr)
            return fail(ErrorKind::corrupt, "import", subject, "its blob " + descriptor.digest.text() + " is missing",
                        "The archive is incomplete; make it again");
        if (blob->digest != descriptor.digest)
            return fail(ErrorKind::corrupt, "import", subject,
                        "its blob " + descriptor.digest.text() + " has the digest " + blob->digest.text());
        if (blob->size != descriptor.size)
            return fail(ErrorKind::corrupt, "import", subject,
                        "its blob " + descriptor.digest.text() + " has " + std::to_string(blob->size) +
                            " bytes, promised were " + std::to_string(descriptor.size));
        return {};
    }

  private:
    const ImportJob& job_;
    const ArchiveContents& contents_;
};

Result<ImportedImage> import_archive(const ImportJob& job) {
    Result<std::optional<ArchiveContents>> contents = read_image_archive(job);
    if (!contents && contents.error().kind == ErrorKind::invalid_argument)
        return fail(ErrorKind::invalid_argument, "import", job.source.string(),
                    "it is neither an image archive nor a tar of a root file system",
                    "Give an OCI layout folder, an OCI or docker archive, or a tar");
    if (!contents)
        return fail(std::move(contents).error());
    if (!*contents)
        return import_root_tar(job);
    if (!(*contents)->is_layout())
        return import_docker_archive(job, **contents);
    ArchiveOrigin origin(job, **contents);
    const auto& documents = (*contents)->documents;
    return import_layout(job, {documents.at("oci-layout"), documents.at("index.json")}, origin);
}

} // namespace

Result<ImportedImage> import_image(const ImportJob& job) {
    struct stat status {};
    if (::stat(job.source.c_str(), &status) != 0)
        return fail_errno(errno, "import", job.source.string());
    if (S_ISDIR(status.st_mode))
        return import_layout_folder(job);
    if (S_ISREG(status.st_mode))
        return import_archive(job);
    return fail(ErrorKind::invalid_argument, "import", job.source.string(),
                "it is neither a folder nor a regular file");
}

} // namespace isolab
