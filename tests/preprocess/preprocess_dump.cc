// Preprocessing for tests in other languages. Standard input holds requests, each a line
//   photo_width photo_height width height geometry resize_short filter color pad_value scale[3] bias[3]
// and the photo's bytes; standard output gets each picture's bytes and the input's float32s, in the machine's order.
#include <cstdio>
#include <iostream>
#include <string>

#include "vision/preprocess.h"

namespace {

template <class Enum>
bool read_name(std::istream& in, Enum& value) {
  std::string word;
  in >> word;
  const auto names = enum_names(value);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != word) continue;
    value = static_cast<Enum>(i);
    return true;
  }
  return false;
}

bool read_request(std::istream& in, paw::Preprocess& p, paw::Image& photo) {
  in >> photo.width >> photo.height >> p.width >> p.height;
  if (!in || !read_name(in, p.geometry)) return false;
  in >> p.resize_short;
  if (!read_name(in, p.filter) || !read_name(in, p.color)) return false;
  in >> p.pad_value;
  for (double& s : p.scale) in >> s;
  for (double& b : p.bias) in >> b;
  if (in.get() != '\n') return false;
  photo.rgb.resize(static_cast<std::size_t>(photo.width * photo.height * 3));
  in.read(reinterpret_cast<char*>(photo.rgb.data()), static_cast<std::streamsize>(photo.rgb.size()));
  return in.good();
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  while (std::cin.peek() != std::char_traits<char>::eof()) {
    paw::Preprocess record;
    paw::Image photo, picture;
    if (!read_request(std::cin, record, photo)) {
      std::fputs("a request is broken\n", stderr);
      return 2;
    }
    auto preprocessor = paw::Preprocessor::create(record);
    paw::Status done;
    if (preprocessor) done = preprocessor->picture(photo, picture, "photo");
    if (!preprocessor || !done) {
      std::fprintf(stderr, "%s\n", (preprocessor ? done.error() : preprocessor.error()).text().c_str());
      return 3;
    }
    std::vector<float> input(static_cast<std::size_t>(preprocessor->input_size()));
    if (!preprocessor->run(photo, input, "photo")) return 3;
    std::cout.write(reinterpret_cast<const char*>(picture.rgb.data()),
                    static_cast<std::streamsize>(picture.rgb.size()));
    std::cout.write(reinterpret_cast<const char*>(input.data()),
                    static_cast<std::streamsize>(input.size() * sizeof(float)));
  }
  return std::cout.flush() ? 0 : 6;
}
