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

/// What the second image has otherwise than the first, by content; layers must be unpacked.
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

    /// What the second container has otherwise than the first.
    Result<std::vector<TreeChange>> differences(const std::string& before, const std::string& after,
                                                const StopToken& stop) const;

    /// Makes an image of the container's files. A running container stands still meanwhile, if `pause`.
    Result<Image> commit(const std::string& reference, ImageStore& images, const CommitOptions& options, bool pause,
                         ProgressSink& progress, const StopToken& stop) const;

    /// The launcher's command line that copies.
    Result<Command> copy_command(const std::string& reference, const CopyRequest& request) const;

    /// The copy with a tar archive at this machine's end, which the descriptor delivers or takes; the request's path
    /// here is not looked at. The files are for a moment in the data folder.
    Result<void> copy_archive(const std::string& reference, CopyRequest request, int archive,
                              std::vector<std::string>& warnings, const StopToken& stop) const;

  private:
    Result<TreeView> view(const ContainerSettings& settings) const;

    Containers& containers_;
};

} // namespace isolab
