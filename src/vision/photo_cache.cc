#include "vision/photo_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "host/file.h"
#include "vision/decode.h"
#include "vision/preprocess.h"
#include "vision/resized_picture.h"

namespace paw {

namespace {

// Changes when decoding or scaling does.
constexpr int kVersion = 2;

using Sides = std::array<std::int64_t, 2>;

bool load(const Bytes& blob, Image& image) {
  Sides sides;
  if (blob.size() < sizeof(sides)) return false;
  std::memcpy(&sides, blob.data(), sizeof(sides));
  const std::size_t pixels = blob.size() - sizeof(sides);
  if (sides[0] < 1 || sides[1] < 1 || sides[0] > kMaxPhotoSide || sides[1] > kMaxPhotoSide ||
      static_cast<std::size_t>(sides[0] * sides[1] * 3) != pixels) {
    return false;
  }
  image = {sides[0], sides[1], std::vector<std::uint8_t>(pixels)};
  std::memcpy(image.rgb.data(), blob.data() + sizeof(sides), pixels);
  return true;
}

}  // namespace

struct PhotoCache::Tools {
  PhotoDecoder decoder;
  std::unique_ptr<ResizedPicture> picture;
};

PhotoCache::~PhotoCache() = default;

PhotoCache::PhotoCache(BlobCache& blobs, const Preprocess& preprocess) : blobs_(blobs), preprocess_(preprocess) {
  const bool cuts = preprocess.geometry == Geometry::kCrop;
  settings_ = cuts ? fmt::format("v{}-{}-{}", kVersion, preprocess.resize_short, static_cast<int>(preprocess.filter))
                   : fmt::format("v{}-whole", kVersion);
}

Result<Image> PhotoCache::read(const std::filesystem::path& photo, std::string_view sha256) {
  Image image;
  if (const auto blob = blobs_.get(fmt::format("{}-{}", sha256, settings_)); blob && load(*blob, image)) return image;
  PhotoFacts facts;
  return decode(photo, sha256, facts);
}

Result<PhotoFacts> PhotoCache::facts(const std::filesystem::path& photo, std::string_view sha256) {
  if (const auto blob = blobs_.get(fmt::format("{}-{}-facts", sha256, settings_))) {
    if (auto known = photo_facts_from(blob->span())) return *std::move(known);
  }
  PhotoFacts facts;
  if (const auto image = decode(photo, sha256, facts); !image && image.error().code != ErrorCode::kBadData) {
    return std::unexpected(image.error());
  }
  return facts;
}

Result<Image> PhotoCache::decode(const std::filesystem::path& photo, std::string_view sha256, PhotoFacts& facts) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(photo));
  auto tools = shelf_.take();
  if (tools == nullptr) {
    const auto plan = [this](std::int64_t width, std::int64_t height, std::string_view where) {
      return plan_scaled_photo(preprocess_, width, height, where);
    };
    PAW_ASSIGN_OR_RETURN(auto picture, ResizedPicture::create(plan));
    tools = std::make_unique<Tools>(Tools{.decoder = {}, .picture = std::move(picture)});
  }
  const auto report = tools->decoder.decode(file.span(), photo.string(), *tools->picture);
  ++decoded_;
  const std::string name = fmt::format("{}-{}", sha256, settings_);
  Result<Image> image = std::unexpected(Error{});
  if (report) {
    image = std::move(tools->picture->picture());
    facts = facts_of(*report);
    facts.signature = signature_of(*image);
    const Sides sides = {image->width, image->height};
    blobs_.put(name, {std::as_bytes(std::span(sides)), std::as_bytes(std::span(image->rgb))});
  } else {
    image = std::unexpected(report.error());
    facts = facts_of_failure(file.span(), report.error());
  }
  shelf_.put_back(std::move(tools));
  blobs_.put(name + "-facts", {to_bytes(facts)});
  return image;
}

Result<std::optional<ImageResize>> plan_scaled_photo(const Preprocess& preprocess, std::int64_t width,
                                                     std::int64_t height, std::string_view where) {
  if (preprocess.geometry != Geometry::kCrop || std::min(width, height) <= preprocess.resize_short) return std::nullopt;
  PAW_ASSIGN_OR_RETURN(const ImageResize resize, plan_picture(preprocess, width, height, where));
  if (std::max(resize.x.scaled, resize.y.scaled) > kMaxPictureSide) return std::nullopt;
  Preprocess whole = preprocess;
  whole.geometry = Geometry::kStretch;
  whole.width = resize.x.scaled;
  whole.height = resize.y.scaled;
  return plan_picture(whole, width, height, where);
}

}  // namespace paw
