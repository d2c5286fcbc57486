#include "pipeline/app_screens.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "host/file.h"
#include "host/scratch_folder.h"
#include "host/subprocess.h"
#include "pipeline/serve.h"
#include "vision/decode.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kWidth = 390, kHeight = 844;  // of a phone, in CSS pixels
constexpr std::int64_t kSecondLeft = 400;            // of the second phone on the page
constexpr double kBrowserSeconds = 60;
constexpr auto kAnswerSeconds = std::chrono::seconds(40);
constexpr const char* kBrowsers[] = {"chromium", "chromium-browser", "google-chrome"};

// Two phones side by side, in each of which a script does what a finger would. A browser takes the picture once all of
// a page is there: the image, for which the server waits until the script has told that it is done.
constexpr const char* kPage = R"html(<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>screens</title>
<style>body { margin: 0 } iframe { position: absolute; top: 0; width: 390px; height: 844px; border: 0 }
#picked { left: 0 } #tested { left: 400px }</style>
<iframe id="picked" src="/"></iframe><iframe id="tested" src="/"></iframe><img src="/-screens/wait" alt="">
<script type="module">
const until = async (good) => { while (!good()) await new Promise((go) => setTimeout(go, 30)); };
const phone = async (id) => {
  const app = document.getElementById(id).contentWindow;
  await until(() => app.document.body?.dataset.ready);
  return [app, (name) => app.document.getElementById(name)];
};
async function pick() {
  const [app, element] = await phone('picked');
  const info = await (await fetch('/model.json')).json();
  const photo = await (await fetch(`/${info.golden[0].file}`)).blob();
  const files = new app.DataTransfer();
  files.items.add(new app.File([photo], 'photo.png', {type: 'image/png'}));
  element('why').checked = !element('why').disabled;
  element('pick').files = files.files;
  element('pick').dispatchEvent(new app.Event('change'));
  await until(() => element('verdict').textContent);
}
async function test() {
  const [, element] = await phone('tested');
  element('test').open = true;
  element('run').click();
  await until(() => element('result').dataset.passed);
  element('test').scrollIntoView();
}
const answered = await Promise.all([pick(), test()]).then(() => true, () => false);
await fetch(answered ? '/-screens/done' : '/-screens/failed');
</script>
)html";

// What the page has told.
class Told {
 public:
  void tell(bool done) {
    const std::lock_guard lock(mutex_);
    done_ = done;
    changed_.notify_all();
  }
  // False: it failed, or has told nothing for too long.
  bool wait(std::chrono::seconds most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [this] { return done_.has_value(); });
    return done_.value_or(false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<bool> done_;
};

Result<fs::path> browser() {
  for (const char* name : kBrowsers) {
    if (fs::path found = find_program(name); !found.empty()) return found;
  }
  return fail(ErrorCode::kIo, "chromium", "is not installed", "Debian: apt install chromium");
}

std::vector<std::string> browser_arguments(const ScratchFolder& scratch, const std::string& address) {
  std::vector<std::string> arguments{"--headless",
                                     "--disable-gpu",
                                     "--disable-dev-shm-usage",
                                     "--disable-background-networking",
                                     "--disable-breakpad",
                                     "--no-first-run",
                                     "--hide-scrollbars",
                                     "--force-device-scale-factor=1",
                                     "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                                     "--user-data-dir=" + scratch / "profile",
                                     "--window-size=900,1000",
                                     "--screenshot=" + scratch / "screen.png"};
  // Its sandbox refuses to start for root; it sees nothing but what we made.
  if (::geteuid() == 0) arguments.emplace_back("--no-sandbox");
  arguments.push_back(address + "-screens/page");
  return arguments;
}

Image cut_out(const Image& from, std::int64_t left) {
  Image out;
  out.set_size(kWidth, kHeight);
  for (std::int64_t y = 0; y < kHeight; ++y) {
    std::copy_n(from.rgb.data() + 3 * (y * from.width + left), 3 * kWidth, out.rgb.data() + 3 * y * kWidth);
  }
  return out;
}

}  // namespace

Result<AppScreens> app_screens(const fs::path& folder) {
  PAW_ASSIGN_OR_RETURN(const fs::path program, browser());
  PAW_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::make());
  Told told;  // outlives the server's threads
  PAW_ASSIGN_OR_RETURN(AppServer server, AppServer::open({.folder = folder.string(), .port = 0}));
  server.add("/-screens/page", [] { return kPage; });
  server.add("/-screens/wait", [&] { return told.wait(kAnswerSeconds) ? "" : "nothing"; });
  server.add("/-screens/done", [&] { return told.tell(true), ""; });
  server.add("/-screens/failed", [&] { return told.tell(false), ""; });
  server.run_in_background();
  const auto ran = run_program(program, browser_arguments(scratch, server.address()), kBrowserSeconds);
  const bool answered = told.wait({});
  told.tell(answered);  // no request waits for a browser that died
  PAW_RETURN_IF_ERROR(ran);
  if (!answered) return fail(ErrorCode::kIo, "the web app", "did not answer in a browser");
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(scratch / "screen.png"));
  PAW_ASSIGN_OR_RETURN(const Photo screen, decode_photo(file.span(), "the browser's picture"));
  if (screen.image.width < kSecondLeft + kWidth || screen.image.height < kHeight) {
    return fail(ErrorCode::kIo, "chromium", "took a picture that is too small");
  }
  return AppScreens{cut_out(screen.image, 0), cut_out(screen.image, kSecondLeft)};
}

}  // namespace paw
