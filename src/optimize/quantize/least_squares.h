// Linear systems with a symmetric positive definite matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace paw {

// Four sums, so that additions need not wait for each other.
double inner_product(const double* a, const double* b, std::size_t n);

// What holds a least-squares solution near a known one: a share of the mean diagonal of the moments [size][size], more
// where samples are few beside unknowns. 1 when all moments are 0.
double ridge_of(std::span<const double> moments, std::size_t size, std::int64_t samples);

// The Cholesky factor of a matrix [size][size]; a small `ridge` on its diagonal makes a singular one solvable.
class Cholesky {
 public:
  Cholesky(std::span<const double> matrix, std::size_t size, double ridge);

  // x with (A + ridge) x = b, in place of b.
  void solve(std::span<double> b) const;
  // Row i of the factor's transpose.
  const double* upper(std::size_t i) const { return upper_.data() + i * n_; }
  // (A + ridge)^-1, [size][size].
  std::vector<double> inverse(int threads) const;

 private:
  std::size_t n_;
  std::vector<double> lower_, upper_;  // and its transpose, so that both substitutions read rows
};

}  // namespace paw
