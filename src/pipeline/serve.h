// `paw serve`: a folder over HTTP to this machine alone, to try a web app.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"

namespace paw {

struct ServeSettings {
  std::string folder;        // a web app, or what `paw app` was told to write to
  std::int64_t port = 8080;  // 0: any that is free
};

// Serves files below the folder on 127.0.0.1 until the process is interrupted; `ready` is called with the address once
// it listens, and may refuse. Nothing outside the folder is given out, links that lead there included, and only
// requests that name this machine are answered. kIo: no such folder, no index.html in it, the port is taken. kUsage: no
// port number.
Status serve(const ServeSettings& settings, const std::function<Status(const std::string& address)>& ready);

}  // namespace paw
