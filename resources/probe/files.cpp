// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/probe/files.h"

#include <algorithm>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace isolab::probe {

std::string read_file(const std::string& path) {
    constexpr std::size_t most = 64U << 10U;
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::string text;
    char part[4096];
    for (ssize_t got = 0; fd >= 0 && text.size() < most && (got = ::read(fd, part, sizeof part)) > 0;)
        text.append(part, static_cast<std::size_t>(got));
    if (fd >= 0)
        ::close(fd);
    return text;
}

std::string read_line(const std::string& path) {
    std::string text = read_file(path);
    text.erase(text.find_last_not_of(" \t\n") + 1);
    return text;
}

std::string field_of(const std::string& text, const std::string& name) {
    const std::string wanted = "\n" + name + ":";
    const std::size_t at = text.find(wanted);
    if (at == std::string::npos)
        return {};
    const std::size_t begin = std::min(text.find_first_not_of(" \t", at + wanted.size()), text.size());
    return text.substr(begin, text.find('\n', begin) - begin);
}

std::vector<std::string> names_in(const std::string& folder, std::size_t most) {
    std::vector<std::string> names;
    DIR* open = ::opendir(folder.c_str());
    while (const dirent* entry = open == nullptr ? nullptr : ::readdir(open))
        if (const std::string name = entry->d_name; name != "." && name != "..")
            names.push_back(name);
    if (open != nullptr)
        ::closedir(open);
    std::sort(names.begin(), names.end());
    names.resize(std::min(names.size(), most));
    return names;
}

} // namespace isolab::probe
