// Cursor: walks the outline of a JSON text and cuts out slices, without judging what is inside
// them.
//
// It follows nothing but strings and brackets.  So one element of a reply that is broken inside
// (invalid UTF-8, a bad escape, NaN, a number out of range) is still cut out exactly, byte for
// byte, and its neighbours with it; each slice is then validated by itself.  Nesting is a counter,
// not a stack: each bracket has to be closed, by one of either kind.  When strings or brackets do
// not balance, failed() turns true and stays true, and every call gives its empty answer.
//
//   Cursor cursor(body);
//   cursor.enter_array();
//   while (cursor.element()) use(cursor.value());
//   if (cursor.failed() || !cursor.at_end()) give_up();
//
// Owns nothing: the text must outlive the slices.
#pragma once

#include <cstddef>
#include <string_view>

namespace json {

class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text) {}

  // First character of the value that comes next, past white space; '\0' at the end.
  char peek() noexcept;

  // Steps into the object or array that comes next; false (and failed) when there is none.
  bool enter_object() noexcept;
  bool enter_array() noexcept;

  // In an object: the next member's name, raw, without its quotes, and the cursor stands at the
  // member's value.  False at the closing bracket, which is passed.
  bool member(std::string_view& name) noexcept;

  // In an array: true when the cursor stands at a next element, false at the closing bracket, which
  // is passed.
  bool element() noexcept;

  // Cuts out the value that comes next, without the white space around it, and passes it.  It goes
  // to the next comma or closing bracket of its own level, so that rubbish behind a value is part
  // of it and not the end of the outline; where nothing stands it is empty.
  std::string_view value() noexcept;

  // Where it stands, and what it has passed since it stood there: for what is too large to be cut
  // out first and entered then.
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::string_view since(std::size_t position) const noexcept {
    return text_.substr(position, at_ - position);
  }

  // True when nothing but white space is left.
  bool at_end() noexcept;

  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  void skip_space() noexcept;
  bool take(char expected) noexcept;
  std::size_t string_end(std::size_t opening_quote) noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  bool first_ = true;  // no comma is due before the next member or element
  bool failed_ = false;
};

}  // namespace json
