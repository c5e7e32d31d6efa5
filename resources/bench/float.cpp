// SPDX-License-Identifier: GPL-3.0-or-later
#include <bit>
#include <vector>

#include "resources/bench/loop.h"

namespace isolab::bench {

namespace {

constexpr std::size_t rows = 192;
constexpr std::size_t block = 64; // three blocks of doubles, 96 KiB, stay in the second cache
using Matrix = std::vector<double>;

/// c += a * b for the blocks that begin at the row i, the inner row k and the column j.
void multiply_blocks(const Matrix& a, const Matrix& b, Matrix& c, std::size_t i0, std::size_t k0, std::size_t j0) {
    for (std::size_t i = i0; i < i0 + block; ++i)
        for (std::size_t k = k0; k < k0 + block; ++k) {
            const double factor = a[i * rows + k];
            for (std::size_t j = j0; j < j0 + block; ++j)
                c[i * rows + j] += factor * b[k * rows + j];
        }
}

void multiply(const Matrix& a, const Matrix& b, Matrix& c) {
    for (std::size_t i = 0; i < rows; i += block)
        for (std::size_t k = 0; k < rows; k += block)
            for (std::size_t j = 0; j < rows; j += block)
                multiply_blocks(a, b, c, i, k, j);
}

/// Numbers in [0, 1) of 53 bits.
Matrix random_matrix(std::uint64_t state) {
    Matrix matrix(rows * rows);
    for (double& value : matrix)
        value = static_cast<double>(next_random(state) >> 11U) * 0x1p-53;
    return matrix;
}

} // namespace

Work run_float(const Order& order) {
    Matrix a = random_matrix(88172645463325252ULL);
    const Matrix b = random_matrix(362436069ULL);
    return repeat(order, [&](Work& work) {
        Matrix c(rows * rows);
        multiply(a, b, c);
        for (const double value : c)
            work.checksum += std::bit_cast<std::uint64_t>(value);
        a[work.operations % a.size()] += 0.5; // another product each time
        work.operations += rows * rows * rows;
    });
}

} // namespace isolab::bench
