#include "json/slice.h"

#include <array>

namespace json {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The bytes that a walk along the outline stops at.
constexpr std::array<bool, 256> make_outline() {
  std::array<bool, 256> marks{};
  for (char c : {'"', '{', '}', '[', ']', ','}) marks[static_cast<unsigned char>(c)] = true;
  return marks;
}
constexpr std::array<bool, 256> outline = make_outline();

}  // namespace

void Cursor::skip_space() noexcept {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

char Cursor::peek() noexcept {
  skip_space();
  return failed_ || at_ == text_.size() ? '\0' : text_[at_];
}

bool Cursor::take(char expected) noexcept {
  skip_space();
  if (failed_ || at_ == text_.size() || text_[at_] != expected) {
    failed_ = true;
    return false;
  }
  ++at_;
  return true;
}

bool Cursor::enter_object() noexcept { return first_ = take('{'); }

bool Cursor::enter_array() noexcept { return first_ = take('['); }

bool Cursor::member(std::string_view& name) noexcept {
  if (peek() == '}') {
    ++at_;
    return first_ = false;
  }
  if (!first_ && !take(',')) return false;
  first_ = false;
  if (peek() != '"') return !(failed_ = true);
  const std::size_t opening = at_;
  at_ = string_end(opening);
  if (failed_) return false;
  name = text_.substr(opening + 1, at_ - opening - 2);
  return take(':');
}

bool Cursor::element() noexcept {
  if (peek() == ']') {
    ++at_;
    return first_ = false;
  }
  if (!first_ && !take(',')) return false;
  first_ = false;
  return peek() != '\0' || !(failed_ = true);
}

std::string_view Cursor::value() noexcept {
  skip_space();
  if (failed_) return {};
  const std::size_t begin = at_;
  const std::size_t size = text_.size();
  const char* const data = text_.data();
  std::size_t at = begin;
  for (std::size_t depth = 0;;) {
    while (at < size && !outline[static_cast<unsigned char>(data[at])]) ++at;
    if (at == size) {
      failed_ = failed_ || depth > 0;
      break;
    }
    const char c = data[at];
    if (c == '"') {
      at = string_end(at);
      continue;
    }
    if (c == ',' || c == '}' || c == ']') {
      if (depth == 0) break;
      if (c != ',') --depth;
    } else {
      ++depth;
    }
    ++at;
  }
  at_ = at;
  if (failed_) return {};
  while (at > begin && is_space(data[at - 1])) --at;
  return text_.substr(begin, at - begin);
}

bool Cursor::at_end() noexcept {
  skip_space();
  return !failed_ && at_ == text_.size();
}

// The place after the closing quote; at the end of the text, and failed, when there is none.
std::size_t Cursor::string_end(std::size_t opening_quote) noexcept {
  std::size_t from = opening_quote + 1;
  for (std::size_t quote; (quote = text_.find('"', from)) != text_.npos; from = quote + 1) {
    std::size_t backslashes = quote;
    while (backslashes > from && text_[backslashes - 1] == '\\') --backslashes;
    if ((quote - backslashes) % 2 == 0) return quote + 1;
  }
  failed_ = true;
  return text_.size();
}

}  // namespace json
