// Arrival: a delivery ready to be stored, and what can become of it.  Which becomes what: inbox.h.
#pragma once

#include "base/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// The way a delivery came.
enum class Source {
  pull,    // an element of a PullEvents reply: it is to be confirmed
  push,    // the body of a normal callback
  import,  // from a file
};

// As the column `source` has it.
std::string_view to_string(Source source);

struct Arrival {
  Source source = Source::pull;
  std::string origin;  // push: the peer's address; import: the file's name, "-" for standard input
  std::string handle;  // empty: it has none; what was pulled can never be confirmed then
  std::string_view format = "v3.0";  // or "v2.0"; a literal
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
  std::string request_id;  // of the reply that brought it, where there is one
};

enum class Outcome {
  stored,
  redelivered,
  relinked,
  quarantined,
  conflict,
  known,  // imported and here already: nothing was changed, nothing counted
};

struct SaveResult {
  std::vector<Outcome> outcomes;  // one for each arrival, in order
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

}  // namespace inbox
