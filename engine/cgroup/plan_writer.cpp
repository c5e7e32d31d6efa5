// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/plan_writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/base/file_tree.h"
#include "engine/cgroup/cgroup_files.h"

namespace isolab {
namespace {

constexpr int not_supported = 524; // ENOTSUPP, which the kernel keeps to itself but for some files of control groups

/// The line of names, and at least one area of swap.
bool has_swap() {
    const std::string text = read_file("/proc/swaps").value_or("");
    return std::ranges::count(text, '\n') > 1;
}

class PlanWriter {
  public:
    PlanWriter(const std::function<std::string(CgroupController)>& directory_of, std::vector<std::string>& warnings)
        : directory_of_(directory_of), warnings_(warnings) {}

    Result<void> apply(const std::vector<CgroupWrite>& writes) {
        for (const CgroupWrite& write : writes)
            ISOLAB_TRY(apply(write));
        return apply_postponed();
    }

  private:
    Result<void> apply(const CgroupWrite& write) {
        const std::string directory = directory_of_(write.controller);
        if (directory.empty())
            return skip_or_fail(write, {ErrorKind::unsupported, "set limit", write.file, missing(write)});
        std::string path = directory + "/" + write.file;
        int refused = try_write_cgroup_file(path, write.value);
        if (refused == ENOENT && !write.other_file.empty()) {
            path = directory + "/" + write.other_file;
            refused = try_write_cgroup_file(path, write.other_value);
        }
        if (refused == 0)
            return {};
        if (refused == EINVAL && write.interlocked && !last_attempt_) {
            postponed_.push_back(&write);
            return {};
        }
        return skip_or_fail(write, refusal(refused, write, path));
    }

    /// The kernel checks some limits against each other; which of them must be first depends on their former values.
    Result<void> apply_postponed() {
        while (!postponed_.empty()) {
            const auto again = std::exchange(postponed_, {});
            for (const CgroupWrite* write : again)
                ISOLAB_TRY(apply(*write));
            last_attempt_ = postponed_.size() == again.size();
        }
        return {};
    }

    static std::string missing(const CgroupWrite& write) {
        return "no cgroup controller \"" + std::string(cgroup_controller_id(write.controller)) + "\" is available";
    }

    static Error refusal(int refused, const CgroupWrite& write, const std::string& path) {
        if (refused == ENOENT)
            return {ErrorKind::unsupported, "set limit", path,
                    "this kernel has no such file, or the controller \"" +
                        std::string(cgroup_controller_id(write.controller)) + "\" is not enabled there"};
        if (refused == not_supported)
            return {ErrorKind::unsupported, "set limit", path, "this kernel does not support it any more"};
        return system_error(refused, "write \"" + write.value + "\" to", path);
    }

    Result<void> skip_or_fail(const CgroupWrite& write, Error error) {
        const bool unknown = error.kind == ErrorKind::unsupported || error.kind == ErrorKind::invalid_argument;
        if (!write.obsolete.empty() && unknown) {
            warnings_.push_back(write.file + " is not set: " + write.obsolete);
            return {};
        }
        if (!write.optional || error.kind != ErrorKind::unsupported)
            return fail(std::move(error));
        if (write.controller == CgroupController::memory && has_swap())
            warnings_.push_back(write.file + " does not exist here: swap is not limited");
        return {};
    }

    const std::function<std::string(CgroupController)>& directory_of_;
    std::vector<std::string>& warnings_;
    std::vector<const CgroupWrite*> postponed_;
    bool last_attempt_ = false;
};

} // namespace

Result<void> apply_cgroup_plan(const CgroupPlan& plan, const std::function<std::string(CgroupController)>& directory_of,
                               std::vector<std::string>& warnings) {
    warnings.insert(warnings.end(), plan.warnings.begin(), plan.warnings.end());
    return PlanWriter(directory_of, warnings).apply(plan.writes);
}

} // namespace isolab
