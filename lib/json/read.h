// Reads one JSON object into a record, by its rows, in one pass and without recursion.
//
// Tolerant where it costs nothing: null is absent, whichever member it stands for; an integral
// number fills a number; a number fills a text (its digits as received, so ids beyond 2^63 keep
// every digit); a text that holds a number fills a number.  Everything odd is told in `problems`
// and costs only the member it concerns: wrong types and numbers out of range (the member stays
// absent), unknown members (skipped), members given twice (the first counts), null in a list (left
// out). The slips that are taken as they are (a number for a text, a text for a number, an older
// name) are told too.  A member that may be anything is skipped without a word.
//
// Returns the parser's complaint when the text as a whole is not one valid JSON object in valid
// UTF-8 nested at most `depth_max` deep, else an empty string.  `out` comes in fresh; after a
// complaint it holds what had been read so far.  Nesting, size and encoding are bounded by the
// parser, never by the stack.
#pragma once

#include "json/problem.h"
#include "json/type.h"

#include <string>
#include <string_view>

namespace json {

// Deeper than any record of the schema (8), with room for members that are not known yet.
inline constexpr int depth_max = 64;

// `path` names the object in the problems: EventSet[3].
std::string read(std::string_view text, const Type& type, void* out, std::string_view path,
                 Problems& problems);

template <class Record>
std::string read(std::string_view text, Record& out, std::string_view path, Problems& problems) {
  return read(text, type_of<Record>, &out, path, problems);
}

// The text of a JSON string, which read() took without complaint: its quotes gone, escapes
// resolved.
std::string unquote(std::string_view string);

}  // namespace json
