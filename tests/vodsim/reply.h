// The API's envelope: {"Response":{…,"RequestId":"…"}}, always with HTTP status 200.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace vodsim {

// What an action is refused with; the texts are ours, the codes are the API's.
struct Error {
  std::string code;
  std::string message;
};

class Replies {
 public:
  explicit Replies(std::uint64_t seed) : random_(seed) {}

  // `members`: the reply's own JSON members, without braces; may be empty.
  std::string success(std::string_view members);
  std::string failure(const Error& error);

 private:
  std::string request_id();

  std::mt19937_64 random_;
};

}  // namespace vodsim
