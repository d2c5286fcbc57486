// Random changes to a training photo that keep its class: where it is cut out, and how the picture looks.
#pragma once

#include "base/random.h"
#include "vision/image.h"
#include "vision/preprocess.h"

namespace paw {

// Shares are probabilities, spreads are the largest change to either side.
struct Augmentation {
  double least_area = 0.7;    // share of the photo that is used, at least
  double most_aspect = 1.33;  // of width to height, or height to width, of that part
  double flip = 0.5;          // mirrored left to right
  double brightness = 0.15, contrast = 0.15, saturation = 0.15;
  double hue = 5;        // degrees
  double rotation = 12;  // degrees
  double rotate = 0.3, blur = 0.1, noise = 0.1, jpeg = 0.1, erase = 0;
  double noise_deviation = 8;                    // of 255
  double least_quality = 40, most_quality = 95;  // of JPEG, whole numbers
  double most_erased = 0.15;                     // share of the picture
  bool operator==(const Augmentation&) const = default;
};

// Part of a photo of that size: random area, aspect and place (Szegedy et al. 2015); all of it after ten vain tries.
PhotoPart random_part(const Augmentation& augmentation, std::int64_t width, std::int64_t height, Random& random);

// Changes the picture: mirrored, turned about its centre (edges mirrored), brightness, contrast, saturation and hue,
// blur (3x3 binomial), noise, written as a JPEG and read again, a grey rectangle. Bits depend on `random` and the
// picture alone. Errors: of write_jpeg.
Status augment_picture(const Augmentation& augmentation, Image& picture, Random& random);

}  // namespace paw
