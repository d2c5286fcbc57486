// What kind of place a stream goes to: a terminal or not, how wide, and whether colour is wanted there.
#pragma once

namespace paw {

bool is_terminal(int fd);
// Columns of the terminal behind `fd`; else of the environment variable COLUMNS; else 80. At least 20.
int terminal_width(int fd);
// A terminal that is not "dumb", and NO_COLOR (https://no-color.org) is unset or empty.
bool color_allowed(int fd);

}  // namespace paw
