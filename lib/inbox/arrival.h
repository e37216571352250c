// Arrival: a delivery ready to be stored, and what can become of it.  Which becomes what: inbox.h.
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inbox {

// One element of an EventSet, ready to be stored.
struct Arrival {
  std::string handle;  // empty: it can never be confirmed
  std::string event_type;
  bool type_known = false;
  std::optional<std::string> task_id;
  std::optional<std::string> file_id;
  std::optional<std::string> status;
  std::optional<std::int64_t> err_code;
  std::string json;         // the bytes exactly as received
  std::string fingerprint;  // 32 bytes
  std::string diagnostics;  // JSON array, empty: none
  std::string unreadable;   // not empty: why it goes to quarantine
  base::Utc received_at;
  std::string request_id;
};

enum class Outcome { stored, redelivered, relinked, quarantined, conflict };

struct SaveResult {
  std::vector<Outcome> outcomes;  // one for each arrival, in order
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

}  // namespace inbox
