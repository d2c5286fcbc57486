#include "ir/preprocess.h"

#include <gtest/gtest.h>

#include <cmath>

namespace paw::preprocess_test {

std::string with(void (*change)(Preprocess&)) {
  Preprocess p;
  change(p);
  return check_preprocess(p);
}

TEST(Preprocess, DefaultsCanBeExecuted) { EXPECT_EQ(check_preprocess({}), ""); }

TEST(Preprocess, NamesEachProblem) {
  const char* size = "input size must be between 1 and 16384";
  EXPECT_EQ(with([](Preprocess& p) { p.width = 0; }), size);
  EXPECT_EQ(with([](Preprocess& p) { p.height = 16385; }), size);
  const char* crop = "resize_short must be at least the crop's longer side and at most 16384";
  EXPECT_EQ(with([](Preprocess& p) { p.resize_short = 223; }), crop);
  EXPECT_EQ(with([](Preprocess& p) { p.height = 257; }), crop);
  EXPECT_EQ(with([](Preprocess& p) { p.resize_short = 16385; }), crop);
  EXPECT_EQ(with([](Preprocess& p) { p.pad_value = 256; }), "pad_value must be between 0 and 255");
  EXPECT_EQ(with([](Preprocess& p) { p.pad_value = -1; }), "pad_value must be between 0 and 255");
  EXPECT_EQ(with([](Preprocess& p) { p.scale[1] = 0; }), "scale must be finite and not zero");
  EXPECT_EQ(with([](Preprocess& p) { p.scale[2] = std::nan(""); }), "scale must be finite and not zero");
  EXPECT_EQ(with([](Preprocess& p) { p.bias[0] = INFINITY; }), "bias must be finite");
  const char* large = "scale and bias lead out of float32";
  EXPECT_EQ(with([](Preprocess& p) { p.scale[1] = 1.4e36; }), large);
  EXPECT_EQ(with([](Preprocess& p) { p.scale[1] = 1.3e36; }), "");
  EXPECT_EQ(with([](Preprocess& p) { p.bias[2] = -1e39; }), large);
  const char* unknown = "geometry, filter or colour order is unknown";
  EXPECT_EQ(with([](Preprocess& p) { p.geometry = Geometry{3}; }), unknown);
  EXPECT_EQ(with([](Preprocess& p) { p.filter = ResizeFilter{4}; }), unknown);
  EXPECT_EQ(with([](Preprocess& p) { p.color = ColorOrder{255}; }), unknown);
}

TEST(Preprocess, ResizeShortCountsForCropsOnly) {
  EXPECT_EQ(with([](Preprocess& p) {
              p.geometry = Geometry::kStretch;
              p.resize_short = 0;
            }),
            "");
  EXPECT_EQ(with([](Preprocess& p) { p.resize_short = 224; }), "");
}

TEST(Preprocess, EveryFieldCountsForEquality) {
  using Change = void (*)(Preprocess&);
  for (const Change change : std::initializer_list<Change>{
           [](Preprocess& p) { p.width = 1; }, [](Preprocess& p) { p.height = 1; },
           [](Preprocess& p) { p.geometry = Geometry::kFit; }, [](Preprocess& p) { p.resize_short = 300; },
           [](Preprocess& p) { p.filter = ResizeFilter::kArea; }, [](Preprocess& p) { p.color = ColorOrder::kBgr; },
           [](Preprocess& p) { p.scale[2] = 1; }, [](Preprocess& p) { p.bias[2] = 1; },
           [](Preprocess& p) { p.pad_value = 1; }}) {
    Preprocess p;
    change(p);
    EXPECT_FALSE(p == Preprocess{});
  }
}

TEST(Preprocess, EnumeratorsHaveTheirNames) {
  EXPECT_EQ(enum_names(Geometry{})[static_cast<std::size_t>(Geometry::kFit)], "fit");
  EXPECT_EQ(enum_names(ResizeFilter{})[static_cast<std::size_t>(ResizeFilter::kNearest)], "nearest");
  EXPECT_EQ(enum_names(ColorOrder{})[static_cast<std::size_t>(ColorOrder::kGray)], "gray");
}

}  // namespace paw::preprocess_test
