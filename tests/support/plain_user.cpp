// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/plain_user.h"

#include <fstream>

#include <unistd.h>

#include "tests/support/program.h"

namespace isolab::test {

namespace fs = std::filesystem;

namespace {

constexpr uid_t plain_user = 65534;

/// $0 is the place. "$@" follows as the user.
constexpr const char* stage = R"(
mount --bind "$0/subordinate" /etc/subuid && mount --bind "$0/subordinate" /etc/subgid &&
    mount -t tmpfs -o mode=755 none "$0/devices" && mknod -m 666 "$0/devices/tun" c 10 200 &&
    mount --bind "$0/devices/tun" /dev/net/tun && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
)";

} // namespace

PlainUser::PlainUser(fs::path place, const fs::path& bin) : place_(std::move(place)) {
    copy_programs(bin, place_);
    std::ofstream(place_ / "subordinate") << plain_user << ":200000:65536\n";
    fs::create_directory(place_ / "devices");
    for (const fs::path& folder :
         {place_ / "run", place_ / "home", root(), root() / "instances", root() / "instances/folders"})
        make_folder(folder);
}

void PlainUser::make_folder(const fs::path& folder) {
    fs::create_directories(folder);
    [[maybe_unused]] const int given = ::chown(folder.c_str(), plain_user, plain_user);
}

CommandOutput PlainUser::isolab_with_path(const std::string& path, const std::vector<std::string>& arguments) const {
    std::vector<std::string> line{"unshare",
                                  "--mount",
                                  "--propagation=private",
                                  "sh",
                                  "-c",
                                  stage,
                                  place_.string(),
                                  "env",
                                  "-i",
                                  "PATH=" + path,
                                  "HOME=" + (place_ / "home").string(),
                                  "TMPDIR=" + temporary().string(),
                                  "XDG_RUNTIME_DIR=" + temporary().string(),
                                  (place_ / "bin/isolab").string(),
                                  "--root",
                                  root().string()};
    line.insert(line.end(), arguments.begin(), arguments.end());
    auto output = run_command(line, {}, std::chrono::minutes(2));
    return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
}

CommandOutput PlainUser::isolab(const std::vector<std::string>& arguments) const {
    return isolab_with_path("/usr/bin:/bin", arguments);
}

} // namespace isolab::test
