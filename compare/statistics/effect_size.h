// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "compare/statistics/interval.h"

namespace isolab {

/// How far two samples are apart, without a unit and whatever their distributions: how often a value of the one is
/// above a value of the other.
///
/// Where a difference begins to matter is a convention, and this room has no words for it. For |delta| Romano et al.
/// 2006 ("Appropriate statistics for ordinal level data", from Cohen's d of 0.2, 0.5 and 0.8) name 0.147, 0.33 and
/// 0.474; for `superiority` Vargha & Delaney 2000 name 0.56, 0.64 and 0.71. Both were made for surveys: start times of
/// a container and of a machine hardly ever overlap, and then only the ratio of medians says how much they differ.
struct EffectSize {
    double delta = 0;         ///< Cliff 1993: P(a > b) - P(a < b), in [-1, 1]; 1: each a is above each b
    double superiority = 0.5; ///< Vargha & Delaney's A = P(a > b) + P(a = b) / 2, in [0, 1]; (delta + 1) / 2
    /// 95 % interval of delta, asymmetric and within [-1, 1] (Cliff 1996, Feng & Cliff 2004); that of `superiority` is
    /// its ends by the same formula. Empty when either sample has one value, of which no variance is known.
    std::optional<Interval> interval = std::nullopt;
};

/// Of `a` against `b`, of independent finite values; empty when either sample is. Ties count as neither above nor
/// below. Time is O(n * m).
///
/// The interval uses the unbiased estimate of delta's variance, never less than (1 - delta^2) / (n * m - 1), and
/// Student's t with n + m - 2 degrees of freedom: of 5 to 20 normal values it held delta in 93 to 98 % of simulated
/// pairs, and in 90 % near the end of the scale (delta 0.92). Samples that do not overlap show no variance at all;
/// their interval ends at (k - z^2) / (k + z^2), with the normal z and the smaller size k. So it contains zero while k
/// <= 3, as the permutation test of three against three never reaches 5 %.
std::optional<EffectSize> effect_size(const std::vector<double>& a, const std::vector<double>& b);

} // namespace isolab
