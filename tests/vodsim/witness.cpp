#include "vodsim/witness.h"

#include <algorithm>
#include <cstdio>

namespace vodsim {

std::size_t Witness::missing(std::span<const std::string> handles) {
  return static_cast<std::size_t>(
      std::count_if(handles.begin(), handles.end(),
                    [this](const std::string& handle) { return !stored(handle); }));
}

bool Witness::stored(const std::string& handle) {
  bool found = false;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (!statement_ && !open()) break;
    if (look_up(handle, found)) return found;
    complain();
    statement_.reset();
    connection_.reset();
  }
  return false;
}

bool Witness::open() {
  sqlite3* connection = nullptr;
  const int result = sqlite3_open_v2(path_.c_str(), &connection,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);  // an open that failed leaves one that tells why
  sqlite3_stmt* statement = nullptr;
  if (result == SQLITE_OK) {
    // Readers of a WAL do not wait for the writer; a checkpoint or a recovery may take a moment.
    sqlite3_busy_timeout(connection, 1000);
    sqlite3_prepare_v3(connection,
                       "SELECT 1 FROM events WHERE event_handle = ?1 "
                       "UNION ALL SELECT 1 FROM quarantine WHERE event_handle = ?1",
                       -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    statement_.reset(statement);
  }
  if (!statement_) complain();
  return statement_ != nullptr;
}

// False when the database gave an error instead of an answer.
bool Witness::look_up(const std::string& handle, bool& found) {
  sqlite3_stmt* statement = statement_.get();
  sqlite3_bind_text(statement, 1, handle.data(), static_cast<int>(handle.size()), SQLITE_STATIC);
  const int result = sqlite3_step(statement);
  sqlite3_reset(statement);
  found = result == SQLITE_ROW;
  return result == SQLITE_ROW || result == SQLITE_DONE;
}

// Each complaint once, however many handles it concerns.
void Witness::complain() {
  const std::string complaint = sqlite3_errmsg(connection_.get());
  if (complaint == last_complaint_) return;
  std::fprintf(stderr, "vodsim: witness cannot read %s: %s\n", path_.c_str(), complaint.c_str());
  last_complaint_ = complaint;
}

}  // namespace vodsim
