// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/container_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <sstream>

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "engine/base/file_tree.h"
#include "engine/base/size.h"

namespace isolab {
namespace {

tl::unexpected<Error> bad(const std::string& what, const std::string& text, std::string cause,
                          std::string remedy = {}) {
    return fail(ErrorKind::invalid_argument, "use " + what, text, std::move(cause), std::move(remedy));
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);)
        parts.push_back(part);
    return parts;
}

template <class Number> std::optional<Number> number_of(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// A path of the host; "~" and relative ones are the shell's and the caller's.
std::string absolute(const std::string& path) {
    std::error_code failed;
    return std::filesystem::absolute(path, failed).lexically_normal().string();
}

Result<void> take_target(ContainerMount& mount, const std::string& target, const std::string& text) {
    if (!target.starts_with('/'))
        return bad("mount", text, "the place in the container must be an absolute path");
    mount.target = std::filesystem::path(target).lexically_normal().string();
    while (mount.target.size() > 1 && mount.target.ends_with('/'))
        mount.target.pop_back();
    if (mount.target == "/")
        return bad("mount", text, "nothing can be mounted over the container's root");
    return {};
}

Result<void> take_source(ContainerMount& mount, const std::string& source, const std::string& text) {
    if (source.find('/') != std::string::npos || source == "." || source == "..") {
        mount.kind = "bind";
        mount.source = absolute(source);
        return {};
    }
    mount.kind = "volume";
    mount.volume = source;
    if (!check_container_name(source))
        return bad("volume", text, "a volume's name is 2 or more of [A-Za-z0-9_.-] and begins with a letter or digit",
                   "For a folder of this machine give a path, as in ./" + source);
    return {};
}

void take_options(ContainerMount& mount, const std::string& options) {
    for (const std::string& option : split(options, ',')) {
        if (option == "ro" || option == "readonly")
            mount.read_only = true;
        else if (option != "rw" && option != "z" && option != "Z") // labels of SELinux, which is not here
            mount.options.push_back(option);
    }
}

} // namespace

Result<ResourceLimit> parse_ulimit(const std::string& text) {
    constexpr std::array names{"as",   "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue",
                               "nice", "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack"};
    const auto [name, values] = split_pair(text);
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char one) { return std::tolower(one); });
    if (std::ranges::find(names, lower) == names.end())
        return bad("ulimit", text, "there is no limit of that name", "Write it as nofile=1024:2048");
    ResourceLimit limit;
    limit.type = "RLIMIT_" + lower;
    std::ranges::transform(limit.type, limit.type.begin(), [](unsigned char one) { return std::toupper(one); });
    const auto read = [](const std::string& value) -> std::optional<std::uint64_t> {
        if (value == "-1" || value == "unlimited")
            return ~std::uint64_t{0};
        return number_of<std::uint64_t>(value);
    };
    const auto colon = values.find(':');
    const auto soft = read(values.substr(0, colon));
    const auto hard = colon == std::string::npos ? soft : read(values.substr(colon + 1));
    if (!soft || !hard || *soft > *hard)
        return bad("ulimit", text, "its value is no number, or the soft limit is above the hard one",
                   "Write it as nofile=1024:2048");
    limit.soft = *soft;
    limit.hard = *hard;
    return limit;
}

std::pair<std::string, std::string> split_pair(const std::string& text) {
    const auto equals = text.find('=');
    return {text.substr(0, equals), equals == std::string::npos ? std::string() : text.substr(equals + 1)};
}

std::vector<std::string> variable_of(const std::string& text) {
    if (text.find('=') != std::string::npos)
        return {text};
    const char* value = std::getenv(text.c_str()); // NOLINT(concurrency-mt-unsafe): nobody sets any
    return value == nullptr ? std::vector<std::string>{} : std::vector{text + "=" + value};
}

Result<std::vector<std::string>> read_value_lines(const std::string& path) {
    ISOLAB_ASSIGN(const std::string content, read_file(path));
    std::vector<std::string> lines;
    for (const std::string& line : split(content, '\n')) {
        const auto begin = line.find_first_not_of(" \t");
        if (begin != std::string::npos && line[begin] != '#')
            lines.push_back(line.substr(begin, line.find_last_not_of('\r') + 1 - begin));
    }
    return lines;
}

Result<ContainerMount> parse_volume(const std::string& text) {
    const auto parts = split(text, ':');
    ContainerMount mount;
    if (parts.empty() || parts.size() > 3)
        return bad("volume", text, "it has not the form [SOURCE:]TARGET[:OPTIONS]");
    mount.kind = "volume";
    if (parts.size() > 1)
        ISOLAB_TRY(take_source(mount, parts[0], text));
    ISOLAB_TRY(take_target(mount, parts.size() > 1 ? parts[1] : parts[0], text));
    if (parts.size() > 2)
        take_options(mount, parts[2]);
    return mount;
}

Result<ContainerMount> parse_mount(const std::string& text) {
    ContainerMount mount;
    mount.kind = "volume";
    std::string source;
    for (const std::string& part : split(text, ',')) {
        const auto [key, value] = split_pair(part);
        if (key == "type")
            mount.kind = value;
        else if (key == "source" || key == "src")
            source = value;
        else if (key == "target" || key == "dst" || key == "destination")
            ISOLAB_TRY(take_target(mount, value, text));
        else if (key == "readonly" || key == "ro")
            mount.read_only = value.empty() || value == "true" || value == "1";
        else if (key == "bind-propagation")
            mount.options.push_back(value);
        else if (key == "bind-nonrecursive")
            mount.options.emplace_back("bind");
        else if (key == "tmpfs-size" || key == "tmpfs-mode")
            mount.options.push_back(key.substr(6) + "=" + value);
        else
            return bad("mount", text, "\"" + key + "\" is not known",
                       "There are type, source, target, readonly, bind-propagation, tmpfs-size and tmpfs-mode");
    }
    if (mount.kind != "bind" && mount.kind != "volume" && mount.kind != "tmpfs")
        return bad("mount", text, "its type is not bind, volume or tmpfs");
    if (mount.target.empty())
        return bad("mount", text, "it names no target");
    if (mount.kind == "bind" && source.empty())
        return bad("mount", text, "it names no source");
    if (mount.kind == "bind")
        mount.source = absolute(source);
    else if (mount.kind == "volume" && !source.empty())
        ISOLAB_TRY(take_source(mount, source, text));
    return mount;
}

Result<ContainerMount> parse_tmpfs(const std::string& text) {
    ContainerMount mount;
    mount.kind = "tmpfs";
    const auto colon = text.find(':');
    ISOLAB_TRY(take_target(mount, text.substr(0, colon), text));
    if (colon != std::string::npos)
        take_options(mount, text.substr(colon + 1));
    return mount;
}

Result<DeviceWish> find_device(const std::string& text) {
    const auto parts = split(text, ':');
    struct stat status {};
    if (parts.empty() || parts.size() > 3 || ::stat(parts[0].c_str(), &status) != 0)
        return bad("device", text, "this machine has no such device");
    const bool block = S_ISBLK(status.st_mode);
    if (!block && !S_ISCHR(status.st_mode))
        return bad("device", text, "it is no device");
    DeviceWish wish;
    wish.node.path = parts.size() > 1 ? parts[1] : parts[0];
    wish.node.type = block ? 'b' : 'c';
    wish.node.major = gnu_dev_major(status.st_rdev);
    wish.node.minor = gnu_dev_minor(status.st_rdev);
    wish.rule.allow = true;
    wish.rule.type = wish.node.type;
    wish.rule.major = wish.node.major;
    wish.rule.minor = wish.node.minor;
    ISOLAB_ASSIGN(wish.rule.access, parse_device_access(parts.size() > 2 ? parts[2] : "rwm"));
    return wish;
}

Result<DeviceRule> parse_device_rule(const std::string& text) {
    const auto wrong = [&] {
        return bad("device rule", text, "it has not the form TYPE MAJOR:MINOR ACCESS",
                   "Write it as c 10:200 rwm; * is any number");
    };
    const auto parts = split(text, ' ');
    if (parts.empty() || parts.size() > 3 || (parts[0] != "a" && parts[0] != "b" && parts[0] != "c"))
        return wrong();
    DeviceRule rule;
    rule.allow = true;
    rule.type = parts[0].front();
    if (parts.size() > 1) {
        const auto numbers = split(parts[1], ':');
        if (numbers.size() != 2)
            return wrong();
        for (const auto& [number, into] : {std::pair(numbers[0], &rule.major), std::pair(numbers[1], &rule.minor)}) {
            *into = number == "*" ? std::nullopt : number_of<std::uint32_t>(number);
            if (number != "*" && !*into)
                return wrong();
        }
    }
    ISOLAB_ASSIGN(rule.access, parse_device_access(parts.size() > 2 ? parts[2] : "rwm"));
    return rule;
}

Result<BlockIoResources::DeviceRate> parse_device_rate(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos)
        return bad("device rate", text, "it has not the form PATH:RATE", "Write it as /dev/sda:1M");
    struct stat status {};
    if (::stat(text.substr(0, colon).c_str(), &status) != 0 || !S_ISBLK(status.st_mode))
        return bad("device rate", text, text.substr(0, colon) + " is no block device");
    BlockIoResources::DeviceRate rate;
    rate.major = gnu_dev_major(status.st_rdev);
    rate.minor = gnu_dev_minor(status.st_rdev);
    ISOLAB_ASSIGN(rate.rate, parse_size(text.substr(colon + 1)));
    return rate;
}

Result<std::int64_t> parse_cpus(const std::string& text) {
    double cpus = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpus);
    const bool possible = cpus >= 0.01 && cpus <= 100'000; // and not "nan"
    if (error != std::errc{} || end != text.data() + text.size() || !possible)
        return bad("number of CPUs", text, "it is no number from 0.01 to 100000", "Write it as 1.5");
    return std::llround(cpus * 100'000);
}

Result<std::int64_t> parse_memory(const std::string& text) {
    if (text == "-1")
        return -1;
    ISOLAB_ASSIGN(const std::uint64_t bytes, parse_size(text));
    if (bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return bad("memory limit", text, "it is too large");
    return static_cast<std::int64_t>(bytes);
}

Result<LogLimits> parse_log_limits(const std::string& driver, const std::vector<std::string>& options) {
    LogLimits limits;
    limits.enabled = driver != "none";
    if (driver != "none" && driver != "json-file" && driver != "local")
        return bad("log driver", driver, "it is not known", "There are json-file and none");
    for (const std::string& option : options) {
        const auto [key, value] = split_pair(option);
        if (key == "max-size") {
            ISOLAB_ASSIGN(limits.largest_file, parse_size(value));
            if (limits.largest_file < 4096)
                return bad("log option", option, "a file must have at least 4K");
        } else if (key == "max-file") {
            limits.files = number_of<unsigned>(value).value_or(0);
            if (limits.files == 0)
                return bad("log option", option, "it is no number of at least 1");
        } else {
            return bad("log option", option, "it is not known", "There are max-size and max-file");
        }
    }
    return limits;
}

Result<std::optional<std::size_t>> parse_tail(const std::string& text) {
    if (text == "all")
        return std::nullopt;
    const auto count = number_of<std::int64_t>(text);
    if (!count)
        return bad("--tail", text, "it is neither a number nor \"all\"");
    return *count < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(*count));
}

std::vector<std::string> shell_command(const std::string& text) { return {"/bin/sh", "-c", text}; }

} // namespace isolab
