#include "pipeline/photo_examples.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/random.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

// A phone may resize with any of them: training sees all.
constexpr std::array kFilters = {ResizeFilter::kBilinear, ResizeFilter::kBicubic, ResizeFilter::kArea};

}  // namespace

std::uint64_t photo_number(const LabelledPhoto& photo) {
  std::uint64_t number = 0;
  const std::string& hex = photo.sha256;
  std::from_chars(hex.data(), hex.data() + std::min<std::size_t>(hex.size(), 15), number, 16);
  return number;
}

struct PhotoExamples::Tools {
  Preprocessor plain;
  std::vector<Preprocessor> stretch;  // one per filter: the chosen part to the whole picture
  Image picture;
};

PhotoExamples::PhotoExamples(std::vector<LabelledPhoto> photos, const Settings& settings, PhotoCache& cache)
    : photos_(std::move(photos)), settings_(settings), cache_(cache) {}
PhotoExamples::~PhotoExamples() = default;

Result<std::unique_ptr<PhotoExamples>> PhotoExamples::create(std::vector<LabelledPhoto> photos,
                                                             const Settings& settings, PhotoCache& cache) {
  std::unique_ptr<PhotoExamples> examples(new PhotoExamples(std::move(photos), settings, cache));
  PAW_ASSIGN_OR_RETURN(auto tools, examples->make_tools());
  examples->shelf_.put_back(std::move(tools));
  return examples;
}

Result<std::unique_ptr<PhotoExamples::Tools>> PhotoExamples::make_tools() const {
  PAW_ASSIGN_OR_RETURN(Preprocessor plain, Preprocessor::create(settings_.preprocess));
  auto tools = std::make_unique<Tools>(Tools{.plain = std::move(plain), .stretch = {}, .picture = {}});
  for (const ResizeFilter filter : kFilters) {
    Preprocess stretch = settings_.preprocess;
    stretch.geometry = Geometry::kStretch;
    stretch.filter = filter;
    PAW_ASSIGN_OR_RETURN(Preprocessor one, Preprocessor::create(stretch));
    tools->stretch.push_back(std::move(one));
  }
  return tools;
}

Status PhotoExamples::prepare(Tools& tools, std::int64_t index, std::int64_t epoch, std::span<float> input) const {
  const LabelledPhoto& photo = photos_[static_cast<std::size_t>(index)];
  PAW_ASSIGN_OR_RETURN(const Image image, cache_.read(photo.path, photo.sha256));
  const std::string where = photo.path.string();
  if (!settings_.augmentation || epoch == settings_.plain_epoch) return tools.plain.run(image, input, where);
  Random random(random_bits(settings_.seed, photo_number(photo), static_cast<std::uint64_t>(epoch)));
  const PhotoPart part = random_part(*settings_.augmentation, image.width, image.height, random);
  Preprocessor& stretch = tools.stretch[random.below(tools.stretch.size())];
  PAW_RETURN_IF_ERROR(stretch.picture(image, part, tools.picture, where));
  PAW_RETURN_IF_ERROR(augment_picture(*settings_.augmentation, tools.picture, random));
  return stretch.values(tools.picture, input, where);
}

Status PhotoExamples::read(std::int64_t index, std::int64_t epoch, std::span<float> input,
                           std::span<float> target) const {
  auto tools = shelf_.take();
  if (tools == nullptr) tools = std::move(*make_tools());  // what worked once works again
  const Status status = prepare(*tools, index, epoch, input);
  shelf_.put_back(std::move(tools));
  std::ranges::fill(target, 0.0f);
  if (!target.empty()) target[static_cast<std::size_t>(photos_[static_cast<std::size_t>(index)].label)] = 1;
  return status;
}

}  // namespace paw
