// A photo to a model's input, on one thread: resizing with each filter, and the rest of the preprocessing.
#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/image/resizer.h"

namespace paw {
namespace {

constexpr ImageFilter kFilters[] = {ImageFilter::kBilinear, ImageFilter::kBicubic, ImageFilter::kArea,
                                    ImageFilter::kNearest};

// Tables, picture and floats, as for every photo of its own size.
void image(benchmark::State& state, Isa isa, ImageFilter filter) {
  const ImageRequest request{.photo_width = state.range(0),
                             .photo_height = state.range(1),
                             .width = 224,
                             .height = 224,
                             .resize_short = state.range(2),
                             .filter = filter};
  ImageResize r;
  if (plan_image_resize(request, r) != nullptr) return state.SkipWithError("cannot be planned");
  std::vector<std::uint8_t> photo(static_cast<std::size_t>(state.range(0) * state.range(1) * 3)),
      picture(224 * 224 * 3);
  for (std::size_t i = 0; i < photo.size(); ++i) photo[i] = static_cast<std::uint8_t>(i * i % 251);
  std::vector<std::int32_t> tables(image_table_bytes(r) / 4);
  std::vector<std::byte> scratch(resize_image_bytes(r));
  std::vector<float> values(3 * 256), input(picture.size());
  const double scale[] = {1 / 127.5, 1 / 127.5, 1 / 127.5}, bias[] = {-1, -1, -1};
  image_values(ImageColor::kRgb, scale, bias, values.data());
  const KernelTable& kernels = kernel_table(isa);
  for (auto _ : state) {
    const ImageTables t = image_tables(r, reinterpret_cast<std::byte*>(tables.data()));
    resize_image(kernels, r, t, photo.data(), picture.data(), scratch.data());
    image_to_floats(ImageColor::kRgb, values.data(), picture.data(), input.data(), 224 * 224);
    benchmark::DoNotOptimize(input.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

void tables(benchmark::State& state) {
  ImageResize r;
  plan_image_resize({.photo_width = 341, .photo_height = 256, .width = 224, .height = 224, .resize_short = 240}, r);
  std::vector<std::int32_t> memory(image_table_bytes(r) / 4);
  for (auto _ : state) {
    image_tables(r, reinterpret_cast<std::byte*>(memory.data()));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(tables);

void floats(benchmark::State& state) {
  std::vector<std::uint8_t> picture(224 * 224 * 3, 9);
  std::vector<float> values(3 * 256), input(picture.size());
  for (auto _ : state) {
    image_to_floats(ImageColor::kRgb, values.data(), picture.data(), input.data(), 224 * 224);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(floats);

const bool kRegistered = [] {
  const char* names[] = {"bilinear", "bicubic", "area", "nearest"};
  for (const Isa isa : available_isas()) {
    for (int f = 0; f < 4; ++f) {
      const std::string name_of = std::string(names[f]) + "/" + std::string(name(isa));
      benchmark::RegisterBenchmark(name_of.c_str(), image, isa, kFilters[f])
          ->Args({256, 256, 224})     // a photo of 256 pixels
          ->Args({500, 375, 256})     // of ImageNet's usual size
          ->Args({4000, 3000, 256});  // of 12 megapixels
    }
  }
  return true;
}();

}  // namespace
}  // namespace paw
