#include "import/splitter.h"

#include "import/letters.h"

#include <algorithm>
#include <cassert>

namespace import {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t start_bytes = 4;  // what tells how a text is encoded

bool is_utf16(std::string_view start) {
  if (start.starts_with("\xFF\xFE") || start.starts_with("\xFE\xFF")) return true;
  if (start.size() < 2) return false;
  return (is_open(start[0]) && start[1] == '\0') || (start[0] == '\0' && is_open(start[1])) ||
         start == std::string_view("\0\0\xFE\xFF", start_bytes);
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::none:
      break;
    case Fault::stray:
      return "no JSON object begins here";
    case Fault::unclosed:
      return "breaks off: its brackets are not closed";
    case Fault::too_long:
      return "is too long to be taken whole (64 MiB at most)";
    case Fault::list_unclosed:
      return "the list that begins here is not closed: is the end missing?";
    case Fault::utf16:
      return "is UTF-16 or UTF-32: convert it (iconv -f UTF-16 -t UTF-8)";
  }
  return "";
}

// ---- what goes in and out -----------------------------------------------------------------------

void Splitter::feed(std::string_view chunk) {
  assert(!ended_ && found_.empty() && !elements_);
  const bool kept = !passing_ && (state_ == State::value || state_ == State::stray);
  const std::uint64_t from = state_ == State::start ? 0 : kept ? begin_.byte : here_.byte;
  buffer_.erase(0, from - buffer_byte_);
  buffer_byte_ = from;
  buffer_ += chunk;
}

void Splitter::end() { ended_ = true; }

std::optional<Piece> Splitter::next() {
  for (;;) {
    if (std::optional<Piece> piece = take_found()) return piece;
    if (finished_) return std::nullopt;
    const bool unread = here_.byte < fed();
    if (unread || (ended_ && state_ == State::start)) {
      scan();
      if (state_ == State::start) return std::nullopt;
    } else if (ended_) {
      finish();
    } else {
      return std::nullopt;
    }
  }
}

std::optional<Piece> Splitter::take_found() {
  for (;;) {
    if (elements_) {
      if (std::optional<Piece> element = elements_->next()) return element;
      elements_.reset();
    }
    if (found_.empty()) return std::nullopt;
    const Found found = found_.front();
    found_.pop_front();
    const bool without_text = found.end == found.begin.byte;
    const std::string_view piece =
        without_text ? std::string_view() : text(found.begin.byte, found.end);
    if (!found.list) return Piece{found.begin.byte, found.begin.line, piece, found.fault};
    elements_.emplace(piece, found.begin);
  }
}

void Splitter::push(const Place& begin, std::uint64_t end, Fault fault) {
  found_.push_back({begin, end, fault, false});
  if (fault != Fault::none) told_of_break_ = true;
}

// Without what separates values.  `told`: that something is broken here is known, so brackets that
// have lost their partners are not worth a piece.
void Splitter::push_trimmed(Place begin, std::uint64_t end, Fault fault, bool told) {
  std::string_view piece = text(begin.byte, end);
  while (!piece.empty() && separates(piece.back())) piece.remove_suffix(1);
  std::size_t blanks = 0;
  while (blanks < piece.size() && separates(piece[blanks])) ++blanks;
  begin.byte += blanks;
  begin.line += lines_in(piece.substr(0, blanks));
  piece.remove_prefix(blanks);
  const auto is_end = [](char c) { return separates(c) || c == '}' || c == ']'; };
  if (piece.empty() || (told && std::all_of(piece.begin(), piece.end(), is_end))) return;
  push(begin, begin.byte + piece.size(), fault);
}

void Splitter::push_mark(const Mark& mark) {
  found_.push_back({mark.begin, mark.end.byte, Fault::none, at(mark.begin.byte) == '['});
}

// ---- the scan -----------------------------------------------------------------------------------

void Splitter::scan() {
  switch (state_) {
    case State::start:
      return scan_start();
    case State::between:
      return scan_between();
    case State::value:
      return scan_value();
    case State::stray:
      return scan_stray();
    case State::refused:
      here_.byte = fed();
  }
}

void Splitter::scan_start() {
  if (buffer_.size() < start_bytes && !ended_) return;
  state_ = State::between;
  const std::string_view start = std::string_view(buffer_).substr(0, start_bytes);
  if (start.starts_with(byte_order_mark)) here_.byte = byte_order_mark.size();
  if (!is_utf16(start)) return;
  state_ = State::refused;
  push(here_, here_.byte, Fault::utf16);
}

// Passes the byte that stands here.
void Splitter::step() {
  const char c = at(here_.byte++);
  if (c == '\n') {
    ++here_.line;
    indent_ = 0;
    line_is_blank_ = true;
  } else if (line_is_blank_) {
    line_is_blank_ = is_blank(c);
    indent_ += line_is_blank_;
  }
}

void Splitter::begin(State state) {
  state_ = state;
  begin_ = here_;
  begin_indent_ = indent_;
  passing_ = false;
}

void Splitter::scan_between() {
  for (; here_.byte < fed(); step()) {
    const char c = at(here_.byte);
    if (separates(c)) continue;
    if (c == '[') {
      if (lists_++ == 0) list_ = here_;
    } else if (c == ']' && lists_ > 0) {
      --lists_;
    } else {
      begin(c == '{' ? State::value : State::stray);
      depth_ = 0;
      sound_ = true;
      in_string_ = escaped_ = in_word_ = false;
      grammar_.clear();
      marks_.clear();
      open_marks_.clear();
      return;
    }
  }
}

void Splitter::scan_stray() {
  const std::uint64_t kept_end = begin_.byte + limits_.stray_bytes_max;
  for (; here_.byte < fed(); step()) {
    const char c = at(here_.byte);
    const bool ends = c == '{' || (c == '[' && line_is_blank_) || (c == ']' && lists_ > 0);
    if (!ends && (passing_ || here_.byte < kept_end)) continue;
    if (!passing_) push_trimmed(begin_, here_.byte, Fault::stray, told_of_break_);
    passing_ = true;
    if (ends) state_ = State::between;
    return;
  }
}

void Splitter::scan_value() {
  const std::uint64_t limit =
      passing_ ? fed() : std::min(fed(), begin_.byte + limits_.value_bytes_max);
  while (state_ == State::value && here_.byte < limit) {
    if (in_string_) {
      scan_string(limit);
      continue;
    }
    const char c = at(here_.byte);
    if (in_word_ && ends_word(c)) in_word_ = false;
    if (in_word_ || is_blank(c) || c == '\n') {
      step();
      continue;
    }
    take(c, line_is_blank_);
  }
  if (state_ == State::value && !passing_ && here_.byte == begin_.byte + limits_.value_bytes_max)
    overrun();
}

// To behind the closing quote, or to the end of the line.
void Splitter::scan_string(std::uint64_t limit) {
  for (; here_.byte < limit; ++here_.byte) {
    const char c = at(here_.byte);
    if (c == '\n') {
      in_string_ = escaped_ = sound_ = false;
      return;
    }
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
      ++here_.byte;
      return;
    }
  }
}

// What is neither blank nor inside a string or a word.
void Splitter::take(char c, bool begins_line) {
  if (is_open(c)) return open(c, begins_line);
  if (c == '}' || c == ']') return close(c);
  if (c == '"') {
    sound_ = sound_ && grammar_.string();
    in_string_ = true;
  } else if (c == ':') {
    sound_ = sound_ && grammar_.colon();
  } else if (c == ',') {
    sound_ = sound_ && grammar_.comma();
  } else {
    sound_ = sound_ && grammar_.word();
    in_word_ = true;
  }
  step();
}

void Splitter::open(char bracket, bool begins_line) {
  sound_ = sound_ && grammar_.open(bracket);
  if (begins_line && depth_ > 0 && indent_ <= begin_indent_) {
    if (!sound_) return give_up(Fault::unclosed);
    if (marks_.size() == limits_.marks_max) return give_up(Fault::too_long);
    mark();
  }
  ++depth_;
  step();
}

void Splitter::close(char bracket) {
  sound_ = sound_ && grammar_.close(bracket);
  --depth_;
  step();
  if (depth_ == 0) return ended();
  close_mark();
}

void Splitter::mark() {
  open_marks_.push_back(marks_.size());
  marks_.push_back({here_, {}, depth_});
}

// What is marked inside of it comes along with it.
void Splitter::close_mark() {
  if (open_marks_.empty() || marks_[open_marks_.back()].depth != depth_) return;
  marks_.resize(open_marks_.back() + 1);
  open_marks_.pop_back();
  marks_.back().end = here_;
  marks_.back().closed = true;
}

void Splitter::ended() {
  if (!passing_) push(begin_, here_.byte, Fault::none);
  state_ = State::between;
}

void Splitter::overrun() {
  give_up(Fault::too_long);
  state_ = State::value;
  passing_ = true;
  sound_ = false;
}

// The value has no end before here: it is cut at its marks.
void Splitter::give_up(Fault fault) {
  state_ = State::between;
  if (passing_) return;
  Place from = begin_;
  for (const Mark& mark : marks_) {
    push_trimmed(from, mark.begin.byte, fault, from.byte != begin_.byte);
    if (mark.closed) push_mark(mark);
    from = mark.closed ? mark.end : mark.begin;
  }
  push_trimmed(from, here_.byte, fault, from.byte != begin_.byte);
}

void Splitter::finish() {
  finished_ = true;
  if (state_ == State::value) give_up(Fault::unclosed);
  if (state_ == State::stray && !passing_)
    push_trimmed(begin_, here_.byte, Fault::stray, told_of_break_);
  if (lists_ > 0) push(list_, list_.byte, Fault::list_unclosed);
}

}  // namespace import
