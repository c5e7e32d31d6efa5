// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/process_title.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace isolab::launcher {
namespace {

std::span<char>& argument_area() noexcept {
    static std::span<char> of_arguments;
    return of_arguments;
}

} // namespace

void remember_arguments(int count, char** arguments) noexcept {
    if (count == 0)
        return;
    char* const last = arguments[count - 1]; // the kernel lays them out one behind the other (execve(2))
    argument_area() = {arguments[0], last + std::strlen(last) + 1};
}

void set_process_title(const std::string& title) noexcept {
    const auto memory = argument_area();
    if (memory.empty())
        return;
    std::ranges::fill(memory, '\0');
    std::copy_n(title.begin(), std::min(title.size(), memory.size() - 1), memory.begin());
}

} // namespace isolab::launcher
