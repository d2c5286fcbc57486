#include "optimize/prune/least_squares.h"

#include <algorithm>
#include <cmath>

#include "optimize/quantize/parallel.h"

namespace paw {

namespace {

// Four sums, so that additions need not wait for each other.
double row_product(const double* a, const double* b, std::size_t n) {
  double s[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) s[k] += a[i + k] * b[i + k];
  }
  for (; i < n; ++i) s[0] += a[i] * b[i];
  return (s[0] + s[1]) + (s[2] + s[3]);
}

}  // namespace

Cholesky::Cholesky(std::span<const double> matrix, std::size_t size, double ridge)
    : n_(size), lower_(size * size), upper_(size * size) {
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double a = matrix[i * n_ + j] + (i == j ? ridge : 0);
      const double rest = a - row_product(lower_.data() + i * n_, lower_.data() + j * n_, j);
      lower_[i * n_ + j] = i == j ? std::sqrt(std::max(rest, 1e-30)) : rest / lower_[j * n_ + j];
      upper_[j * n_ + i] = lower_[i * n_ + j];
    }
  }
}

void Cholesky::solve(std::span<double> b) const {
  for (std::size_t i = 0; i < n_; ++i) {
    b[i] = (b[i] - row_product(lower_.data() + i * n_, b.data(), i)) / lower_[i * n_ + i];
  }
  for (std::size_t i = n_; i-- > 0;) {
    const double* row = upper_.data() + i * n_;
    b[i] = (b[i] - row_product(row + i + 1, b.data() + i + 1, n_ - i - 1)) / row[i];
  }
}

std::vector<double> Cholesky::inverse(int threads) const {
  std::vector<double> out(n_ * n_);
  for_each_index(threads, n_, [&](std::size_t i) {
    out[i * n_ + i] = 1;
    solve(std::span(out).subspan(i * n_, n_));
  });
  return out;
}

}  // namespace paw
