// The cursor beside a full parser: where that one finds valid JSON, both see the same outline.
#include "json/slice.h"

#include "fuzz/laws.h"
#include "fuzz/targets.h"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>

namespace fuzz {
namespace {

// One letter for each thing: brackets, m for a member's name, v for any other value.
struct Outline : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Outline> {
  bool Default() { return add('v'); }                                    // NOLINT
  bool Key(const char*, rapidjson::SizeType, bool) { return add('m'); }  // NOLINT
  bool StartObject() { return add('{'); }                                // NOLINT
  bool EndObject(rapidjson::SizeType) { return add('}'); }               // NOLINT
  bool StartArray() { return add('['); }                                 // NOLINT
  bool EndArray(rapidjson::SizeType) { return add(']'); }                // NOLINT
  bool add(char letter) {
    letters += letter;
    return true;
  }
  std::string letters;
};

// Empty when the text is no valid JSON.
std::string parsed(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Outline outline;
  const bool valid = !reader.Parse<rapidjson::kParseIterativeFlag>(stream, outline).IsError();
  return valid && stream.Tell() == text.size() ? outline.letters : "";
}

class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text), cursor_(text) {}

  // Empty when the cursor failed.
  std::string letters() {
    do {
      require(++steps_ <= 2 * text_.size() + 2, "a walk ends");
      take();
      while (!open_.empty() && !go_on()) close();
    } while (!open_.empty() && !cursor_.failed());
    const bool complete = cursor_.at_end();
    require(!complete || !cursor_.failed(), "what failed is not at its end");
    if (cursor_.failed()) check_failed();
    return complete ? letters_ : "";
  }

 private:
  void take() {
    const char first = cursor_.peek();
    if (first == '{' || first == '[') {
      require(first == '{' ? cursor_.enter_object() : cursor_.enter_array(), "a bracket opens");
      open_ += first;
      letters_ += first;
    } else {
      require(inside(cursor_.value(), text_), "a slice lies in the text");
      letters_ += 'v';
    }
  }

  bool go_on() {
    std::string_view name;
    if (open_.back() == '[') return cursor_.element();
    if (!cursor_.member(name)) return false;
    require(inside(name, text_), "a name lies in the text");
    letters_ += 'm';
    return true;
  }

  void close() {
    letters_ += open_.back() == '{' ? '}' : ']';
    open_.pop_back();
    if (cursor_.failed()) open_.clear();
  }

  void check_failed() {
    std::string_view name;
    require(cursor_.peek() == '\0' && cursor_.value().empty() && !cursor_.enter_object() &&
                !cursor_.enter_array() && !cursor_.member(name) && !cursor_.element(),
            "after a failure every answer is empty");
    require(cursor_.failed(), "a failure stays");
  }

  std::string_view text_;
  json::Cursor cursor_;
  std::size_t steps_ = 0;
  std::string open_, letters_;
};

}  // namespace

void slice(std::string_view input) {
  const std::string walked = Walk(input).letters();
  const std::string expected = parsed(input);
  require(expected.empty() || walked == expected, "both see the same outline");
}

}  // namespace fuzz
