// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"

namespace isolab {

/// A program that images are made with, and Debian's package of it.
struct ImageTool {
    std::string_view program;
    std::string_view package;
};

inline constexpr ImageTool qemu_img{"qemu-img", "qemu-utils"};
inline constexpr ImageTool mmdebstrap{"mmdebstrap", "mmdebstrap"};
inline constexpr ImageTool mke2fs{"mke2fs", "e2fsprogs"};
inline constexpr ImageTool mkfs_vfat{"mkfs.vfat", "dosfstools"};
inline constexpr ImageTool mcopy{"mcopy", "mtools"};

/// Path of the program; unavailable, with the package to install, when it is not there.
Result<std::string> find_image_tool(const ImageTool& tool);

/// unavailable when one of them is not there; names all their packages at once.
Result<void> require_image_tools(const std::vector<ImageTool>& tools);

/// Takes a line of what a program prints, without its end.
using TakeLine = std::function<void(const std::string&)>;

/// Runs `argv` (a path first) with messages in English, and passes on each line of its standard error and output as it
/// comes; a line ends with "\n" or "\r". `variables` ("NAME=value") are set besides PATH, HOME, LC_ALL and
/// SOURCE_DATE_EPOCH. Gives
/// the exit code, and in `err` the last 64 KiB of what it printed; `out` stays empty.
///
/// When stopped, the program and all that it started are killed, and gone when this returns.
Result<CommandOutput> run_image_tool(const std::vector<std::string>& argv, const StopToken& stop,
                                     const TakeLine& take = {}, const std::vector<std::string>& variables = {});

/// run_image_tool(), and an exit code other than 0 is an error whose cause is what the program said last.
Result<void> check_image_tool(const std::vector<std::string>& argv, const StopToken& stop, const TakeLine& take = {},
                              const std::vector<std::string>& variables = {});

/// The last line of a text that is not empty.
std::string last_words(std::string_view text);

} // namespace isolab
