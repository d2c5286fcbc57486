#include "apps/platforms.h"

namespace paw {

namespace {

constexpr ModelSlot kWebModels[] = {{"plan", "model.plan"}, {"why", "why.plan", true}};

constexpr ModelSlot kAndroidModels[] = {{"tflite", "app/src/main/assets/model.tflite"},
                                        {"class_weights", "app/src/main/assets/class_weights.f32", true},
                                        {"vectors", "app/src/test/resources/vectors.txt"}};

// Xcode compiles the package: it is a source of the app, not one of its data files.
constexpr ModelSlot kIosModels[] = {{"mlpackage", "App/Model.mlpackage"},
                                    {"class_weights", "App/Data/class_weights.f32", true},
                                    {"vectors", "Tests/vectors.txt"}};

constexpr ModelSlot kApkModels[] = {{"plan", "assets/model.plan"}, {"why", "assets/why.plan", true}};

constexpr std::string_view kOpenWeb[] = {
    "`paw serve RUN/apps` and open the address that it says, here or by forwarding the port.",
    "Put the folder on any web server with HTTPS: phones keep it and it works offline."};
constexpr std::string_view kOpenAndroid[] = {"Open the folder in Android Studio, or run `gradle assembleDebug` in it.",
                                             "`adb install` the APK on a phone, or start it in an emulator."};
constexpr std::string_view kOpenIos[] = {"Open the Xcode project of the folder on a Mac.",
                                         "Choose your team under Signing, then run it on an iPhone."};
constexpr std::string_view kOpenApk[] = {"`adb install` the APK, or send it to a phone and open it there."};

constexpr Platform kPlatforms[] = {
    {.name = "web",
     .title = "web app",
     .next = "try the web app: paw serve",
     .open = kOpenWeb,
     .target = "wasm",
     .data = "",
     .models = kWebModels},
    {.name = "android",
     .title = "Android app",
     .next = "open in Android Studio:",
     .open = kOpenAndroid,
     .target = "",
     .data = "app/src/main/assets",
     .models = kAndroidModels},
    {.name = "ios",
     .title = "iOS app",
     .next = "open PhotoApp.xcodeproj in Xcode:",
     .open = kOpenIos,
     .target = "",
     .data = "App/Data",
     .models = kIosModels},
    {.name = "apk",
     .title = "installable Android app",
     .next = "install on a phone the .apk in",
     .open = kOpenApk,
     .target = "android",
     .data = "assets",
     .models = kApkModels,
     .package = true},
};

}  // namespace

std::span<const Platform> all_platforms() { return kPlatforms; }

std::vector<const Platform*> project_platforms() {
  std::vector<const Platform*> out;
  for (const Platform& platform : kPlatforms) {
    if (!platform.package) out.push_back(&platform);
  }
  return out;
}

std::string_view path_in_data(const Platform& platform, const ModelSlot& slot) {
  if (platform.data.empty()) return slot.path;
  const std::size_t begin = platform.data.size() + 1;
  return slot.path.starts_with(platform.data) ? slot.path.substr(begin) : std::string_view();
}

}  // namespace paw
