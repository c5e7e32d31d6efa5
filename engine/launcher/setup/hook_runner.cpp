// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/hook_runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/subprocess.h"
#include "engine/base/text.h"

namespace isolab::launcher {
namespace {

/// A file in memory: neither a hook that reads nothing nor one that prints much can block on it.
Result<UniqueFd> memory_file(const std::string& content) {
    UniqueFd file(::memfd_create("hook", MFD_CLOEXEC));
    if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
        ::lseek(file.get(), 0, SEEK_SET) != 0)
        return fail_errno(errno, "pass the container's state to a hook");
    return file;
}

std::string end_of(const UniqueFd& output) {
    constexpr off_t shown = 1000;
    const off_t size = ::lseek(output.get(), 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::min(std::max<off_t>(size, 0), shown)), '\0');
    const ssize_t count = ::pread(output.get(), text.data(), text.size(), std::max<off_t>(0, size - shown));
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return plain_text(text);
}

tl::unexpected<Error> hook_failure(HookPoint point, const Hook& hook, std::string cause, const UniqueFd& output) {
    if (const std::string text = end_of(output); !text.empty())
        cause += ": " + text;
    return fail(ErrorKind::system, "run " + std::string(hook_point_names[static_cast<std::size_t>(point)]) + " hook",
                hook.path, std::move(cause));
}

Result<void> run_hook(HookPoint point, const Hook& hook, const std::string& state) {
    ISOLAB_ASSIGN(const UniqueFd input, memory_file(state));
    ISOLAB_ASSIGN(const UniqueFd output, memory_file({}));
    Command command{hook.args, hook.env, {{0, input.get()}, {1, output.get()}, {2, output.get()}}, true};
    command.program = hook.path;
    if (command.argv.empty())
        command.argv.push_back(hook.path);
    auto child = spawn(command);
    if (!child)
        return hook_failure(point, hook, child.error().cause, output);
    const auto exit = child->wait({}, hook.timeout);
    if (!exit) {
        ::kill(-child->pid(), SIGKILL); // its session; the hook itself is reaped with `child`
        return hook_failure(point, hook, "it took longer than " + std::to_string(hook.timeout->count()) + " s", output);
    }
    if (exit->code != 0)
        return hook_failure(point, hook, "it ended with exit code " + std::to_string(exit->code), output);
    return {};
}

} // namespace

Result<void> run_hooks(const Hooks& hooks, HookPoint point, const std::string& state) {
    for (const Hook& hook : hooks.at(point))
        ISOLAB_TRY(run_hook(point, hook, state));
    return {};
}

} // namespace isolab::launcher
