// Linear systems with a symmetric positive definite matrix.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace paw {

// The Cholesky factor of a matrix [size][size]; a small `ridge` on its diagonal makes a singular one solvable.
class Cholesky {
 public:
  Cholesky(std::span<const double> matrix, std::size_t size, double ridge);

  // x with (A + ridge) x = b, in place of b.
  void solve(std::span<double> b) const;
  // (A + ridge)^-1, [size][size].
  std::vector<double> inverse(int threads) const;

 private:
  std::size_t n_;
  std::vector<double> lower_, upper_;  // and its transpose, so that both substitutions read rows
};

}  // namespace paw
