// The story of an event, from its first delivery to its confirm, as the database knows it.
#pragma once

#include "sqlite/database.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

struct Step {
  std::string at;    // UTC, as stored
  std::string what;  // "pulled", "pushed by 192.0.2.7", "stored as row 7", "confirm refused", …
  std::string handle;
  std::string code;        // of a confirm that failed
  std::string request_id;  // of PullEvents or ConfirmEvents, where one is known
};

struct Story {
  enum class State {
    confirmed,
    settled,      // pushed or imported: stored, and that is all
    unconfirmed,  // the service delivers it again when its lease is over
    unknown,      // a confirm was sent and not answered
    quarantined,  // it is no event, or contradicts one
  };

  std::int64_t row = 0;  // of its first delivery, in events or in quarantine
  std::string event_type;
  std::optional<std::string> task_id, file_id, status;
  std::optional<std::int64_t> err_code;
  State state = State::unconfirmed;
  std::string remarks;      // what departs from the schema; why it is in quarantine
  std::vector<Step> steps;  // in the order of time
};

std::string_view to_string(Story::State state);

// The newest stories first, at most `most`, of events whose handle (of any delivery), TaskId or
// FileId is `key`.
std::vector<Story> stories(sqlite::Database& database, std::string_view key, std::size_t most);

}  // namespace inbox
