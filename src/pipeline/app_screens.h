// How a web app looks in a browser.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "vision/image.h"

namespace paw {

struct AppScreens {
  Image picked;  // its first golden photo picked, and why it answers so
  Image tested;  // its self-test passed or failed
};

// The app in `folder` as a phone's screen of 390 x 844 pixels shows it, by Chromium in the background, which sees
// nothing but this app and leaves nothing behind. Takes seconds. kIo: there is no Chromium, it took too long, or the
// app did not answer.
Result<AppScreens> app_screens(const std::filesystem::path& folder);

}  // namespace paw
