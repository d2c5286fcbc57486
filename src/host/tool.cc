#include "host/tool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "host/text.h"

extern char** environ;

namespace paw {

namespace {

// The last line that is not empty, of what a program said.
std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t begin = text.rfind('\n');
  return std::string(begin == std::string_view::npos ? text : text.substr(begin + 1));
}

// Both ends of a pipe; closed when it goes.
struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

// Everything that comes out of the pipe until nobody writes to it.
std::string read_all(int end) {
  std::string out;
  char part[4096];
  for (;;) {
    const ssize_t count = ::read(end, part, sizeof(part));
    if (count > 0) {
      out.append(part, static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      return out;
    }
  }
}

// Starts it with both its outputs in the pipe. An errno.
int start(const std::string& path, const std::vector<std::string>& arguments, const Pipe& pipe, pid_t* process) {
  std::vector<char*> words = {const_cast<char*>(path.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (const int failed = ::posix_spawn_file_actions_init(&actions); failed != 0) return failed;
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDERR_FILENO);
  const int failed = ::posix_spawn(process, path.c_str(), &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return failed;
}

}  // namespace

Result<std::string> find_tool(const Tool& tool) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    const std::string at = fmt::format("{}/{}", folder, tool.command);
    std::error_code error;
    if (!folder.empty() && ::access(at.c_str(), X_OK) == 0 && !std::filesystem::is_directory(at, error)) return at;
  }
  return fail(ErrorCode::kIo, std::string(tool.command), "is not installed",
              fmt::format("Debian: apt install {}", tool.package));
}

Result<std::string> run_tool(const std::string& path, const std::vector<std::string>& arguments) {
  const std::string name = std::filesystem::path(path).filename().string();
  Pipe pipe;
  if (::pipe2(pipe.ends, O_CLOEXEC) != 0) return fail(ErrorCode::kIo, name, std::strerror(errno));
  pid_t process = 0;
  if (const int failed = start(path, arguments, pipe, &process); failed != 0) {
    return fail(ErrorCode::kIo, name, std::strerror(failed));
  }
  pipe.close_end(1);
  std::string said = read_all(pipe.ends[0]);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return said;
  const std::string how =
      WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status)) : fmt::format("signal {}", WTERMSIG(status));
  return fail(ErrorCode::kIo, name, fmt::format("failed ({}): {}", how, printable(last_line(said))));
}

}  // namespace paw
