// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace isolab::bench {

namespace {

constexpr unsigned fine_bits = 7; // 128 classes for each doubling
constexpr std::uint64_t fine = 1U << fine_bits;
constexpr std::uint64_t longest = 1ULL << 40U;

/// Values below 2 * fine are their own class; from there on the leading fine_bits + 1 bits choose it.
std::size_t class_of(std::uint64_t value) noexcept {
    const unsigned width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > fine_bits + 1 ? width - fine_bits - 1 : 0;
    return shift * fine + (value >> shift);
}

std::uint64_t middle_of(std::size_t index) noexcept {
    if (index < 2 * fine)
        return index;
    const std::uint64_t shift = index / fine - 1;
    return ((index - shift * fine) << shift) + (1ULL << (shift - 1));
}

} // namespace

void Histogram::add(std::uint64_t nanoseconds) {
    if (classes_.empty())
        classes_.resize(class_of(longest) + 1);
    ++classes_[class_of(std::min(nanoseconds, longest))];
    ++count_;
    max_ = std::max(max_, nanoseconds);
}

std::uint64_t Histogram::quantile(double share) const noexcept {
    const auto wanted = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        seen += classes_[i];
        if (static_cast<double>(seen) >= wanted)
            return std::min(middle_of(i), max_);
    }
    return max_;
}

} // namespace isolab::bench
