// Transaction: takes the write lock at once and rolls back unless it was committed, whatever path
// leaves its scope.
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

}  // namespace sqlite
