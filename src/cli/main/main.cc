#include <csignal>

#include "cli/app.h"

int main(int argc, char** argv) {
  // A closed pipe or a file-size limit is an error that we report, not a death.
  std::signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);
#endif
  return paw::run_cli(argc, argv);
}
