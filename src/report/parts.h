// The eight parts of the page, one file each: HTML of a <section> without its heading.
#pragma once

#include <string>

#include "report/page.h"

namespace paw::report {

std::string pipeline_part(const Page& page);
std::string data_part(const Page& page);
std::string training_part(const Page& page);
std::string quality_part(const Page& page);
std::string files_part(const Page& page);
std::string journey_part(const Page& page);
std::string apps_part(const Page& page);
std::string learn_part(const Page& page);

// A sentence that says why something is not here.
std::string missing_note(const std::string& why);
// Photos with what was said of them, as a list of figures.
std::string gallery(const std::vector<Shown>& shown, const std::string& no_pictures, bool label_score);

extern const char* const kStyleSheet;

}  // namespace paw::report
