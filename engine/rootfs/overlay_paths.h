// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace isolab {

/// overlayfs' lowerdir syntax: directories joined with ':', special characters escaped with '\'. Single upper and work
/// directories are written in the same way.
inline std::string join_lower_directories(const std::vector<std::string>& directories) {
    std::string text;
    for (const std::string& directory : directories) {
        if (!text.empty())
            text += ':';
        for (const char character : directory) {
            if (character == ':' || character == '\\' || character == ',')
                text += '\\';
            text += character;
        }
    }
    return text;
}

} // namespace isolab
