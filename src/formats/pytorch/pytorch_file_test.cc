#include "formats/pytorch/pytorch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/pytorch/container.h"
#include "formats/pytorch/pytorch_testing.h"

namespace paw::pytorch_file_test {

using namespace pytorch_testing;
using testing::ElementsAre;
using testing::HasSubstr;

class PytorchFile : public ::testing::TestWithParam<Form> {
 protected:
  static Result<PytorchWeights> read(std::string_view object, std::span<const Data> storages) {
    return read_pytorch(bytes_of(file(object, storages, GetParam())), "a.pth");
  }
  static std::string refusal(std::string_view object, std::span<const Data> storages) {
    const auto weights = read(object, storages);
    if (weights) return {};
    EXPECT_EQ(weights.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(weights.error().where, testing::StartsWith("a.pth"));
    return weights.error().text();
  }
  static std::string views(std::span<const View> v) { return state_dict(v, GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Forms, PytorchFile, ::testing::Values(Form::kLegacy, Form::kArchive),
                         [](const auto& form) { return form.param == Form::kLegacy ? "Legacy" : "Archive"; });

const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};

std::vector<Data> six() { return {data<float>("0", kSix)}; }
View whole(std::string name) { return {.name = std::move(name), .elements = 6, .extents = {2, 3}, .strides = {3, 1}}; }

TEST_P(PytorchFile, ReadsEveryElementType) {
  std::vector<Named> tensors;
  for (const DType dtype : {DType::kF32, DType::kF64, DType::kF16, DType::kBF16, DType::kI64, DType::kI32, DType::kI16,
                            DType::kI8, DType::kU8}) {
    tensors.push_back(
        {"t." + std::string(name(dtype)), tensor_from_stored({dtype, {3, 2}}, std::vector<double>{1, 2, 3, 4, 5, 6})});
  }
  tensors.push_back({"flag", tensor_from_stored({DType::kBool, Shape{2}}, std::vector<double>{1, 0})});
  tensors.push_back({"scalar", tensor_from_stored({DType::kI64, {}}, std::vector<double>{-7})});
  const auto weights = read_pytorch(bytes_of(weight_file(tensors, GetParam())), "a.pth");
  ASSERT_TRUE(weights) << weights.error().text();
  ASSERT_EQ(weights->tensors.size(), tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(weights->tensors[i].name, tensors[i].name);
    EXPECT_EQ(weights->tensors[i].tensor, tensors[i].tensor) << tensors[i].name;
    const auto address = reinterpret_cast<std::uintptr_t>(weights->tensors[i].tensor.data.data());
    EXPECT_EQ(address % kBufferAlignment, 0u) << tensors[i].name;
  }
  EXPECT_THAT(weights->wrappers, ElementsAre());
  EXPECT_THAT(weights->skipped, ElementsAre());
}

TEST_P(PytorchFile, HonoursStridesAndSharedStorages) {
  const std::vector<View> v = {whole("whole"),
                               {.name = "transposed", .elements = 6, .extents = {3, 2}, .strides = {1, 3}},
                               {.name = "column", .elements = 6, .offset = 1, .extents = {2}, .strides = {3}},
                               {.name = "row", .elements = 6, .offset = 3, .extents = {1, 3}, .strides = {99, 1}},
                               {.name = "last", .elements = 6, .offset = 5, .extents = {}, .strides = {}}};
  std::vector<Data> storages = six();
  storages.push_back(data<float>("unused by the views", kSix));
  const auto weights = read(views(v), GetParam() == Form::kLegacy ? six() : storages);
  ASSERT_TRUE(weights) << weights.error().text();
  const auto values = [&](std::size_t i) { return stored_values(weights->tensors[i].tensor); };
  EXPECT_THAT(values(0), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(values(1), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(values(2), ElementsAre(2, 5));
  EXPECT_THAT(values(3), ElementsAre(4, 5, 6));
  EXPECT_THAT(values(4), ElementsAre(6));
}

TEST_P(PytorchFile, RefusesViewsThatLeaveTheirStorage) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 62;
  const std::vector<View> bad = {
      {.name = "t", .elements = 6, .extents = {7}, .strides = {1}},
      {.name = "t", .elements = 6, .offset = 1, .extents = {2, 3}, .strides = {3, 1}},
      {.name = "t", .elements = 6, .offset = -1, .extents = {2}, .strides = {1}},
      {.name = "t", .elements = 6, .offset = 5, .extents = {2}, .strides = {-1}},
      {.name = "t", .elements = 6, .extents = {3}, .strides = {kHuge}},
      {.name = "t", .elements = 6, .offset = INT64_MAX, .extents = {2}, .strides = {1}},
      {.name = "t", .elements = 6, .extents = {2, 2}, .strides = {kHuge, kHuge}},
  };
  for (const View& view : bad) {
    EXPECT_THAT(refusal(views(std::vector{view}), six()), HasSubstr("[a.pth: tensor 't'] leaves its storage"));
  }
  EXPECT_THAT(refusal(views(std::vector<View>{{.name = "t", .elements = 6, .extents = {0}, .strides = {1}}}), six()),
              HasSubstr("tensor 't'] has the shape [0], which is empty or too large"));
  EXPECT_THAT(
      refusal(views(std::vector<View>{{.name = "t", .elements = 6, .extents = {-1, -2}, .strides = {1, 1}}}), six()),
      HasSubstr("has the shape [-1,-2]"));
  EXPECT_THAT(
      refusal(views(std::vector<View>{{.name = "t", .elements = 6, .extents = {kHuge, 4}, .strides = {0, 0}}}), six()),
      HasSubstr("too large"));
}

// Stride 0 makes one number many; many views of one storage make one storage many.
TEST_P(PytorchFile, RefusesTensorsLargerThanTheFile) {
  const View expanded{.name = "t", .elements = 6, .extents = {1 << 20, 1 << 10}, .strides = {0, 0}};
  EXPECT_THAT(refusal(views(std::vector{expanded}), six()), HasSubstr("larger than the file"));
  const std::vector<float> many(1000, 1.5f);
  std::vector<View> overlapping;
  for (int i = 0; i < 100; ++i) {
    overlapping.push_back(
        {.name = "t" + std::to_string(i), .elements = 1000, .offset = i, .extents = {900}, .strides = {1}});
  }
  EXPECT_THAT(refusal(views(overlapping), std::vector{data<float>("0", many)}), HasSubstr("larger than the file"));
  for (View& view : overlapping) view.offset = 0;  // equal views are one
  EXPECT_EQ(refusal(views(overlapping), std::vector{data<float>("0", many)}), "");
}

TEST_P(PytorchFile, EntersWrappersAndSaysWhatItSkips) {
  const std::string inner = views(std::vector{whole("w")});
  const std::vector<std::pair<std::string, std::string>> entries = {
      {text("epoch"), integer(12)}, {text("accuracy"), "G" + le(0, 8)}, {text("state_dict"), inner}};
  const std::string checkpoint = dict(entries);
  auto weights = read(checkpoint, six());
  ASSERT_TRUE(weights) << weights.error().text();
  EXPECT_THAT(weights->wrappers, ElementsAre("state_dict"));
  EXPECT_THAT(weights->skipped, ElementsAre("epoch", "accuracy"));
  ASSERT_EQ(weights->tensors.size(), 1u);
  EXPECT_EQ(weights->tensors[0].name, "w");

  const std::vector<std::pair<std::string, std::string>> twice = {{text("model"), checkpoint}};
  weights = read(dict(twice), six());
  ASSERT_TRUE(weights) << weights.error().text();
  EXPECT_THAT(weights->wrappers, ElementsAre("model", "state_dict"));

  // A tensor of that name is no wrapper.
  weights = read(views(std::vector{whole("model")}), six());
  ASSERT_TRUE(weights) << weights.error().text();
  EXPECT_EQ(weights->tensors[0].name, "model");
}

TEST_P(PytorchFile, ReadsParametersListsAndAttributes) {
  const std::string parameter = global("torch._utils", "_rebuild_parameter") +
                                tuple({tensor_value(whole("p"), GetParam()), kTrue, kOrderedDict}) + "R";
  // An OrderedDict from a list of pairs (Python 2), its attributes set as state_dict() does it.
  const std::string pairs = global("collections", "OrderedDict") + "](](" + text("p") + parameter + "ee\x85R";
  const std::vector<std::pair<std::string, std::string>> attributes = {{text("_metadata"), kOrderedDict}};
  const auto weights = read(pairs + dict(attributes) + "b", six());
  ASSERT_TRUE(weights) << weights.error().text();
  ASSERT_EQ(weights->tensors.size(), 1u);
  EXPECT_THAT(stored_values(weights->tensors[0].tensor), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_P(PytorchFile, RefusesWhatIsNoDictionaryOfTensors) {
  EXPECT_THAT(refusal("]", {}), HasSubstr("[a.pth] holds no dictionary of tensors; in Python: torch.save("));
  EXPECT_THAT(refusal("}", {}), HasSubstr("holds no tensors"));
  EXPECT_THAT(refusal(views(std::vector{whole("w"), whole("w")}), six()), HasSubstr("tensor 'w'] is named twice"));
}

TEST_P(PytorchFile, RefusesStoragesThatAreNotAsStated) {
  std::vector<Data> short_data = six();
  short_data[0].bytes.resize(20);
  short_data[0].elements = GetParam() == Form::kLegacy ? 6 : 5;
  EXPECT_NE(refusal(views(std::vector{whole("w")}), short_data), "");
  View more = whole("w");
  more.elements = 7;
  EXPECT_THAT(refusal(views(std::vector{more}), six()), HasSubstr("where 7"));
  more.elements = std::int64_t{1} << 61;
  EXPECT_NE(refusal(views(std::vector{more}), six()), "");
  View other = whole("w");
  other.storage = "1";
  EXPECT_NE(refusal(views(std::vector{other}), six()), "");
  EXPECT_NE(refusal(views(std::vector{whole("w")}), {}), "");
  View renamed = whole("v");
  renamed.dtype = DType::kI32;
  EXPECT_THAT(refusal(views(std::vector{whole("w"), renamed}), six()), HasSubstr("describes one storage in two ways"));
}

TEST_P(PytorchFile, RefusesEveryTruncation) {
  const std::string all = file(views(std::vector{whole("w")}), six(), GetParam());
  ASSERT_TRUE(read_pytorch(bytes_of(all), "a.pth"));
  for (std::size_t n = 0; n < all.size(); ++n) {
    EXPECT_FALSE(read_pytorch(bytes_of(std::string_view(all).substr(0, n)), "a.pth")) << n;
  }
}

TEST(PytorchForms, AreKnownByContent) {
  EXPECT_TRUE(is_pytorch(bytes_of(legacy_file("}", {})).span()));
  EXPECT_TRUE(is_pytorch(bytes_of(archive_file("}", {})).span()));
  EXPECT_FALSE(is_pytorch({}));
  const auto none = read_pytorch(bytes_of("hello"), "a.pth");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().text(), HasSubstr("[a.pth] is not a PyTorch file"));
}

std::string refusal_of(std::string_view bytes) {
  const auto weights = read_pytorch(bytes_of(bytes), "a.pth");
  return weights ? "" : weights.error().text();
}

TEST(PytorchLegacy, ChecksProtocolByteOrderAndEnd) {
  const std::string object = pickle("}"), keys = pickle("]");
  EXPECT_THAT(refusal_of(kMagic + pickle(integer(1000)) + system_info() + object + keys), HasSubstr("protocol 1001"));
  EXPECT_THAT(refusal_of(kMagic + pickle(integer(1001)) + system_info(kFalse) + object + keys),
              HasSubstr("big-endian"));
  EXPECT_THAT(refusal_of(kMagic + pickle(integer(1001)) + pickle("}") + object + keys), HasSubstr("byte order"));
  EXPECT_THAT(refusal_of(legacy_file("}", {}) + "x"), HasSubstr("1 bytes follow its last storage"));
  EXPECT_THAT(refusal_of(kMagic + pickle(integer(1001)) + system_info() + object + pickle("}")),
              HasSubstr("does not list its storages"));
  EXPECT_THAT(refusal_of(legacy_file("}", six())), HasSubstr("storage '0'] is listed twice, or is no tensor's"));
}

// Changes the entries of a good archive.
std::string changed_archive(void (*change)(std::vector<Entry>&)) {
  const std::vector<View> v = {whole("w")};
  std::vector<Entry> entries = archive_entries(state_dict(v, Form::kArchive), six());
  change(entries);
  return refusal_of(zip_file(entries));
}

TEST(PytorchArchive, RefusesWhatPyTorchNeverWrites) {
  EXPECT_EQ(changed_archive([](auto&) {}), "");
  EXPECT_EQ(changed_archive([](auto& e) { e[0].flags = 0; }), "");  // sizes in front of the data
  EXPECT_THAT(changed_archive([](auto& e) { e[2].method = 8; }), HasSubstr("[a.pth: data/0] is compressed"));
  EXPECT_THAT(changed_archive([](auto& e) { e[2].flags |= 1; }), HasSubstr("is encrypted"));
  EXPECT_THAT(changed_archive([](auto& e) { e.push_back(e[2]); }),
              HasSubstr("damaged archive (an entry is there twice)"));
  EXPECT_THAT(changed_archive([](auto& e) { e[1].data = "big"; }), HasSubstr("big-endian"));
  EXPECT_THAT(changed_archive([](auto& e) { e[2].name = "../data/0"; }), HasSubstr("not one of PyTorch"));
  EXPECT_THAT(changed_archive([](auto& e) { e[2].name = "data.pkl"; }), HasSubstr("not one of PyTorch"));
  EXPECT_THAT(changed_archive([](auto& e) { e[0].name = "net/other.pkl"; }), HasSubstr("not one of PyTorch"));
  EXPECT_THAT(changed_archive([](auto& e) { e.push_back({"net/constants.pkl", ""}); }),
              HasSubstr("TorchScript program"));
  // Its code is compressed.
  EXPECT_THAT(changed_archive([](auto& e) {
                e.push_back({"net/code/net.py", "x", 8});
                e.push_back({"net/constants.pkl", ""});
              }),
              HasSubstr("TorchScript program"));
  EXPECT_THAT(changed_archive([](auto& e) { e[0].data += "x"; }), HasSubstr("data.pkl] bytes follow its end"));
  EXPECT_EQ(changed_archive([](auto& e) { e.erase(e.begin() + 1); }), "");  // PyTorch before 2.0: no byteorder
}

TEST(PytorchArchive, ChecksTheCrcOfWhatItReads) {
  const std::vector<View> v = {whole("w")};
  std::string file = archive_file(state_dict(v, Form::kArchive), six());
  file[file.find(six()[0].bytes) + 5] ^= 1;
  EXPECT_THAT(refusal_of(file), HasSubstr("[a.pth: data/0] is damaged"));
}

TEST(PytorchArchive, RefusesTooManyEntries) {
  std::string file = archive_file("}", {});
  for (int i = 0; i < 25'001; ++i) file += "PK\1\2";
  EXPECT_THAT(refusal_of(file), HasSubstr("more than 25000 entries"));
}

}  // namespace paw::pytorch_file_test
