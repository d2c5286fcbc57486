// What is said of a file or folder of a data set. Kept in manifests by name; docs/photos.md explains each.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace paw {

// From harmless to grave: of several, a file gets the last one. Up to kNearDuplicate the photo is used.
enum class Verdict : std::uint8_t {
  kOk,
  kGray,
  kDeep,  // more than 8 bits per channel
  kCmyk,
  kAlpha,          // composited on white
  kAnimated,       // the first frame is used
  kWrongSuffix,    // another format than the name says
  kTrailingData,   // bytes after the picture's end
  kDamaged,        // the decoder complains, but all rows are there
  kCutShort,       // few rows are missing
  kNearDuplicate,  // looks like another photo of its class; both stay on one side of the split

  kTooSmall,
  kExtremeAspect,
  kTruncated,    // many rows are missing
  kUndecodable,  // an image that cannot be decoded
  kTooLarge,     // past the limits on pixels
  kNotAnImage,
  kEmptyFile,
  kExactDuplicate,  // the same bytes as another file of its class
  kSplitDuplicate,  // the same picture stands on another side of a split that folders give
  kLabelConflict,   // the same picture stands under another label
  kSystemFile,      // hidden, or written by an operating system (.DS_Store, Thumbs.db): passed over
  kMisplaced,       // a file that is in no class folder, or a folder within one
  kLinkOutside,     // a symbolic link that leads out of the data set: not followed
  kBrokenLink,      // a symbolic link that leads nowhere
  kLinkFolder,      // a symbolic link to a folder: not followed, it could lead in circles
  kNotAFile,        // a pipe, a device, a socket
  kUnreadable,      // no permission, or an error of the disk
  kNameNotUtf8,     // labels and manifests are text
  kEmptyClass,      // a class folder without a usable photo
  kOnePhoto,        // a class folder with one usable photo: nothing to learn from and to test with
};

std::string_view name(Verdict verdict);          // "ok", "system_file", ...
std::string_view usual_reason(Verdict verdict);  // a sentence; empty when ok
std::span<const Verdict> all_verdicts();
// The photo is used all the same.
inline bool usable(Verdict verdict) { return verdict <= Verdict::kNearDuplicate; }
// Said of folders, not of files.
inline bool of_class(Verdict verdict) { return verdict == Verdict::kEmptyClass || verdict == Verdict::kOnePhoto; }

}  // namespace paw
