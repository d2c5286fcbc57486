#include <gtest/gtest.h>

#include "compare.h"
#include "nets/nets.h"

namespace paw::tflite_nets_slow_test {

TEST(TfliteRoundTrip, EveryNet) {
  for (const NetInfo& info : all_nets()) tflite_testing::check_net(info.name);
}

}  // namespace paw::tflite_nets_slow_test
