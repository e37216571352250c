// Splitter: cuts a text that is too long for memory into the JSON values it holds, wherever and
// however they stand: one a line, printed over many lines, behind one another without a gap,
// elements of a list, lists of lists.  Lists at the top, commas and white space are taken as what
// separates values, so elements come one by one; what begins with { is a value.
//
// A value ends where its brackets balance, strings skipped.  All text that is valid JSON so comes
// out value by value, whatever its layout.  What is broken must not take along what stands behind
// it:
//
//  1. Beside the brackets the order of names, colons, commas and values is checked (grammar.h), and
//     a string ends with its line at the latest.  Where a value departs from that it is broken. It
//     still ends where its brackets balance, and comes whole: its reader may find more in it.
//  2. A broken value ends also before a line that begins with a bracket and is not indented deeper
//     than the line on which the value began: there a value of its own begins.
//  3. A value whose end is lost may have swallowed others without being broken by that: behind
//     "a": or within a list they are in order.  So each bracket inside that begins a line as in 2
//     is marked, with its end when that has come.  When the value turns out to have no end (2, the
//     end of the text, beyond value_bytes_max), it is cut at its marks: those that are closed come
//     as values, the pieces between them as Fault::unclosed.
//  4. A value longer than value_bytes_max comes as far as that, as Fault::too_long, is cut at its
//     marks too, and is passed over to its end, or to a line as in 2.
//
// So a broken line among lines costs itself, a reply that breaks off costs itself; what stands on
// the same line behind a value that has no end is lost with it.
//
// Bound: the scan never goes back.  Each byte is scanned once, is inside one piece at most, and is
// looked at twice more where a value is cut (blanks are trimmed, a list is split into its
// elements). Memory: value_bytes_max, one chunk, marks_max marks and a bit for each open bracket.
// How the text is cut into chunks makes no difference.
#pragma once

#include "import/elements.h"
#include "import/grammar.h"
#include "import/piece.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace import {

class Splitter {
 public:
  struct Limits {
    std::size_t value_bytes_max = std::size_t{64} << 20;
    std::size_t stray_bytes_max = std::size_t{64} << 10;  // what is longer comes as far as that
    std::size_t marks_max = std::size_t{1} << 16;         // beyond it a value counts as too long
  };

  Splitter() : Splitter(Limits()) {}
  explicit Splitter(const Limits& limits) : limits_(limits) {}

  // The next chunk of the text.  To be called when next() has nothing more, and not after end().
  void feed(std::string_view chunk);

  // There is no more text; next() may have some pieces yet.
  void end();

  // The next piece, empty when more text is needed, or when all has been given.
  std::optional<Piece> next();

 private:
  enum class State { start, between, value, stray, refused };

  struct Mark {
    Place begin, end;
    std::uint64_t depth = 0;
    bool closed = false;
  };
  struct Found {
    Place begin;
    std::uint64_t end;
    Fault fault;
    bool list = false;  // to be given element by element
  };

  void scan();
  void scan_start();
  void scan_between();
  void scan_value();
  void scan_string(std::uint64_t limit);
  void scan_stray();
  void finish();

  void step();
  void begin(State state);
  void take(char c, bool begins_line);
  void open(char bracket, bool begins_line);
  void close(char bracket);
  void mark();
  void close_mark();
  void ended();
  void overrun();
  void give_up(Fault fault);
  void push(const Place& begin, std::uint64_t end, Fault fault);
  void push_trimmed(Place begin, std::uint64_t end, Fault fault, bool told);
  void push_mark(const Mark& mark);
  std::optional<Piece> take_found();

  [[nodiscard]] std::uint64_t fed() const { return buffer_byte_ + buffer_.size(); }
  [[nodiscard]] char at(std::uint64_t byte) const { return buffer_[byte - buffer_byte_]; }
  [[nodiscard]] std::string_view text(std::uint64_t begin, std::uint64_t end) const {
    return std::string_view(buffer_).substr(begin - buffer_byte_, end - begin);
  }

  Limits limits_;
  std::string buffer_;  // from what is kept of the text on
  std::uint64_t buffer_byte_ = 0;
  std::deque<Found> found_;           // not handed out yet
  std::optional<Elements> elements_;  // before all of them

  State state_ = State::start;
  bool ended_ = false, finished_ = false;
  Place here_;                  // what is scanned next
  std::uint64_t indent_ = 0;    // blanks before the first other byte of this line
  bool line_is_blank_ = true;   // so far
  std::uint64_t lists_ = 0;     // at the top, open
  Place list_;                  // the outermost of them
  bool told_of_break_ = false;  // brackets that have lost their partner are no news then

  // Of the value, or of what is stray.
  Place begin_;
  bool passing_ = false;  // it is given already, only its end is looked for
  std::uint64_t begin_indent_ = 0;
  std::uint64_t depth_ = 0;
  bool sound_ = true;  // not broken so far
  bool in_string_ = false, escaped_ = false, in_word_ = false;
  Grammar grammar_;  // as long as it is sound
  std::vector<Mark> marks_;
  std::vector<std::size_t> open_marks_;  // their places in marks_
};

}  // namespace import
