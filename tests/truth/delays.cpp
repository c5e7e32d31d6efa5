// SPDX-License-Identifier: GPL-3.0-or-later
//
// Delays of known length in programs of the product, which are linked with these functions in the place of the C
// library's (ld(1), --wrap) and know nothing of it. The variable ISOLAB_TEST_DELAYS says where and how long, in
// milliseconds: "start=30,setup=40". Each is kept once, by the process that comes by first, and not by what it starts
// afterwards.
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <sys/stat.h>
#include <sys/types.h>

namespace {

/// The entry's place in the environment, which is then taken out of it.
void delay(const char* place) noexcept {
    char* orders = std::getenv("ISOLAB_TEST_DELAYS");
    char* found = orders == nullptr ? nullptr : std::strstr(orders, place);
    if (found == nullptr || found[std::strlen(place)] != '=')
        return;
    *found = '-';
    const long milliseconds = std::strtol(found + std::strlen(place) + 1, nullptr, 10);
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const long end = now.tv_nsec / 1000 + milliseconds * 1000 + now.tv_sec % 1000 * 1'000'000;
    do { // no sleep: a guest's kernel uses one for work of its own
        ::clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_nsec / 1000 + now.tv_sec % 1000 * 1'000'000 < end);
}

/// Before main().
[[gnu::constructor]] void delay_start() { delay("start"); }

} // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): names that the linker asks for
extern "C" {
int __real_mkdir(const char* path, mode_t mode);
int __wrap_mkdir(const char* path, mode_t mode) {
    delay("prepare");
    return __real_mkdir(path, mode);
}
int __real_listen(int socket, int backlog);
int __wrap_listen(int socket, int backlog) {
    delay("prepare");
    return __real_listen(socket, backlog);
}
int __real_sethostname(const char* name, size_t length);
int __wrap_sethostname(const char* name, size_t length) {
    delay("setup");
    return __real_sethostname(name, length);
}
int __real_execve(const char* path, char* const* arguments, char* const* environment);
int __wrap_execve(const char* path, char* const* arguments, char* const* environment) {
    delay("exec");
    return __real_execve(path, arguments, environment);
}
}
// NOLINTEND(bugprone-reserved-identifier)
