// Log: one line for each fact, `log(Level::info, "confirmed", {{"events", 16}, {"took_ms", 41}})`.
// The message is a past-tense fact; what varies stands in the fields.  Secrets and payloads never
// go in, handles and request ids always do.  A sink decides where lines go; to_stderr() is the one
// for terminals and containers, the journal's lives in daemon/.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace base {

// The numbers are syslog priorities, as journald and `<N>` prefixes use them.
enum class Level { critical = 2, error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const std::string& text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text) {}
  Field(std::string_view name, std::integral auto number)
      : key(name), value(std::to_string(number)) {}

  std::string_view key;
  std::string value;
};

class Log {
 public:
  using Sink = std::function<void(Level, std::string_view message, std::span<const Field>)>;

  Log(Level most_verbose, Sink sink) : most_verbose_(most_verbose), sink_(std::move(sink)) {}

  void level(Level most_verbose) { most_verbose_ = most_verbose; }

  void operator()(Level level, std::string_view message, std::initializer_list<Field> fields = {}) {
    if (level <= most_verbose_) sink_(level, message, {fields.begin(), fields.size()});
  }

 private:
  Level most_verbose_;
  Sink sink_;
};

// `confirmed events=16 took_ms=41`; a value with blanks, quotes or control characters is quoted and
// escaped, so that one fact is one line whatever a server sent.
std::string line(std::string_view message, std::span<const Field> fields);

// Writes `<6>` and the line to standard error, in one write(2) each.
void to_stderr(Level level, std::string_view message, std::span<const Field> fields);

}  // namespace base
