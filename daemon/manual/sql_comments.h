// What SQL says about itself: the comment above a table or view, and the one behind each column.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace manual {

struct Commented {
  std::string comment;                         // empty where there is none
  std::map<std::string, std::string> columns;  // of those that have one
};

// By name.  A comment belongs to what follows it without an empty line.
std::map<std::string, Commented> comments_in(std::string_view sql);

// Adds those of a later script.
void add_comments(std::map<std::string, Commented>& all, std::string_view sql);

}  // namespace manual
