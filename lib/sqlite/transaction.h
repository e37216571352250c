// Transaction: takes the write lock at once and rolls back unless it was committed, whatever path
// leaves its scope.  Reading: a read transaction.  LogLeft: puts off what a commit may take upon
// itself.
#pragma once

#include "sqlite/database.h"

namespace sqlite {

class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.run("BEGIN IMMEDIATE");
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    // SQLite has rolled back by itself after some errors (disk full, I/O).
    if (database_.in_transaction())
      sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }

  // With synchronous=FULL the rows have survived an fsync when this returns.
  void commit() { database_.run("COMMIT"); }

 private:
  Database& database_;
};

// For its scope, from its first line on, the database is seen as it is at that moment.  As long as
// it lasts the write-ahead log can't be taken in.
class Reading {
 public:
  explicit Reading(Database& database) : database_(database) {
    database_.run("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr); }

 private:
  Database& database_;
};

// For its scope a commit leaves the write-ahead log as it is, however long it has grown; the next
// one after it takes it in.
class LogLeft {
 public:
  explicit LogLeft(Database& database) : connection_(database.handle()) {
    sqlite3_wal_autocheckpoint(connection_, 0);
  }
  LogLeft(const LogLeft&) = delete;
  LogLeft& operator=(const LogLeft&) = delete;
  ~LogLeft() { sqlite3_wal_autocheckpoint(connection_, default_pages); }

 private:
  static constexpr int default_pages = 1000;  // SQLite's own
  sqlite3* connection_;
};

}  // namespace sqlite
