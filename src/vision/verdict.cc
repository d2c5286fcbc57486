#include "vision/verdict.h"

#include <array>

namespace paw {

namespace {

struct VerdictText {
  Verdict verdict;
  std::string_view name, reason;
};

constexpr std::array kVerdicts = {
    VerdictText{Verdict::kOk, "ok", ""},
    VerdictText{Verdict::kGray, "gray", "has no colours"},
    VerdictText{Verdict::kDeep, "deep", "has more than 8 bits per channel; 8 are used"},
    VerdictText{Verdict::kCmyk, "cmyk", "has printing colours (CMYK); converted to sRGB"},
    VerdictText{Verdict::kAlpha, "alpha", "has transparent parts; they are shown on white"},
    VerdictText{Verdict::kAnimated, "animated", "has several frames; the first is used"},
    VerdictText{Verdict::kWrongSuffix, "wrong_suffix", "is another format than its name says"},
    VerdictText{Verdict::kTrailingData, "trailing_data", "has bytes after the end of the picture"},
    VerdictText{Verdict::kDamaged, "damaged", "is damaged"},
    VerdictText{Verdict::kCutShort, "cut_short", "ends a little too early"},
    VerdictText{Verdict::kNearDuplicate, "near_duplicate", "looks like another photo"},
    VerdictText{Verdict::kTooSmall, "too_small", "has too few pixels"},
    VerdictText{Verdict::kExtremeAspect, "extreme_aspect", "is a strip: a square cut from it shows nearly nothing"},
    VerdictText{Verdict::kTruncated, "truncated", "ends too early"},
    VerdictText{Verdict::kUndecodable, "undecodable", "cannot be decoded"},
    VerdictText{Verdict::kTooLarge, "too_large", "has more pixels than are decoded"},
    VerdictText{Verdict::kNotAnImage, "not_an_image", "is no image of a known format"},
    VerdictText{Verdict::kEmptyFile, "empty_file", "has zero bytes"},
    VerdictText{Verdict::kExactDuplicate, "exact_duplicate", "is a copy of another file"},
    VerdictText{Verdict::kSplitDuplicate, "split_duplicate", "stands on another side of the split too"},
    VerdictText{Verdict::kLabelConflict, "label_conflict", "stands under another label too"},
    VerdictText{Verdict::kSystemFile, "system_file", "hidden, or a file that an operating system keeps for itself"},
    VerdictText{Verdict::kMisplaced, "misplaced", "stands in no class folder"},
    VerdictText{Verdict::kLinkOutside, "link_outside",
                "a symbolic link that leads out of the data set; it is not followed"},
    VerdictText{Verdict::kBrokenLink, "broken_link", "a symbolic link that leads nowhere"},
    VerdictText{Verdict::kLinkFolder, "link_folder", "a symbolic link to a folder; it is not followed"},
    VerdictText{Verdict::kNotAFile, "not_a_file", "neither a file nor a folder"},
    VerdictText{Verdict::kUnreadable, "unreadable", "cannot be read"},
    VerdictText{Verdict::kNameNotUtf8, "name_not_utf8", "the name is not UTF-8 text"},
    VerdictText{Verdict::kEmptyClass, "empty_class", "a class folder without a usable photo"},
    VerdictText{Verdict::kOnePhoto, "one_photo", "a class folder with one usable photo: none is left to test with"},
};

constexpr auto kAll = [] {
  std::array<Verdict, kVerdicts.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kVerdicts[i].verdict;
  return all;
}();

constexpr bool in_order() {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (static_cast<std::size_t>(kVerdicts[i].verdict) != i) return false;
  }
  return kVerdicts.size() == static_cast<std::size_t>(Verdict::kOnePhoto) + 1;
}
static_assert(in_order());

}  // namespace

std::string_view name(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)].name; }
std::string_view usual_reason(Verdict verdict) { return kVerdicts[static_cast<std::size_t>(verdict)].reason; }
std::span<const Verdict> all_verdicts() { return kAll; }

}  // namespace paw
