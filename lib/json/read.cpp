#include "json/read.h"

#include "base/text.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <array>
#include <cassert>
#include <charconv>
#include <utility>

namespace json {
namespace {

using rapidjson::SizeType;

std::string_view name_of(Shape shape) {
  constexpr std::array<std::string_view, 7> names = {"boolean", "integer", "natural", "number",
                                                     "text",    "object",  "array"};
  return names[static_cast<std::size_t>(shape)];
}

// An excerpt for a problem.
std::string excerpt(std::string_view text) {
  constexpr std::size_t bytes_max = 40;
  if (text.size() <= bytes_max) return std::string(text);
  return std::string(base::clip(text, bytes_max)) + "…";
}

// The parser lets the escape of a lone low surrogate pass and makes these bytes of it; text without
// escapes cannot hold them, since its encoding is checked.
bool has_lone_surrogate(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('\xED', at)) != text.npos; ++at) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// Where the walk is: in an object that is read into a record, or in an array that is read into a
// list.
struct Frame {
  const Type* list = nullptr;    // null: a record
  char* place = nullptr;         // the record, or the list's slot
  Rows rows = {};                // record
  const Field* field = nullptr;  // record: the member that is being read; null: an unknown one
  std::size_t next = 0;          // record: the row to look at first, since members come in order
  std::uint64_t seen = 0;        // record: a bit for each row that had its value
  std::size_t count = 0;         // list: elements so far, the one that is being read included
};

// Takes the parser's events and fills the record.  Objects and arrays that nobody wants are skipped
// by counting.
class Walker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Walker> {
 public:
  Walker(const Type& type, void* out, std::string_view path, Problems& problems)
      : root_{.place = static_cast<char*>(out), .rows = type.rows()},
        path_(path),
        problems_(problems) {
    frames_.reserve(16);
  }

  // Why the walk was stopped.
  [[nodiscard]] std::string_view complaint() const { return complaint_; }

  bool Null();
  bool Bool(bool value);
  bool RawNumber(const char* digits, SizeType size, bool copy);
  bool String(const char* data, SizeType size, bool copy);
  bool Key(const char* data, SizeType size, bool copy);
  bool StartObject() { return start(Shape::record); }
  bool StartArray() { return start(Shape::list); }
  bool EndObject(SizeType) { return end(); }
  bool EndArray(SizeType) { return end(); }

 private:
  bool stop(std::string_view complaint);
  bool scalar_comes();
  bool start(Shape shape);
  bool end();

  const Type* wanted();
  void* make();
  template <class Number>
  bool fill(std::string_view digits);
  bool fill_number(Shape shape, std::string_view digits);
  void fill_text(std::string_view text) { static_cast<std::string*>(make())->assign(text); }

  void problem(std::string_view what);
  void mismatch(const Type& expected, std::string_view got);

  Frame root_;
  std::string_view path_;
  Problems& problems_;
  std::vector<Frame> frames_;
  std::size_t skipped_ = 0;  // open objects and arrays that nobody wants
  std::string unknown_;      // name of the member that is being read, when it is unknown
  std::string_view complaint_;
};

// ---- what the parser tells ----------------------------------------------------------------------

bool Walker::stop(std::string_view complaint) {
  complaint_ = complaint;
  return false;
}

// True when a scalar may be of use.
bool Walker::scalar_comes() {
  if (frames_.empty()) return stop("not an object");
  return skipped_ == 0;
}

// Null is absent.  In a list, which has no room for absent elements, it is odd.
bool Walker::Null() {
  if (!scalar_comes()) return complaint_.empty();
  if (!frames_.back().list) return true;
  mismatch(*wanted(), "null");
  return true;
}

bool Walker::Bool(bool value) {
  if (!scalar_comes()) return complaint_.empty();
  const Type* type = wanted();
  if (!type) return true;
  if (type->shape == Shape::boolean) {
    *static_cast<bool*>(make()) = value;
  } else {
    mismatch(*type, value ? "true" : "false");
  }
  return true;
}

bool Walker::RawNumber(const char* data, SizeType size, bool) {
  if (!scalar_comes()) return complaint_.empty();
  const Type* type = wanted();
  if (!type) return true;
  const std::string_view digits(data, size);
  if (fill_number(type->shape, digits)) return true;
  const bool take = type->shape == Shape::text;
  mismatch(*type, "number " + excerpt(digits) + (take ? ", taken" : ""));
  if (take) fill_text(digits);
  return true;
}

bool Walker::String(const char* data, SizeType size, bool) {
  const std::string_view text(data, size);
  if (has_lone_surrogate(text)) return stop("half of a surrogate pair in a string");
  if (!scalar_comes()) return complaint_.empty();
  const Type* type = wanted();
  if (!type) return true;
  if (type->shape == Shape::text) {
    fill_text(text);
    return true;
  }
  const bool taken = fill_number(type->shape, text);
  mismatch(*type, "string \"" + excerpt(text) + (taken ? "\", taken" : "\""));
  return true;
}

bool Walker::Key(const char* data, SizeType size, bool) {
  const std::string_view name(data, size);
  if (has_lone_surrogate(name)) return stop("half of a surrogate pair in a name");
  if (skipped_ > 0) return true;
  Frame& frame = frames_.back();
  frame.field = nullptr;
  for (std::size_t tries = 0; tries < frame.rows.size() && !frame.field; ++tries) {
    const Field& row = frame.rows[frame.next];
    frame.next = frame.next + 1 == frame.rows.size() ? 0 : frame.next + 1;
    if (row.name == name) frame.field = &row;
  }
  if (!frame.field) unknown_ = excerpt(name);
  return true;
}

bool Walker::start(Shape shape) {
  if (frames_.size() + skipped_ == static_cast<std::size_t>(depth_max))
    return stop("nested too deep");
  if (frames_.empty()) {
    if (shape != Shape::record) return stop("not an object");
    frames_.push_back(root_);
    return true;
  }
  const Type* type = skipped_ == 0 ? wanted() : nullptr;
  if (type && type->shape != shape) mismatch(*type, name_of(shape));
  if (!type || type->shape != shape) {
    ++skipped_;
    return true;
  }
  char* place = static_cast<char*>(make());
  if (shape == Shape::record) {
    frames_.push_back({.place = place, .rows = type->rows()});
  } else {
    frames_.push_back({.list = type, .place = place});
  }
  return true;
}

bool Walker::end() {
  if (skipped_ > 0) {
    --skipped_;
  } else {
    frames_.pop_back();
  }
  return true;
}

// ---- what becomes of it -------------------------------------------------------------------------

// The type that the value has to fit, null when it is of no use, which has been told then.
const Type* Walker::wanted() {
  Frame& frame = frames_.back();
  if (frame.list) {
    ++frame.count;
    return frame.list->element;
  }
  if (!frame.field) {
    problem("unknown member");
    return nullptr;
  }
  const Field* row = frame.field;
  while (row->alias) --row;
  const auto bit = std::uint64_t{1} << (row - frame.rows.data());
  if (frame.seen & bit) {
    problem("given twice, the first counts");
    return nullptr;
  }
  frame.seen |= bit;
  if (row != frame.field) problem("older name of " + std::string(row->name));
  return row->type->shape == Shape::any ? nullptr : row->type;
}

// The place of the value, once it is known to fit.  A list is filled in its slot.
void* Walker::make() {
  const Frame& frame = frames_.back();
  if (frame.list) return frame.list->make(frame.place);
  void* slot = frame.place + frame.field->offset;
  return frame.field->type->shape == Shape::list ? slot : frame.field->type->make(slot);
}

// From the digits to where they belong: on no way through a double.
template <class Number>
bool Walker::fill(std::string_view digits) {
  Number value{};
  const auto [stop, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc() || stop != digits.end()) return false;
  *static_cast<Number*>(make()) = value;
  return true;
}

bool Walker::fill_number(Shape shape, std::string_view digits) {
  // from_chars would take words such as inf.
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  if (digits.size() <= first || digits[first] < '0' || digits[first] > '9') return false;
  if (shape == Shape::integer) return fill<std::int64_t>(digits);
  if (shape == Shape::natural) return fill<std::uint64_t>(digits);
  return shape == Shape::number && fill<double>(digits);
}

void Walker::problem(std::string_view what) {
  std::string text(path_);
  for (const Frame& frame : frames_) {
    if (frame.list) {
      text += '[' + std::to_string(frame.count - 1) + ']';
    } else {
      text.append(1, '.').append(frame.field ? frame.field->name : unknown_);
    }
  }
  problems_.add(text.append(": ").append(what));
}

void Walker::mismatch(const Type& expected, std::string_view got) {
  problem(std::string("expected ").append(name_of(expected.shape)).append(", got ").append(got));
}

std::string at_byte(std::size_t byte, std::string_view complaint) {
  return "byte " + std::to_string(byte) + ": " + std::string(complaint);
}

}  // namespace

std::string read(std::string_view text, const Type& type, void* out, std::string_view path,
                 Problems& problems) {
  assert(type.shape == Shape::record);
  if (const std::size_t at = base::not_utf8_at(text); at != text.npos)
    return at_byte(at, "no UTF-8");
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseInsituFlag |
                             rapidjson::kParseNumbersAsStringsFlag;
  // In place, which spares a copy of each string.  Not by 16 bytes at a time, RAPIDJSON_SSE2: that
  // way version 1.1.0 lets the bytes 1A to 1F pass in a string.
  std::string scratch(text);
  rapidjson::InsituStringStream stream(scratch.data());
  rapidjson::Reader reader;
  Walker walker(type, out, path, problems);
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, walker);
  if (!walker.complaint().empty()) return at_byte(result.Offset(), walker.complaint());
  if (result.IsError()) return at_byte(result.Offset(), rapidjson::GetParseError_En(result.Code()));
  // The stream ends with a NUL, so one in the text looks like the end.
  if (stream.Tell() != text.size()) return at_byte(stream.Tell(), "NUL after the object");
  return {};
}

std::string unquote(std::string_view string) {
  struct Text : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Text> {
    bool String(const char* text, SizeType length, bool) {
      value.assign(text, length);
      return true;
    }
    std::string value;
  };
  Text text;
  rapidjson::MemoryStream stream(string.data(), string.size());
  [[maybe_unused]] const bool good = !rapidjson::Reader().Parse(stream, text).IsError();
  assert(good);
  return std::move(text.value);
}

}  // namespace json
