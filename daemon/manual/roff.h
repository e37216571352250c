// Text as man(7) wants it: what the formatter would take for its own is escaped.
#pragma once

#include <string>
#include <string_view>

namespace manual {

// Running text: runs of blanks and line ends become one blank each, what stands between backquotes
// is bold.
std::string prose(std::string_view text);

// What is typed or stands in a file, with hyphens that can be copied; blanks stay.
std::string literal(std::string_view text);

// Of literal text, whose words are never hyphenated.
std::string bold(std::string_view text);
std::string italic(std::string_view text);

// An entry of a list.  Tag and body are roff already; a body is needed.
std::string item(const std::string& tag, const std::string& body);

std::string capital(std::string_view sentence);  // with a capital letter and a full stop

}  // namespace manual
