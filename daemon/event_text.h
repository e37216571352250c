// An event as a text of its own: what the verb export writes.  A row is one that inbox::Selection
// hands on.
//
// JSON lines: one object a line, with a member for each column, null where the row has none, so
// that every line has the same members in the same order.  `event` is the JSON as it came, byte for
// byte, but for the line breaks between its tokens; no string and no number is touched.
//
// CSV (RFC 4180): UTF-8, lines end with CR LF, a text is quoted where it has to be.  Nothing stands
// where the row has none, "" where it has an empty text.  Nothing is changed or put before a value
// for the sake of a program that takes `=1+1` in a file for a formula.
#pragma once

#include "sqlite/statement.h"

#include <string>

namespace vodeventd {

struct EventText {
  bool csv = false;
  bool without_json = false;  // without the column `event`

  // What stands before the first event.
  void append_head(std::string& out) const;

  void append(const sqlite::Rows& row, std::string& out) const;
};

}  // namespace vodeventd
