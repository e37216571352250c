// Witness: looks into the client's database from outside, at the moment a confirm arrives.  Whoever
// confirms an event that is not yet stored breaks the promise, and this is where it is seen.
//
// Owns one read-only connection with one prepared statement; both are made anew after an error.
#pragma once

#include "base/owned.h"

#include <sqlite3.h>

#include <cstddef>
#include <span>
#include <string>

namespace vodsim {

class Witness {
 public:
  explicit Witness(std::string path) : path_(std::move(path)) {}

  // How many of the handles have no row in events or quarantine.  A database that cannot be read
  // holds none of them.
  std::size_t missing(std::span<const std::string> handles);

 private:
  bool open();
  bool look_up(const std::string& handle, bool& found);
  bool stored(const std::string& handle);
  void complain();

  std::string path_;
  base::Owned<sqlite3, sqlite3_close_v2> connection_;
  base::Owned<sqlite3_stmt, sqlite3_finalize> statement_;  // goes before its connection
  std::string last_complaint_;
};

}  // namespace vodsim
