// A web app over HTTP to this machine alone: `paw serve`, and what looks at one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"

namespace paw {

struct ServeSettings {
  std::string folder;        // a web app, or what `paw app` was told to write to
  std::int64_t port = 8080;  // 0: any that is free
};

// Files below a folder on 127.0.0.1. Nothing outside the folder is given out, links that lead there included, and only
// requests that name this machine are answered.
class AppServer {
 public:
  // Takes the port. kIo: no such folder, no index.html in it, the port is taken. kUsage: no port number.
  static Result<AppServer> open(const ServeSettings& settings);
  // Ends what goes on in the background.
  ~AppServer();
  AppServer(AppServer&&) noexcept;
  AppServer& operator=(AppServer&&) = delete;

  const std::string& address() const;
  // A page that is no file, as HTML; before run(). `content` is called for each request, on threads of the server.
  void add(const std::string& path, std::function<std::string()> content);
  void run();  // until the process is interrupted
  void run_in_background();

 private:
  struct State;
  explicit AppServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Until the process is interrupted; `ready` is called with the address once it listens, and may refuse. Errors: those
// of AppServer::open.
Status serve(const ServeSettings& settings, const std::function<Status(const std::string& address)>& ready);

}  // namespace paw
