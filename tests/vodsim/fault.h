// Fault: what goes wrong between the Api and its client, on purpose.  The first requests suffer the
// faults in the order in which they were given, then all is well.
//
// The Api knows nothing of it: either it is not asked at all, or it does its work and the reply is
// spoilt on the way.
#pragma once

#include "vodsim/request.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vodsim {

struct Fault {
  enum class Kind {
    none,
    // The Api is not asked:
    silent,
    reset_before,
    huge,
    bomb,
    nested,
    html,
    status,
    // The Api does its work, and its reply suffers:
    reset_within,
    reset_after,
    close_after,
    half_open,
    drip,
    stall,
    too_short,
    truncated,
  };

  Kind kind = Kind::none;
  unsigned status = 0;      // of Kind::status
  std::uint64_t count = 1;  // requests that suffer it
  std::string action;       // empty: any
};

// KIND[:COUNT][@ACTION]; nothing when it is not of that form.
std::optional<Fault> parse_fault(std::string_view text);

// A line or two for each kind, for the help text.
std::string describe_faults();

// What is answered instead of asking the Api; nothing when the Api is asked, or nothing answered.
std::optional<Reply> stand_in(const Fault& fault);

// What a reply of Kind::huge or Kind::bomb comes to in the client's memory.
inline constexpr std::size_t huge_bytes = 100'000'000;

class Faults {
 public:
  explicit Faults(std::vector<Fault> faults) : faults_(std::move(faults)) {}

  // The fault that the next request with this action suffers.
  std::optional<Fault> next(std::string_view action);

 private:
  std::vector<Fault> faults_;
};

}  // namespace vodsim
