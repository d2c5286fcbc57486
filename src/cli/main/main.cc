#include "cli/app.h"

int main(int argc, char** argv) { return paw::run_cli(argc, argv); }
