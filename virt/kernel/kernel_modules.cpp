// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel/kernel_modules.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "engine/base/file_tree.h"
#include "virt/kernel/decompress.h"

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

/// Values of a key in .modinfo, whose entries are NUL-ended "key=value" strings.
std::vector<std::string> module_info(const std::string& content, const std::string& key) {
    const std::string pattern = std::string(1, '\0') + key + "=";
    std::vector<std::string> values;
    for (auto at = content.find(pattern); at != std::string::npos; at = content.find(pattern, at + 1))
        values.emplace_back(content.c_str() + at + pattern.size());
    return values;
}

/// What a module wishes to find loaded, from "pre: crypto-crc32c other post: third".
std::vector<std::string> wishes(const std::string& content) {
    std::vector<std::string> names;
    for (const std::string& entry : module_info(content, "softdep")) {
        std::istringstream words(entry);
        bool before = false;
        for (std::string word; words >> word;)
            if (word.ends_with(':'))
                before = word == "pre:";
            else if (before)
                names.push_back(module_name(word));
    }
    return names;
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
        for (const std::string& wish : wishes(content))
            ISOLAB_TRY(add_wish(wish));
        for (const std::string& list : module_info(content, "depends")) {
            std::istringstream dependencies(list);
            for (std::string dependency; std::getline(dependencies, dependency, ',');)
                ISOLAB_TRY(add(module_name(dependency)));
        }
        modules_.push_back({name, std::move(content)});
        return {};
    }

    std::vector<KernelModule> take() { return std::move(modules_); }

  private:
    /// A wish may name an algorithm of the kernel's crypto layer, "crypto_crc32c"; the portable implementation serves
    /// every CPU. A kernel that has none under these names has it built in.
    Result<void> add_wish(const std::string& wish) {
        constexpr std::string_view crypto = "crypto_";
        const std::string name = wish.substr(wish.starts_with(crypto) ? crypto.size() : 0);
        for (const std::string& candidate : {name, name + "_generic"})
            if (files_.contains(candidate))
                return add(candidate);
        return {};
    }

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
