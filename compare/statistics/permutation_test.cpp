// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/permutation_test.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "compare/statistics/random.h"

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

/// Ranks from 1; equal values share the mean of theirs. Doubled, so that all are whole numbers.
std::vector<std::int64_t> doubled_ranks(const std::vector<double>& pooled) {
    std::vector<std::size_t> order(pooled.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return pooled[i]; });
    std::vector<std::int64_t> ranks(pooled.size());
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && pooled[order[end]] == pooled[order[begin]])
            ++end;
        for (std::size_t i = begin; i < end; ++i)
            ranks[order[i]] = static_cast<std::int64_t>(begin + 1 + end);
        begin = end;
    }
    return ranks;
}

/// Splits the ranks again and again; counts splits whose rank sum is at least as far from its mean as observed.
class SplitCounter {
  public:
    SplitCounter(std::vector<std::int64_t> ranks, std::size_t left_size)
        : ranks_(std::move(ranks)), left_size_(left_size),
          mean_(static_cast<std::int64_t>(left_size) * static_cast<std::int64_t>(ranks_.size() + 1)) {
        observed_ = distance(std::accumulate(ranks_.cbegin(), middle(), std::int64_t{0}));
    }
    void count(const std::vector<bool>& is_left) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < ranks_.size(); ++i)
            sum += is_left[i] ? ranks_[i] : 0;
        count(sum);
    }
    void count_shuffled(RandomIndex& random) {
        for (std::size_t last = ranks_.size(); last > 1; --last)
            std::swap(ranks_[last - 1], ranks_[random.below(last)]);
        count(std::accumulate(ranks_.cbegin(), middle(), std::int64_t{0}));
    }
    double exact() const { return static_cast<double>(extreme_) / static_cast<double>(all_); }
    double estimate() const { return static_cast<double>(extreme_ + 1) / static_cast<double>(all_ + 1); }

  private:
    std::vector<std::int64_t>::const_iterator middle() const {
        return ranks_.cbegin() + static_cast<std::ptrdiff_t>(left_size_);
    }
    std::int64_t distance(std::int64_t sum) const { return std::abs(sum - mean_); }
    void count(std::int64_t sum) {
        ++all_;
        extreme_ += distance(sum) >= observed_ ? 1U : 0U;
    }

    std::vector<std::int64_t> ranks_;
    std::size_t left_size_;
    std::int64_t mean_; ///< of the doubled rank sum over all splits
    std::int64_t observed_ = 0;
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
    SplitCounter counter(doubled_ranks(pooled), a.size());
    if (count_splits(pooled.size(), a.size()) <= most_splits) {
        std::vector<bool> is_left(pooled.size(), false);
        std::fill_n(is_left.begin(), a.size(), true);
        do
            counter.count(is_left);
        while (std::prev_permutation(is_left.begin(), is_left.end()));
        return counter.exact();
    }
    RandomIndex random(seed);
    for (unsigned i = 0; i < random_splits; ++i)
        counter.count_shuffled(random);
    return counter.estimate();
}

} // namespace isolab
