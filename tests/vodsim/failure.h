// Failure: what the API itself does wrong, on purpose, with HTTP as it should be.  The first
// requests of an action suffer the failures in the order in which they were given, then all is
// well.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vodsim {

struct Failure {
  // A code of the API: the request is refused with it and has no effect.  Or one of these words:
  //   none            nothing is wrong with so many requests
  //   error-beside    done; an Error stands in the reply beside all that belongs there
  //   no-response     done; the reply comes without the object Response around it
  std::string what;
  std::uint64_t count = 1;  // requests that suffer it
  std::string action;       // empty: any
  std::string message;

  [[nodiscard]] bool is_code() const;
};

// WHAT[:COUNT][@ACTION][=MESSAGE]; nothing when it is not of that form.
std::optional<Failure> parse_failure(std::string_view text);

// The body of a reply that suffers `error-beside` or `no-response`; any other stays as it is.
std::string odd_body(const Failure& failure, std::string body);

class Failures {
 public:
  explicit Failures(std::vector<Failure> failures) : failures_(std::move(failures)) {}

  // The failure that the next request with this action suffers; `none` is nothing.
  std::optional<Failure> next(std::string_view action);

 private:
  std::vector<Failure> failures_;
};

}  // namespace vodsim
