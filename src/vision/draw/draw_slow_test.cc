// The drawn data set is not learnt by a model that cannot see shapes: logistic regression on pixels and on colours.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include "vision/draw/draw.h"

namespace paw::draw::draw_slow_test {

constexpr std::size_t kCount = 1000, kTrain = 800;
constexpr std::size_t kSize = 224, kSmall = 32;
using Rows = std::vector<std::vector<double>>;

double label(std::size_t index) { return index % 2 == 0 ? 0 : 1; }

struct Features {
  Rows pixels, colours;
};

// Each small pixel is the mean of 7 x 7; colours are the mean and 16 bins of each channel.
void describe(const Image& image, std::vector<double>& pixels, std::vector<double>& colours) {
  pixels.assign(kSmall * kSmall * 3, 0);
  colours.assign(3 * 17, 0);
  for (std::size_t i = 0; i < image.rgb.size(); ++i) {
    const std::size_t c = i % 3, x = i / 3 % kSize, y = i / 3 / kSize;
    const double value = image.rgb[i] / 255.0;
    pixels[(y / 7 * kSmall + x / 7) * 3 + c] += value / 49;
    colours[c] += value / (kSize * kSize);
    colours[3 + c * 16 + image.rgb[i] / 16u] += 1.0 / (kSize * kSize);
  }
}

const Features& features() {
  static const Features all = [] {
    Features f{Rows(kCount), Rows(kCount)};
    const auto half = [&](std::size_t first) {
      for (std::size_t i = first; i < kCount; i += 2) {
        describe(draw_picture(static_cast<Species>(i % 2), kSize, 0, i), f.pixels[i], f.colours[i]);
      }
    };
    std::jthread other(half, 1);
    half(0);
    other.join();
    return f;
  }();
  return all;
}

double dot_product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Mean 0 and deviation 1 over the training rows.
Rows standardised(Rows rows) {
  for (std::size_t k = 0; k < rows[0].size(); ++k) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < kTrain; ++i) mean += rows[i][k] / kTrain;
    for (std::size_t i = 0; i < kTrain; ++i) square += (rows[i][k] - mean) * (rows[i][k] - mean) / kTrain;
    const double scale = square > 1e-12 ? 1 / std::sqrt(square) : 0;
    for (auto& row : rows) row[k] = (row[k] - mean) * scale;
  }
  return rows;
}

std::vector<double> times(const Rows& matrix, const std::vector<double>& v) {
  std::vector<double> result;
  for (std::size_t i = 0; i < kTrain; ++i) result.push_back(dot_product(matrix[i], v));
  return result;
}

// Conjugate gradients on (K + diag) x = b.
std::vector<double> solve(const Rows& k, const std::vector<double>& diag, const std::vector<double>& b) {
  std::vector<double> x(b.size(), 0), r = b, p = b;
  double rr = dot_product(r, r);
  const double goal = rr * 1e-10;
  for (int step = 0; step < 200 && rr > goal; ++step) {
    std::vector<double> q = times(k, p);
    for (std::size_t i = 0; i < q.size(); ++i) q[i] += diag[i] * p[i];
    const double alpha = rr / dot_product(p, q);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += alpha * p[i], r[i] -= alpha * q[i];
    const double next = dot_product(r, r);
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = r[i] + next / rr * p[i];
    rr = next;
  }
  return x;
}

// Logistic regression with an L2 penalty by Newton's method in its dual form (as many unknowns as training rows):
// accuracy on the test rows. `kernel` holds the inner products of all rows with the training rows.
double accuracy(const Rows& kernel, double penalty) {
  std::vector<double> dual(kTrain, 0), scores(kTrain, 0), diag(kTrain), goal(kTrain);
  for (int step = 0; step < 6; ++step) {
    for (std::size_t i = 0; i < kTrain; ++i) {
      const double p = 1 / (1 + std::exp(-scores[i])), weight = std::max(p * (1 - p), 1e-3);
      diag[i] = penalty / weight;
      goal[i] = scores[i] + (label(i) - p) / weight;
    }
    dual = solve(kernel, diag, goal);
    scores = times(kernel, dual);
  }
  double right = 0;
  for (std::size_t i = kTrain; i < kCount; ++i) right += (dot_product(kernel[i], dual) > 0) == (label(i) > 0) ? 1 : 0;
  return right / (kCount - kTrain);
}

double best_accuracy(const Rows& rows) {
  const Rows x = standardised(rows);
  Rows kernel(kCount, std::vector<double>(kTrain));
  for (std::size_t i = 0; i < kCount; ++i) {
    for (std::size_t j = 0; j < kTrain; ++j)
      kernel[i][j] = i < kTrain && i > j ? kernel[j][i] : dot_product(x[i], x[j]);
  }
  double best = 0;
  for (const double penalty : {1.0, 30.0, 1000.0, 30000.0}) {
    const double test = accuracy(kernel, penalty);
    std::printf("penalty %g: %.3f\n", penalty, test);
    best = std::max(best, test);
  }
  return best;
}

TEST(DrawnDataSet, PixelsAloneDoNotTellTheClass) { EXPECT_LT(best_accuracy(features().pixels), 0.70); }

TEST(DrawnDataSet, ColoursDoNotTellTheClass) { EXPECT_LT(best_accuracy(features().colours), 0.65); }

// The judge itself: it finds what can be found.
TEST(DrawnDataSet, APlantedPixelIsFound) {
  Rows rows = features().colours;
  for (std::size_t i = 0; i < kCount; ++i) rows[i].push_back(label(i) + 0.2 * random_normal(3, 0, i));
  EXPECT_GT(best_accuracy(rows), 0.95);
}

}  // namespace paw::draw::draw_slow_test
