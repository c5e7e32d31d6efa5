// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/permutation_test.h"

#include <algorithm>
#include <cmath>

#include "compare/random.h"

namespace isolab {
namespace {

constexpr std::uint64_t most_splits = 20000;
constexpr unsigned random_splits = 4000;

/// Number of ways to choose k of n, cut off above most_splits.
std::uint64_t count_splits(std::size_t n, std::size_t k) {
    double count = 1;
    for (std::size_t i = 1; i <= std::min(k, n - k); ++i) {
        count = count * static_cast<double>(n - std::min(k, n - k) + i) / static_cast<double>(i);
        if (count > static_cast<double>(most_splits))
            return most_splits + 1;
    }
    return static_cast<std::uint64_t>(std::llround(count));
}

/// One pooled sample that is split again and again; counts splits at least as extreme as the observed one.
class SplitCounter {
  public:
    SplitCounter(const std::vector<double>& a, const std::vector<double>& b) : left_(a), right_(b) {
        observed_ = std::abs(median_of(left_) - median_of(right_));
        tolerance_ = 1e-12 * std::max({1.0, std::abs(median_of(left_)), std::abs(median_of(right_))});
    }
    void count(const std::vector<double>& pooled, const std::vector<bool>& is_left) {
        left_.clear();
        right_.clear();
        for (std::size_t i = 0; i < pooled.size(); ++i)
            (is_left[i] ? left_ : right_).push_back(pooled[i]);
        ++all_;
        extreme_ += std::abs(median_of(left_) - median_of(right_)) >= observed_ - tolerance_ ? 1U : 0U;
    }
    double exact() const { return static_cast<double>(extreme_) / static_cast<double>(all_); }
    double estimate() const { return static_cast<double>(extreme_ + 1) / static_cast<double>(all_ + 1); }

  private:
    std::vector<double> left_;
    std::vector<double> right_;
    double observed_ = 0;
    double tolerance_ = 0;
    std::uint64_t all_ = 0;
    std::uint64_t extreme_ = 0;
};

} // namespace

double median_of(std::vector<double>& sample) {
    const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
    std::nth_element(sample.begin(), middle, sample.end());
    if (sample.size() % 2 == 1)
        return *middle;
    return (*std::max_element(sample.begin(), middle) + *middle) / 2;
}

double permutation_p_value(const std::vector<double>& a, const std::vector<double>& b, std::uint64_t seed) {
    std::vector<double> pooled = a;
    pooled.insert(pooled.end(), b.begin(), b.end());
    std::vector<bool> is_left(pooled.size(), false);
    std::fill_n(is_left.begin(), a.size(), true);
    SplitCounter counter(a, b);
    if (count_splits(pooled.size(), a.size()) <= most_splits) {
        do
            counter.count(pooled, is_left);
        while (std::prev_permutation(is_left.begin(), is_left.end()));
        return counter.exact();
    }
    RandomIndex random(seed);
    for (unsigned i = 0; i < random_splits; ++i) {
        for (std::size_t last = pooled.size(); last > 1; --last)
            std::swap(pooled[last - 1], pooled[random.below(last)]);
        counter.count(pooled, is_left);
    }
    return counter.estimate();
}

} // namespace isolab
