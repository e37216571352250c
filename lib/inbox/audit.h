// The audit: does the database hold what the promise says?  Each rule is a sentence and a query
// that counts its exceptions; the rules are one table.
//
// A database of version 2 or later is asked, read-only, beside a running daemon as well.  Whether
// the content is what was received is for the caller to see: this room does not know events.
#pragma once

#include "sqlite/database.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

struct Rule {
  std::string_view name;  // short, for machines
  std::string_view sentence;
  // Gives the number of exceptions.  A rule that holds for rows one by one names ?1: only rows with
  // a greater id are looked at.
  std::string_view query;
  bool cheap;  // its time does not grow with the database
};

std::span<const Rule> rules();

struct Finding {
  std::string_view name, sentence;
  std::int64_t exceptions = 0;
};

// All rules, each in a view of the database of its own, so that no long read holds up the writer's
// checkpoints; gives a finding for each rule, with 0 exceptions where it holds.  `progress` is told
// which rule comes next; may be empty.
std::vector<Finding> audit(sqlite::Database& database,
                           const std::function<void(const Rule&)>& progress);

// The cheap rules over the newest rows; gives the violations only.
std::vector<Finding> audit_newest(sqlite::Database& database);

// SQLite's own check of the file; gives its complaints, at most 20.
std::vector<std::string> check_integrity(sqlite::Database& database);

}  // namespace inbox
