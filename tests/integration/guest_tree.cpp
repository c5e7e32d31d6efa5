// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/guest_tree.h"

#include <sstream>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "tests/support/kernels.h"
#include "virt/kernel/guest_kernel.h"
#include "virt/kernel/kernel_modules.h"

namespace isolab::test {
namespace {

namespace fs = std::filesystem;

void copy_to(const fs::path& tree, const fs::path& file) {
    const fs::path target = tree / file.relative_path();
    fs::create_directories(target.parent_path());
    fs::copy_file(fs::canonical(file), target, fs::copy_options::skip_existing);
}

} // namespace

Result<void> copy_program(const fs::path& tree, const std::string& program) {
    copy_to(tree, fs::canonical(program)); // as the usual links to /usr are not there
    const auto libraries = run_command({"ldd", program});
    std::istringstream words(libraries ? libraries->out : ""); // a static program has none
    for (std::string word; words >> word;)
        if (word.starts_with('/') && fs::exists(word))
            copy_to(tree, word);
    return {};
}

Result<void> copy_modules(const fs::path& tree) {
    KernelSearch search;
    search.folders = {test_kernels()};
    ISOLAB_ASSIGN(const KernelSource kernel, find_kernel(search));
    ISOLAB_ASSIGN(const auto modules, collect_modules(kernel.modules, {"overlay"}));
    fs::create_directory(tree / "modules");
    for (std::size_t i = 0; i < modules.size(); ++i)
        ISOLAB_TRY(write_file_atomically(tree / "modules" / std::to_string(i), modules[i].content));
    return {};
}

void add_host_files(const fs::path& tree) {
    fs::create_directories(tree / "etc");
    for (const char* file : {"hosts", "hostname", "passwd", "group"})
        fs::copy_file(fs::path("/etc") / file, tree / "etc" / file);
}

} // namespace isolab::test
