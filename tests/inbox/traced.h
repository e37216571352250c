// The statements that a connection runs, as SQLite tells them.
#pragma once

#include "sqlite/database.h"

#include <sqlite3.h>

#include <string>
#include <vector>

namespace inbox_fixture {

class Traced {
 public:
  explicit Traced(sqlite::Database& database) : connection_(database.handle()) {
    sqlite3_trace_v2(connection_, SQLITE_TRACE_STMT, note, this);
  }
  Traced(const Traced&) = delete;
  Traced& operator=(const Traced&) = delete;
  ~Traced() { sqlite3_trace_v2(connection_, 0, nullptr, nullptr); }

  std::vector<std::string> statements;  // with their values in place, in order

 private:
  static int note(unsigned, void* self, void* statement, void*) {
    char* text = sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement));
    static_cast<Traced*>(self)->statements.emplace_back(text ? text : "");
    sqlite3_free(text);
    return 0;
  }

  sqlite3* connection_;
};

}  // namespace inbox_fixture
