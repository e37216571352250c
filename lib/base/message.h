// Message: what the log can say.  Each room declares its own as constants in one header
// (lib/relay/messages.h), with level, words, identity and explanation, and gives a span of them
// all; nothing is worded elsewhere.
//
// The text is a fact in the past tense; what varies stands in the fields.  Secrets and payloads
// never go in, handles and request ids always do.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>

namespace base {

// The numbers are syslog priorities, as journald and `<N>` prefixes use them.
enum class Level { critical = 2, error = 3, warning = 4, notice = 5, info = 6, debug = 7 };
std::string_view to_string(Level level);

// A constant that lives as long as the program: the log keeps its address.
struct Message {
  Level level;
  std::string_view text;
  std::string_view id;            // MESSAGE_ID: 32 hex digits; empty: chatter, for debugging alone
  std::string_view explanation;   // what it means, what the daemon does, what a person should do
  int burst = 1;                  // so many lines at once, before those that follow are counted
  const Message* ends = nullptr;  // told only when that one was, which it brings to its end
};

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text) {}
  Field(std::string_view name, std::integral auto number)
      : key(name), value(std::to_string(number)) {}

  std::string_view key;  // a literal
  std::string value;     // empty: as if the field were not there
};

// `confirmed events=16 took_ms=41`; a value with blanks, quotes or control characters is quoted and
// escaped, so that one fact is one line whatever a server sent.
std::string line(const Message& message, std::span<const Field> fields);

}  // namespace base
