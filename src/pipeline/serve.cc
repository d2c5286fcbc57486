#include "pipeline/serve.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr const char* kHost = "127.0.0.1";

// The folder with the page: DIR, or DIR/web. Canonical.
Result<fs::path> page_folder(const std::string& folder) {
  std::error_code error;
  for (const fs::path& path : {fs::path(folder), fs::path(folder) / "web"}) {
    if (fs::is_regular_file(path / "index.html", error)) return fs::canonical(path, error);
  }
  const bool there = fs::is_directory(folder, error);
  return fail(ErrorCode::kIo, printable(folder), there ? "holds no index.html" : "there is no such folder",
              "make one with `paw app MODEL -o DIR --web`");
}

// Where a path of a request leads, links followed, stays in the folder. The library refuses ".." by itself.
bool inside(const fs::path& root, const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(root / fs::path("./" + path), error);
  const auto [end, _] = std::ranges::mismatch(root, whole);
  return !error && end == root.end();
}

// A page elsewhere may have its own name lead to 127.0.0.1; its requests carry that name.
bool names_this_machine(const std::string& host) {
  const std::string name = host.substr(0, host.rfind(':'));
  return name == kHost || name == "localhost";
}

void set_up(httplib::Server& server, const fs::path& root) {
  server.set_mount_point("/", root.string());
  server.set_file_extension_and_mimetype_mapping("webmanifest", "application/manifest+json");
  server.set_file_extension_and_mimetype_mapping("wasm", "application/wasm");
  server.set_file_extension_and_mimetype_mapping("plan", "application/octet-stream");
  server.set_default_headers({{"Cache-Control", "no-cache"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Referrer-Policy", "no-referrer"},
                              {"Content-Security-Policy", "frame-ancestors 'self'"},
                              {"Cross-Origin-Opener-Policy", "same-origin"},
                              {"Cross-Origin-Embedder-Policy", "require-corp"}});
  server.set_pre_routing_handler([root](const httplib::Request& request, httplib::Response& response) {
    if (names_this_machine(request.get_header_value("Host")) && inside(root, request.path)) {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    response.status = 403;
    return httplib::Server::HandlerResponse::Handled;
  });
}

}  // namespace

struct AppServer::State {
  httplib::Server server;
  std::string address;
  std::thread background;
};

Result<AppServer> AppServer::open(const ServeSettings& settings) {
  if (settings.port < 0 || settings.port > 65'535) {
    return fail(ErrorCode::kUsage, "--port", fmt::format("{} is no port", settings.port), "give 0 to 65535");
  }
  PAW_ASSIGN_OR_RETURN(const fs::path root, page_folder(settings.folder));
  auto state = std::make_unique<State>();
  httplib::Server& server = state->server;
  set_up(server, root);
  // The library's own lets two servers share a port.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  int port = static_cast<int>(settings.port);
  const bool bound = port != 0 ? server.bind_to_port(kHost, port) : (port = server.bind_to_any_port(kHost)) > 0;
  if (!bound) {
    return fail(ErrorCode::kIo, fmt::format("{}:{}", kHost, port), "this port is taken",
                "name another with --port, or 0 for any");
  }
  state->address = fmt::format("http://{}:{}/", kHost, port);
  return AppServer(std::move(state));
}

AppServer::AppServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
AppServer::AppServer(AppServer&&) noexcept = default;
AppServer::~AppServer() {
  if (!state_ || !state_->background.joinable()) return;
  state_->server.stop();
  state_->background.join();
}

const std::string& AppServer::address() const { return state_->address; }

void AppServer::add(const std::string& path, std::function<std::string()> content) {
  state_->server.Get(path, [content = std::move(content)](const httplib::Request&, httplib::Response& response) {
    response.set_content(content(), "text/html; charset=utf-8");
  });
}

void AppServer::run() { state_->server.listen_after_bind(); }

void AppServer::run_in_background() {
  state_->background = std::thread([state = state_.get()] { state->server.listen_after_bind(); });
  // What is not running yet cannot be stopped.
  while (!state_->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

Status serve(const ServeSettings& settings, const std::function<Status(const std::string& address)>& ready) {
  PAW_ASSIGN_OR_RETURN(AppServer server, AppServer::open(settings));
  PAW_RETURN_IF_ERROR(ready(server.address()));
  server.run();
  return {};
}

}  // namespace paw
