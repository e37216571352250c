// Summary: trouble that comes again and again is told at once, then counted, and told again every
// 30 s as long as it comes.
//
// The same trouble is the same message with the same error_code.  No clock, no I/O.  Follows
// codes_max of them at most; beyond that the codes of a message are taken for one.
#pragma once

#include "base/clock.h"
#include "base/message.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace base {

class Summary {
 public:
  static constexpr std::chrono::seconds window{30};
  static constexpr std::size_t codes_max = 64;

  // One line for all that has repeated: the fields of the last, then repeated and since_s.
  struct Line {
    const Message* message;
    std::vector<Field> fields;
  };

  // Whether this one is to be told at once; else it was counted.
  bool take(const Message& message, std::span<const Field> fields, Instant now);

  // It has come to its end: what was counted is of no interest any more.  False when it was not
  // told since its last end, so that its end need not be told either.
  bool end(const Message& message);

  // What has come again in the 30 s that are over now.
  std::vector<Line> due(Instant now);

  // All that was counted and not told: nothing more is to come.
  std::vector<Line> rest(Instant now);

 private:
  using Key = std::pair<const Message*, std::string>;  // with error_code
  struct Entry {
    Instant began;  // the window, with a line
    int lines = 0;  // told one by one
    std::uint64_t count = 0;
    std::vector<Field> last;  // fields of the last that was counted
  };

  Entry& entry_of(const Message& message, std::span<const Field> fields, Instant now);
  Line tell(const Message& message, Entry& entry, Instant now);

  std::map<Key, Entry> entries_;
  std::set<const Message*> open_;  // told, and not yet at an end
};

}  // namespace base
