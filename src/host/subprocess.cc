#include "host/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostPrinted = std::size_t{64} << 20;

// One end of a pipe, and what came out of it.
struct PipeEnd {
  int read = -1, write = -1;
  std::string text;
  ~PipeEnd() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

// A process that does not outlive this.
class Child {
 public:
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  int start(const fs::path& program, const std::vector<std::string>& arguments, const PipeEnd& out,
            const PipeEnd& err) {
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) pid_ = 0;
    return failed;
  }

  // Its exit code; 128 and the signal when it died of one.
  int wait() {
    int status = 0;
    while (::waitpid(std::exchange(pid_, 0), &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
};

// False: it has ended.
bool take(PipeEnd& from) {
  std::array<char, 1 << 16> block;
  const ssize_t got = ::read(from.read, block.data(), block.size());
  if (got < 0 && errno == EINTR) return true;
  if (got > 0) from.text.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

// Until both have ended; false: the time is over, or too much was printed.
bool drain(PipeEnd& out, PipeEnd& err, std::chrono::steady_clock::time_point until) {
  std::array<pollfd, 2> ends{{{out.read, POLLIN, 0}, {err.read, POLLIN, 0}}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0 || out.text.size() + err.text.size() > kMostPrinted) return false;
    const int ready = ::poll(ends.data(), ends.size(), static_cast<int>(std::min<std::int64_t>(left, 1'000'000)));
    if (ready < 0 && errno != EINTR) return false;
    for (std::size_t i = 0; ready > 0 && i < ends.size(); ++i) {
      if (ends[i].fd >= 0 && ends[i].revents != 0 && !take(i == 0 ? out : err)) ends[i].fd = -1;
    }
  }
  return true;
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return printable(text.substr(text.rfind('\n') + 1));
}

}  // namespace

fs::path find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const fs::path file = fs::path(rest.substr(0, end)) / name;
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    std::error_code error;
    if (file.is_absolute() && fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

Result<fs::path> find_tool(const Tool& tool) {
  if (fs::path found = find_program(tool.command); !found.empty()) return found;
  return fail(ErrorCode::kIo, std::string(tool.command), "is not installed",
              fmt::format("Debian: apt install {}", tool.package));
}

Result<std::string> run_program(const fs::path& program, const std::vector<std::string>& arguments, double seconds) {
  const std::string where = printable(program.string());
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                            std::chrono::duration<double>(seconds));
  PipeEnd out, err;
  if (!out.open() || !err.open()) {
    return fail(ErrorCode::kIo, where, "no pipe: " + std::generic_category().message(errno));
  }
  Child child;
  if (const int failed = child.start(program, arguments, out, err); failed != 0) {
    return fail(ErrorCode::kIo, where, "cannot be started: " + std::generic_category().message(failed));
  }
  ::close(std::exchange(out.write, -1));
  ::close(std::exchange(err.write, -1));
  if (!drain(out, err, until)) {
    return fail(ErrorCode::kIo, where, fmt::format("took more than {:g} s, or printed too much", seconds));
  }
  const int code = child.wait();
  if (code == 0) return std::move(out.text);
  return fail(ErrorCode::kIo, where, err.text.empty() ? fmt::format("ended with code {}", code) : last_line(err.text));
}

}  // namespace paw
