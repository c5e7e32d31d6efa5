// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <sstream>

#include "engine/base/text.h"
#include "engine/cgroup/cgroup_statistics.h"

namespace isolab {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (trouble != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// Calls `visit` with the words of each line.
template <class Visit> void for_each_line(std::string_view text, Visit visit) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::vector<std::string> words;
        std::istringstream stream(line);
        for (std::string word; stream >> word;)
            words.push_back(std::move(word));
        if (!words.empty())
            visit(words);
    }
}

/// "key=value".
struct Pair {
    std::string_view key;
    std::string_view value;
};
Pair split_pair(std::string_view word) {
    const auto equals = std::min(word.find('='), word.size());
    return {word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))};
}

bool read_device(std::string_view text, BlockIoCount& into) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return false;
    const auto major = number_of(text.substr(0, colon));
    const auto minor = number_of(text.substr(colon + 1));
    into.major = major.value_or(0);
    into.minor = minor.value_or(0);
    return major && minor;
}

struct IoKey {
    std::string_view key;
    const char* operation;
    std::vector<BlockIoCount> BlockIoStatistics::*list;
};
constexpr IoKey io_keys[] = {
    {"rbytes", "Read", &BlockIoStatistics::bytes},     {"wbytes", "Write", &BlockIoStatistics::bytes},
    {"dbytes", "Discard", &BlockIoStatistics::bytes},  {"rios", "Read", &BlockIoStatistics::operations},
    {"wios", "Write", &BlockIoStatistics::operations}, {"dios", "Discard", &BlockIoStatistics::operations},
};

PressureStatistics::Line pressure_line(const std::vector<std::string>& words) {
    PressureStatistics::Line line;
    for (const std::string& word : words) {
        const auto [key, value] = split_pair(word);
        if (key == "avg10")
            line.average_10 = leading_number(value).value_or(0);
        else if (key == "avg60")
            line.average_60 = leading_number(value).value_or(0);
        else if (key == "avg300")
            line.average_300 = leading_number(value).value_or(0);
        else if (key == "total")
            line.total = std::chrono::microseconds(number_of(value).value_or(0));
    }
    return line;
}

} // namespace

std::map<std::string, std::uint64_t> parse_flat_keys(std::string_view text) {
    std::map<std::string, std::uint64_t> values;
    for_each_line(text, [&values](const std::vector<std::string>& words) {
        const auto value = words.size() == 2 ? number_of(words[1]) : std::nullopt;
        if (value)
            values.emplace(words[0], *value);
    });
    return values;
}

std::vector<BlockIoCount> parse_v1_block_io(std::string_view text) {
    std::vector<BlockIoCount> counts;
    for_each_line(text, [&counts](const std::vector<std::string>& words) {
        BlockIoCount one;
        const auto value = words.size() == 3 ? number_of(words[2]) : std::nullopt;
        if (!value || !read_device(words[0], one))
            return; // the last line is the sum of all devices
        one.operation = words[1];
        one.value = *value;
        counts.push_back(std::move(one));
    });
    return counts;
}

BlockIoStatistics parse_v2_block_io(std::string_view text) {
    BlockIoStatistics counts;
    for_each_line(text, [&counts](const std::vector<std::string>& words) {
        BlockIoCount device;
        if (!read_device(words[0], device))
            return;
        for (const std::string& word : words) {
            const auto [key, value] = split_pair(word);
            const auto* const known = std::ranges::find(io_keys, key, &IoKey::key);
            const auto number = number_of(value);
            if (known != std::end(io_keys) && number)
                (counts.*known->list).push_back({device.major, device.minor, known->operation, *number});
        }
    });
    return counts;
}

std::optional<PressureStatistics> parse_pressure(std::string_view text) {
    PressureStatistics pressure;
    bool found = false;
    for_each_line(text, [&](const std::vector<std::string>& words) {
        found = found || words[0] == "some" || words[0] == "full";
        if (words[0] == "some")
            pressure.some = pressure_line(words);
        else if (words[0] == "full")
            pressure.full = pressure_line(words);
    });
    return found ? std::optional(pressure) : std::nullopt;
}

std::vector<unsigned> parse_number_list(std::string_view text) {
    constexpr std::uint64_t most = 65'536; // more than any kernel's CPUs or nodes
    std::vector<unsigned> numbers;
    std::istringstream parts{std::string(text)};
    for (std::string part; std::getline(parts, part, ',');) {
        part.erase(std::ranges::find(part, '\n'), part.end());
        const auto dash = std::min(part.find('-'), part.size());
        const auto first = number_of(std::string_view(part).substr(0, dash));
        const auto last = dash < part.size() ? number_of(std::string_view(part).substr(dash + 1)) : first;
        for (std::uint64_t number = first.value_or(most); number <= last.value_or(0) && number < most; ++number)
            numbers.push_back(static_cast<unsigned>(number));
    }
    return numbers;
}

std::map<std::string, RdmaCount> parse_rdma(std::string_view text) {
    std::map<std::string, RdmaCount> devices;
    for_each_line(text, [&devices](const std::vector<std::string>& words) {
        RdmaCount& one = devices[words[0]];
        for (const std::string& word : words) {
            const auto [key, value] = split_pair(word);
            if (key == "hca_handle")
                one.handles = number_of(value).value_or(no_limit);
            else if (key == "hca_object")
                one.objects = number_of(value).value_or(no_limit);
        }
    });
    return devices;
}

} // namespace isolab
