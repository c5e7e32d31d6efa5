// SPDX-License-Identifier: GPL-3.0-or-later
//
// What can be done with the files of containers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/containers/containers.h"
#include "engine/rootfs/snapshot_commit.h"
#include "engine/rootfs/tree_changes.h"
#include "engine/rootfs/volume_store.h"

namespace isolab {

/// One copy between this machine and a container, with the rules of `docker cp`.
struct CopyRequest {
    bool into = false; ///< the container
    std::string source;
    std::string destination;
    bool archive = false;     ///< keep owners
    bool follow_link = false; ///< copy what a source that is a link leads to
};

/// How the second image differs from the first, by content; layers must be unpacked.
Result<std::vector<TreeChange>> image_differences(const LayerStore& layers, const Image& before, const Image& after,
                                                  const StopToken& stop);

/// A line for each, as `docker diff` prints them: "A /file", "C", "D". Pure.
std::string changes_text(const std::vector<TreeChange>& changes);

/// Verbs on the files of containers of `containers`; stateless. References as there.
class ContainerFiles {
  public:
    explicit ContainerFiles(Containers& containers) : containers_(containers) {}

    /// What the container has changed in its image; without the files and folders that are there for its mounts.
    Result<std::vector<TreeChange>> changes(const std::string& reference, const StopToken& stop) const;

    /// How the second container differs from the first.
    Result<std::vector<TreeChange>> differences(const std::string& before, const std::string& after,
                                                const StopToken& stop) const;

    /// Makes an image of the container's files. With `pause` a running container is frozen meanwhile.
    Result<Image> commit(const std::string& reference, ImageStore& images, const CommitOptions& options, bool pause,
                         ProgressSink& progress, const StopToken& stop) const;

    /// The launcher's command line for the copy.
    Result<Command> copy_command(const std::string& reference, const CopyRequest& request) const;

    /// The copy with a tar archive at this machine's end, read from or written to the descriptor; the request's path on
    /// this machine is ignored. The files pass through the data folder.
    Result<void> copy_archive(const std::string& reference, CopyRequest request, int archive,
                              std::vector<std::string>& warnings, const StopToken& stop) const;

  private:
    Result<TreeView> view(const ContainerSettings& settings) const;

    Containers& containers_;
};

} // namespace isolab
