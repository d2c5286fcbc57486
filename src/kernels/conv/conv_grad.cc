#include "kernels/conv/conv_grad.h"

#include "kernels/conv/conv_scratch.h"

namespace paw {

using namespace conv_detail;

namespace {

std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

// Residues of positions modulo a stride and how many positions each has: two kinds at most.
struct Residues {
  std::int64_t longer, more;   // residues with one position more, and how many they have
  std::int64_t shorter, less;  // the others
};

Residues residues(std::int64_t extent, std::int64_t stride) {
  const std::int64_t each = extent / stride, rest = extent % stride;
  return {rest, each + 1, each == 0 ? 0 : stride - rest, each};
}

}  // namespace

std::int64_t conv_grad_input_units(const ConvGradInputF32& p) {
  const ConvShape& s = p.shape;
  const Residues h = residues(s.in_h, s.stride_h), w = residues(s.in_w, s.stride_w);
  const auto units = [&](std::int64_t rows, std::int64_t columns) {
    return ceil_div(s.batch * rows * columns, p.unit_pixels);
  };
  return h.longer * (w.longer * units(h.more, w.more) + w.shorter * units(h.more, w.less)) +
         h.shorter * (w.longer * units(h.less, w.more) + w.shorter * units(h.less, w.less));
}

ConvGradInputScratch conv_grad_input_scratch(const ConvShape& s) {
  const std::int64_t length = s.out_c / s.groups;
  const std::int64_t rows = taps(s) * kConvTile;  // per tile
  ConvGradInputScratch out{};
  out.tiles = block_tiles(taps(s), length);
  out.rows = align16(length);
  out.results = out.rows + align16(out.tiles * rows * kPointerFloats);
  out.taps = out.results + align16(out.tiles * kConvTile * kPointerFloats);
  out.floats = out.taps + align16(taps(s) * static_cast<std::int64_t>(sizeof(PhaseTap) / sizeof(float)));
  return out;
}

ConvColumns conv_columns(const ConvShape& s) {
  const ConvSegments segments = conv_segments(s);
  ConvColumns out{segments.merged, segments.count, segments.length, 0};
  if (segments.merged) {
    out.segments = 1;
    out.length = segments.count * segments.length;
  }
  out.panels = out.segments * ceil_div(out.length, kConvPanel);
  return out;
}

std::int64_t conv_grad_weights_units(const ConvGradWeightsF32& p) {
  if (p.unit_pixels > 0) return ceil_div(conv_pixels(p.shape), p.unit_pixels);
  return static_cast<std::int64_t>(p.chunks) * p.parts;
}

ConvGradWeightsF32 conv_grad_weights_params(const ConvShape& s) {
  constexpr std::int64_t kUnits = 16;
  const std::int64_t weights = taps(s) * (s.in_c / s.groups) * s.out_c;
  const std::int64_t pixels = conv_pixels(s);
  const std::int64_t moved = pixels * (s.in_c + s.out_c);
  std::int64_t chunks = 1;
  // Partial sums cost memory traffic: a small part of what is read anyway, and each over two blocks at least.
  while (chunks < kUnits && chunks * 2 * weights * 4 <= moved && chunks * 2 * 256 <= pixels) chunks *= 2;
  ConvGradWeightsF32 out{.shape = s, .chunks = static_cast<std::int32_t>(chunks)};
  out.parts = static_cast<std::int32_t>(smaller(kUnits / chunks, s.groups * conv_columns(s).panels));
  return out;
}

Range conv_grad_weights_pixels(const ConvGradWeightsF32& p, std::int64_t chunk) {
  const std::int64_t pixels = conv_pixels(p.shape);
  if (p.unit_pixels > 0) {
    const std::int64_t each = static_cast<std::int64_t>(p.unit_pixels) * p.chain;
    return {smaller(chunk * each, pixels), smaller((chunk + 1) * each, pixels)};
  }
  return {pixels * chunk / p.chunks, pixels * (chunk + 1) / p.chunks};
}

ConvGradWeightsScratch conv_grad_weights_scratch(const ConvShape& s) {
  const std::int64_t out_c = s.out_c / s.groups;
  const ConvColumns columns = conv_columns(s);
  ConvGradWeightsScratch out{};
  out.block = clamp(kBlockFloats / out_c / 8 * 8, 64, 256);
  out.rows = align16(columns.length);
  out.left = out.rows + align16(out.block * kPointerFloats);
  out.right = out.left + align16(ceil_div(out_c, kConvTile) * conv_left_panel(out.block));
  out.patches = out.right + kConvRightPanels * out.block * kConvPanel;
  out.floats = out.patches + (columns.copied ? align16(out.block * columns.length) : 0);
  return out;
}

}  // namespace paw
