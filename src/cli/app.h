// The program: picks the verb, parses its flags, runs it, prints results and errors, returns the exit code.
#pragma once

namespace paw {

// Exit codes: docs/architecture.md. Never throws.
int run_cli(int argc, const char* const* argv);

}  // namespace paw
