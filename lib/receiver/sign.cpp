#include "receiver/sign.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "json/slice.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace receiver {
namespace {

std::string_view bare(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

// More would overflow as milliseconds.
constexpr std::int64_t seconds_max = 1'000'000'000'000;

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  std::int64_t seconds = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc() || read.ptr != end || seconds < 0 || seconds > seconds_max)
    return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = base::to_lower(c);
  return result;
}

std::string expected(const base::Secret& key, std::string_view time) {
  std::string text;
  text.reserve(key.reveal().size() + time.size());  // growing would leave copies
  text.append(key.reveal()).append(time);
  const base::Secret marked(std::move(text));
  return base::hex(crypto::md5(marked.reveal()));
}

}  // namespace

Mark mark_in(std::string_view body) {
  Mark mark;
  json::Cursor cursor(body);
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    const std::string_view value = bare(cursor.value());
    if (name == "Sign" && mark.sign.empty()) mark.sign = value;
    if (name == "T" && mark.time.empty()) mark.time = value;
  }
  return mark;
}

// Whether it has expired is said only of what is right: who guesses learns nothing.
Verdict judge(const Mark& mark, const base::Secret& key, base::Utc now) {
  if (mark.sign.empty() || mark.time.empty()) return Verdict::missing;
  const auto until = seconds_in(mark.time);
  if (!until || !crypto::equal(lower(mark.sign), expected(key, mark.time))) return Verdict::wrong;
  return now.time_since_epoch() > *until ? Verdict::expired : Verdict::good;
}

}  // namespace receiver
