// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel_modules.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "engine/base/file_tree.h"
#include "virt/decompress.h"

namespace isolab {
namespace {

constexpr std::uint64_t module_limit = 256U << 20U;

/// "kernel/fs/foo-bar.ko.xz" → "foo_bar", as the kernel names it.
std::string module_name(const std::string& path) {
    std::string name = std::filesystem::path(path).filename().string();
    name.resize(std::min(name.find('.'), name.size()));
    std::ranges::replace(name, '-', '_');
    return name;
}

/// Module names of a list such as modules.order, with the path each line gives.
std::map<std::string, std::string> read_list(const std::filesystem::path& file) {
    std::map<std::string, std::string> paths;
    const auto text = read_file(file);
    std::istringstream lines(text ? *text : std::string());
    for (std::string line; std::getline(lines, line);)
        paths.emplace(module_name(line), line);
    return paths;
}

/// Value of one entry of .modinfo, whose entries are NUL-ended "key=value" strings.
std::string module_info(const std::string& content, const std::string& key) {
    const std::string pattern = std::string(1, '\0') + key + "=";
    const auto at = content.find(pattern);
    if (at == std::string::npos)
        return {};
    return content.c_str() + at + pattern.size();
}

class Collector {
  public:
    explicit Collector(std::filesystem::path folder)
        : folder_(std::move(folder)), files_(read_list(folder_ / "modules.order")),
          builtin_(read_list(folder_ / "modules.builtin")) {}

    Result<void> add(const std::string& name) {
        if (builtin_.contains(name) || !seen_.insert(name).second)
            return {};
        ISOLAB_ASSIGN(std::string content, read(name));
        std::istringstream dependencies(module_info(content, "depends"));
        for (std::string dependency; std::getline(dependencies, dependency, ',');)
            ISOLAB_TRY(add(module_name(dependency)));
        modules_.push_back({name, std::move(content)});
        return {};
    }

    std::vector<KernelModule> take() { return std::move(modules_); }

  private:
    Result<std::string> read(const std::string& name) const {
        const auto found = files_.find(name);
        if (found == files_.end())
            return fail(ErrorKind::not_found, "find kernel module", name, "it is not in " + folder_.string(),
                        "use a kernel with virtio drivers, for instance Debian's linux-image-cloud-amd64");
        // modules.order names plain files even where the distribution compresses them.
        const std::filesystem::path plain = folder_ / found->second;
        for (const char* suffix : {"", ".xz", ".zst", ".gz"}) {
            const std::filesystem::path path = plain.string() + suffix;
            if (std::error_code error; !std::filesystem::exists(path, error))
                continue;
            ISOLAB_ASSIGN(const std::string packed, read_file(path));
            return decompress(packed, path.string(), module_limit);
        }
        return fail(ErrorKind::not_found, "find kernel module", name, plain.string() + " does not exist");
    }

    std::filesystem::path folder_;
    std::map<std::string, std::string> files_;
    std::map<std::string, std::string> builtin_;
    std::set<std::string> seen_;
    std::vector<KernelModule> modules_;
};

} // namespace

const std::vector<std::string>& guest_drivers() {
    static const std::vector<std::string> drivers{"virtio_pci", "virtio_blk", "virtio_console", "virtio_balloon",
                                                  "ext4"};
    return drivers;
}

Result<std::vector<KernelModule>> collect_modules(const std::filesystem::path& folder,
                                                  const std::vector<std::string>& wanted) {
    Collector collector(folder);
    for (const std::string& name : wanted)
        ISOLAB_TRY(collector.add(name));
    return collector.take();
}

} // namespace isolab
