#include "support/sample.h"

#include "json/slice.h"
#include "json/write.h"
#include "vod/events.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace support {
namespace {

using json::Shape;
using json::Type;
using Random = std::mt19937_64;

void* slot_of(const json::Field& row, void* record) {
  return static_cast<char*>(record) + row.offset;
}

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

bool chance(Random& random, double share) {
  return std::uniform_real_distribution<double>(0, 1)(random) < share;
}

std::uint64_t natural(Random& random, bool wild) {
  return random() >> (wild ? below(random, 64) : 48);
}

double number(Random& random, bool wild) {
  const double tame = static_cast<double>(random() % 10'000'000) / 1000;
  if (!wild) return tame;
  const double any = std::bit_cast<double>(random());
  // The parser refuses what comes close to the largest double.
  return std::isfinite(any) && std::abs(any) < 1e300 ? any : -tame;
}

std::string text(Random& random, const Look& look) {
  constexpr std::array<std::string_view, 8> tame = {"media", "1000", "-",    "sample",
                                                    "文本",  " ",    ".mp4", "7"};
  constexpr std::array<std::string_view, 10> wild = {
      "\"",           "\\",       "\n",  std::string_view("\0", 1), "\x1f", "/", "😀",
      "\xED\x9F\xBF", "\\ud800 ", "\x7f"};
  std::string out;
  for (std::size_t left = below(random, look.text_pieces + 1); left > 0; --left) {
    const bool odd = look.wild && chance(random, 0.5);
    out += odd ? wild[below(random, wild.size())] : tame[below(random, tame.size())];
  }
  return out;
}

void randomize_value(Random& random, const Look& look, const Type& type, void* value) {
  switch (type.shape) {
    case Shape::boolean:
      *static_cast<bool*>(value) = chance(random, 0.5);
      break;
    case Shape::integer:
      *static_cast<std::int64_t*>(value) = std::bit_cast<std::int64_t>(natural(random, look.wild));
      break;
    case Shape::natural:
      *static_cast<std::uint64_t*>(value) = natural(random, look.wild);
      break;
    case Shape::number:
      *static_cast<double*>(value) = number(random, look.wild);
      break;
    case Shape::text:
      *static_cast<std::string*>(value) = text(random, look);
      break;
    case Shape::record:
      randomize(random, look, type.rows(), value);
      break;
    case Shape::list:
      for (std::size_t left = 1 + below(random, look.elements); left > 0; --left) {
        randomize_value(random, look, *type.element, type.make(value));
      }
      break;
    case Shape::any:
      break;
  }
}

template <class Scalar>
bool same_scalar(const void* one, const void* other) {
  return *static_cast<const Scalar*>(one) == *static_cast<const Scalar*>(other);
}

bool same_value(const Type& type, const void* one, const void* other) {
  switch (type.shape) {
    case Shape::boolean:
      return same_scalar<bool>(one, other);
    case Shape::integer:
      return same_scalar<std::int64_t>(one, other);
    case Shape::natural:
      return same_scalar<std::uint64_t>(one, other);
    case Shape::number:
      return same_scalar<double>(one, other);
    case Shape::text:
      return same_scalar<std::string>(one, other);
    default:
      break;
  }
  return std::ranges::all_of(type.rows(), [&](const json::Field& field) {
    return same(*field.type, static_cast<const char*>(one) + field.offset,
                static_cast<const char*>(other) + field.offset);
  });
}

const json::Field& member_of(std::string_view event_type) {
  for (const vod::EventType& type : vod::event_types()) {
    if (type.name != event_type) continue;
    for (const json::Field& row : vod::EventContent::rows()) {
      if (row.name == type.member) return row;
    }
  }
  throw std::invalid_argument("no member for " + std::string(event_type));
}

// Hex digits, or decimal ones.
std::string digits(Random& random, std::size_t count, std::string_view alphabet) {
  std::string out;
  while (out.size() < count) out += alphabet[below(random, alphabet.size())];
  return out;
}

// Ids and states as the service writes them, so that events look real and no two are equal.
void dress(Random& random, std::string_view event_type, json::Rows rows, void* record) {
  for (const json::Field& row : rows) {
    if (row.name == "ErrCode" && row.type->shape == Shape::integer)
      *static_cast<std::int64_t*>(row.type->make(slot_of(row, record))) =
          chance(random, 0.05) ? 70000 : 0;
    if (row.type->shape != Shape::text) continue;
    std::string value;
    if (row.name == "TaskId")
      value =
          "1500000001-" + std::string(event_type) + '-' + digits(random, 32, "0123456789abcdef");
    else if (row.name == "FileId")
      value = '1' + digits(random, 18, "0123456789");
    else if (row.name == "Status")
      value = "FINISH";
    else
      continue;
    *static_cast<std::string*>(row.type->make(slot_of(row, record))) = value;
  }
}

bool is_dressed(std::string_view name) {
  return name == "TaskId" || name == "FileId" || name == "Status";
}

// A text of a record, or of the lists and records in it; made where it is absent.  `plain`: none of
// the dressed ones.
std::string* any_text(json::Rows rows, void* record, bool plain) {
  for (const json::Field& row : rows) {
    if (row.type->shape != Shape::text || (plain && is_dressed(row.name))) continue;
    auto& text = *static_cast<std::optional<std::string>*>(slot_of(row, record));
    return text ? &*text : &text.emplace();
  }
  for (const json::Field& row : rows) {
    const bool texts = row.type->shape == Shape::list && row.type->element->shape == Shape::text;
    if (texts) return static_cast<std::string*>(row.type->make(slot_of(row, record)));
  }
  for (const json::Field& row : rows) {
    if (row.type->shape != Shape::record) continue;
    if (auto* text = any_text(row.type->rows(), row.type->make(slot_of(row, record)), plain))
      return text;
  }
  return nullptr;
}

// `event` with null for the members of all other events.
std::string with_nulls(std::string event) {
  event.pop_back();
  for (const json::Field& row : vod::EventContent::rows()) {
    const std::string name = json::quote(row.name) + ':';
    const bool event_member = row.type->shape == Shape::record && !row.alias;
    if (event_member && event.find(name) == event.npos) event += ',' + name + "null";
  }
  return event + '}';
}

}  // namespace

void randomize(Random& random, const Look& look, json::Rows rows, void* record) {
  for (const json::Field& row : rows) {
    if (row.alias || row.type->shape == Shape::any || !chance(random, look.presence)) continue;
    void* slot = slot_of(row, record);
    randomize_value(random, look, *row.type,
                    row.type->shape == Shape::list ? slot : row.type->make(slot));
  }
}

bool same(const Type& type, const void* one, const void* other) {
  std::size_t ones = 1, others = 1;
  const auto* left = static_cast<const char*>(type.peek ? type.peek(one, ones) : one);
  const auto* right = static_cast<const char*>(type.peek ? type.peek(other, others) : other);
  if (ones != others) return false;
  if (type.shape != Shape::list) return ones == 0 || same_value(type, left, right);
  for (std::size_t i = 0; i < ones; ++i) {
    if (!same_value(*type.element, left + i * type.stride, right + i * type.stride)) return false;
  }
  return true;
}

std::string sample_event(Random& random, std::string_view event_type, std::string_view handle,
                         std::size_t target_bytes, bool nulls) {
  const json::Field& member = member_of(event_type);
  std::string event;
  // From rich to poor, the first that fits; what is missing then is added to a text.
  for (double presence : {0.9, 0.7, 0.5, 0.3, 0.1, 0.0}) {
    vod::EventContent content;
    content.event_handle = handle;
    content.event_type = event_type;
    void* record =
        member.type->make(static_cast<char*>(static_cast<void*>(&content)) + member.offset);
    randomize(random, {.presence = presence, .elements = 3}, member.type->rows(), record);
    dress(random, event_type, member.type->rows(), record);
    event = json::write(content);
    if (event.size() > target_bytes && presence > 0) continue;
    std::string* padded = any_text(member.type->rows(), record, true);
    if (!padded) padded = any_text(member.type->rows(), record, false);
    const std::size_t missing = target_bytes - std::min(target_bytes, json::write(content).size());
    if (padded) *padded += digits(random, missing, "0123456789abcdef");
    event = json::write(content);
    break;
  }
  return nulls ? with_nulls(event) : event;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  if (text.view().empty()) throw std::invalid_argument("nothing in " + path);
  return std::move(text).str();
}

std::vector<std::string> events_in(const std::string& path) {
  const std::string reply = text_of(path);
  json::Cursor cursor(reply);
  cursor.enter_object();
  std::vector<std::string> events;
  for (std::string_view name; cursor.member(name);) {
    if (name == "Response") {
      cursor.enter_object();
    } else if (name == "EventSet") {
      cursor.enter_array();
      while (cursor.element()) events.emplace_back(cursor.value());
    } else {
      cursor.value();
    }
  }
  if (events.empty()) throw std::invalid_argument("no events in " + path);
  return events;
}

}  // namespace support
