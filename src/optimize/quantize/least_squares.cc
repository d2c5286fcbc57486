#include "optimize/quantize/least_squares.h"

#include <algorithm>
#include <cmath>

#include "optimize/quantize/parallel.h"

namespace paw {

namespace {

constexpr double kRidge = 0.01;      // of the mean diagonal
constexpr double kRidgeOfFew = 0.3;  // times unknowns per sample beside it

}  // namespace

double inner_product(const double* a, const double* b, std::size_t n) {
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

double ridge_of(std::span<const double> moments, std::size_t size, std::int64_t samples) {
  double trace = 0;
  for (std::size_t i = 0; i < size; ++i) trace += moments[i * size + i];
  const double few = kRidgeOfFew * static_cast<double>(size) / static_cast<double>(std::max<std::int64_t>(samples, 1));
  const double ridge = trace / static_cast<double>(size) * (kRidge + few);
  return ridge > 0 ? ridge : 1;
}

Cholesky::Cholesky(std::span<const double> matrix, std::size_t size, double ridge)
    : n_(size), lower_(size * size), upper_(size * size) {
  for (std::size_t i = 0; i < n_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double a = matrix[i * n_ + j] + (i == j ? ridge : 0);
      const double rest = a - inner_product(lower_.data() + i * n_, lower_.data() + j * n_, j);
      lower_[i * n_ + j] = i == j ? std::sqrt(std::max(rest, 1e-30)) : rest / lower_[j * n_ + j];
      upper_[j * n_ + i] = lower_[i * n_ + j];
    }
  }
}

void Cholesky::solve(std::span<double> b) const {
  for (std::size_t i = 0; i < n_; ++i) {
    b[i] = (b[i] - inner_product(lower_.data() + i * n_, b.data(), i)) / lower_[i * n_ + i];
  }
  for (std::size_t i = n_; i-- > 0;) {
    const double* row = upper_.data() + i * n_;
    b[i] = (b[i] - inner_product(row + i + 1, b.data() + i + 1, n_ - i - 1)) / row[i];
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
