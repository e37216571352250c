// Writes a record as compact JSON, by its rows: members in the order of the schema, absent ones
// left out.  read() of the result gives an equal record.
#pragma once

#include "json/type.h"

#include <string>
#include <string_view>

namespace json {

std::string write(const Type& type, const void* record);

template <class Record>
std::string write(const Record& record) {
  return write(type_of<Record>, &record);
}

// `text` as a JSON string with its quotes; invalid UTF-8 is replaced by U+FFFD.
std::string quote(std::string_view text);

}  // namespace json
