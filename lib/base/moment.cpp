#include "base/moment.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace base {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a text apart from its beginning.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char wanted) {
    if (next() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly so many digits, as a number of `most` at most.
  bool number(int digits, int most, int& out) {
    out = 0;
    for (; digits > 0; --digits) {
      if (!is_digit(next())) return false;
      out = out * 10 + (next() - '0');
      rest_.remove_prefix(1);
    }
    return out <= most;
  }

  // The digits behind a decimal point, one or more.
  bool fraction(milliseconds& out) {
    if (!is_digit(next())) return false;
    milliseconds unit = 100ms;
    for (; is_digit(next()); rest_.remove_prefix(1), unit /= 10) out += (next() - '0') * unit;
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_date(Reader& reader, Utc& out) {
  int year = 0, month = 0, day = 0;
  if (!reader.number(4, 9999, year) || !reader.take('-') || !reader.number(2, 12, month) ||
      !reader.take('-') || !reader.number(2, 31, day))
    return false;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  out = std::chrono::sys_days(date);
  return date.ok();
}

bool read_time(Reader& reader, Utc& out) {
  int hours = 0, minutes = 0, seconds = 0;
  milliseconds fraction{0};
  if (!reader.number(2, 23, hours) || !reader.take(':') || !reader.number(2, 59, minutes))
    return false;
  if (reader.take(':') && !reader.number(2, 59, seconds)) return false;
  if (reader.take('.') && !reader.fraction(fraction)) return false;
  out += hours * 1h + minutes * 1min + seconds * 1s + fraction;
  return true;
}

// How far ahead of UTC the time is that stands before it.
bool read_offset(Reader& reader, Utc& out) {
  if (reader.at_end() || reader.take('Z')) return true;
  const bool ahead = reader.take('+');
  int hours = 0, minutes = 0;
  if ((!ahead && !reader.take('-')) || !reader.number(2, 23, hours)) return false;
  const bool more = reader.take(':') || !reader.at_end();
  if (more && !reader.number(2, 59, minutes)) return false;
  const milliseconds offset = hours * 1h + minutes * 1min;
  out += ahead ? -offset : offset;
  return true;
}

std::optional<Utc> point(std::string_view text) {
  Reader reader(text);
  Utc out{};
  if (!read_date(reader, out)) return std::nullopt;
  if (reader.take('T') || reader.take(' ')) {
    if (!read_time(reader, out) || !read_offset(reader, out)) return std::nullopt;
  }
  constexpr Utc end = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1);
  if (!reader.at_end() || out < Utc{} || out >= end) return std::nullopt;
  return out;
}

std::optional<Utc> span(std::string_view text, Utc now) {
  std::int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0 || end + 1 != text.data() + text.size())
    return std::nullopt;
  constexpr std::pair<char, milliseconds> units[] = {{'s', 1s}, {'m', 1min}, {'h', 1h}, {'d', 24h}};
  for (const auto& [name, unit] : units)
    if (*end == name) return std::max(now - count * unit, Utc{});
  return std::nullopt;
}

}  // namespace

std::optional<Utc> moment(std::string_view text, Utc now) {
  const std::optional<Utc> found = span(text, now);
  return found ? found : point(text);
}

}  // namespace base
