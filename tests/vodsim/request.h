// One HTTP request as it came, and what the API answers to it; neither knows the server library.
#pragma once

#include "base/clock.h"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vodsim {

struct Request {
  std::string method;
  std::string path;
  std::string query;  // as sent, without the question mark
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool too_large = false;  // the body went over the limit and was dropped

  // The value of the header with this name, whatever its case; null when it did not come.
  [[nodiscard]] const std::string* header(std::string_view name) const;
};

struct Reply {
  std::string body;
  std::string content_type = "application/json";
  unsigned status = 200;
};

// A pull that waits for an event, at most until then.
struct Hold {
  base::Instant until;
};

// No reply: the connection ends.
struct HangUp {};

using Outcome = std::variant<Reply, Hold, HangUp>;

}  // namespace vodsim
