// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <seccomp.h>
#include <sys/stat.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/security/seccomp_program.h"
#include "engine/security/sha256.h"

namespace isolab {
namespace {

constexpr std::string_view magic = "isolab-seccomp-1";
constexpr std::size_t largest_program = 4096; // BPF_MAXINSNS

struct Header {
    std::array<char, 16> magic{};
    std::uint32_t flags = 0;
    std::uint32_t count = 0;
    std::array<std::uint8_t, 32> digest{}; ///< of flags, count and the instructions
};

std::string_view bytes_of(const SeccompProgram& program) {
    return {reinterpret_cast<const char*>(program.instructions.data()), // NOLINT: plain data
            program.instructions.size() * sizeof(sock_filter)};
}

std::array<std::uint8_t, 32> digest_of(const SeccompProgram& program) {
    return sha256(std::to_string(program.flags) + ":" + std::to_string(program.instructions.size()) + ":" +
                  std::string(bytes_of(program)));
}

bool is_private(const struct stat& status, mode_t type, mode_t mode) {
    return (status.st_mode & S_IFMT) == type && status.st_uid == ::geteuid() && (status.st_mode & 07777U) == mode;
}

std::optional<SeccompProgram> read_program(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    Header header;
    if (!fd || ::fstat(fd.get(), &status) != 0 || !is_private(status, S_IFREG, 0600) ||
        ::read(fd.get(), &header, sizeof header) != static_cast<ssize_t>(sizeof header))
        return std::nullopt;
    const std::size_t size = header.count * sizeof(sock_filter);
    if (magic.compare(0, magic.size(), header.magic.data(), header.magic.size()) != 0 ||
        header.count > largest_program || static_cast<std::size_t>(status.st_size) != sizeof header + size)
        return std::nullopt;
    SeccompProgram program;
    program.flags = header.flags;
    program.instructions.resize(header.count);
    if (::read(fd.get(), program.instructions.data(), size) != static_cast<ssize_t>(size) ||
        digest_of(program) != header.digest)
        return std::nullopt;
    return program;
}

/// Failure is silent: the program is compiled again next time.
void write_program(const std::filesystem::path& path, const SeccompProgram& program) {
    Header header;
    std::memcpy(header.magic.data(), magic.data(), magic.size());
    header.flags = program.flags;
    header.count = static_cast<std::uint32_t>(program.instructions.size());
    header.digest = digest_of(program);
    std::string content(reinterpret_cast<const char*>(&header), sizeof header); // NOLINT: plain data
    content += bytes_of(program);
    [[maybe_unused]] const auto written = write_file_atomically(path, content, 0600);
}

bool prepare_folder(const std::filesystem::path& folder) {
    struct stat status {};
    if (::lstat(folder.c_str(), &status) != 0 &&
        (!make_directories(folder.parent_path()) || (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) ||
         ::lstat(folder.c_str(), &status) != 0))
        return false;
    return is_private(status, S_IFDIR, 0700);
}

} // namespace

std::filesystem::path SeccompCache::file_of(const Json& document) const {
    const scmp_version* version = ::seccomp_version();
    std::string key = document.dump();
    key += "\n" + std::to_string(::seccomp_arch_native()) + " " + std::to_string(version->major) + "." +
           std::to_string(version->minor) + "." + std::to_string(version->micro) + "\n" +
           read_file("/proc/sys/kernel/seccomp/actions_avail").value_or("");
    return folder_ / (sha256_hex(key) + ".bpf");
}

Result<SeccompProgram> SeccompCache::compile(const Json& document, const std::string& subject) const {
    const bool usable = !folder_.empty() && prepare_folder(folder_);
    const std::filesystem::path path = usable ? file_of(document) : std::filesystem::path{};
    if (usable)
        if (auto known = read_program(path))
            return std::move(*known);
    ISOLAB_ASSIGN(const SeccompFilter filter, parse_seccomp(document, subject));
    ISOLAB_ASSIGN(SeccompProgram program, compile_seccomp(filter));
    if (usable && program.warnings.empty())
        write_program(path, program);
    return program;
}

} // namespace isolab
