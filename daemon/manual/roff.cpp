#include "daemon/manual/roff.h"

#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace manual {
namespace {

// The code point that begins at `at`; moves `at` to its last byte.
unsigned code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text.at(index)); };
  const unsigned first = byte(at);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  unsigned point = first & (0x3Fu >> more);
  for (int i = 0; i < more; ++i) point = point << 6 | (byte(++at) & 0x3Fu);
  return point;
}

std::string foreign(unsigned point) {
  if (point == 0x2026) return "...";  // is in no Latin font
  char text[16];
  std::snprintf(text, sizeof text, "\\[u%04X]", point);
  return text;
}

std::string escaped(unsigned point) {
  switch (point) {
    case '\\':
      return "\\e";
    case '~':
      return "\\(ti";
    case '^':
      return "\\(ha";
    case '`':
      return "\\(ga";
    case '\'':
      return "\\(aq";
    case '"':
      return "\\(dq";
    default:
      return point < 0x80 ? std::string(1, static_cast<char>(point)) : foreign(point);
  }
}

// A line that begins so would be a request to the formatter.
std::string guarded(const std::string& text) { return text.starts_with('.') ? "\\&" + text : text; }

}  // namespace

std::string prose(std::string_view text) {
  std::string out;
  bool typed = false;  // between two backquotes
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned point = code_point(text, at);
    if (point == '`')
      out += (typed = !typed) ? "\\fB" : "\\fR";
    else if (point != ' ' && point != '\n')
      out += escaped(point);
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (typed) throw std::invalid_argument("a backquote without a second one: " + std::string(text));
  if (out.ends_with(' ')) out.pop_back();
  return guarded(out);
}

std::string literal(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned point = code_point(text, at);
    out += point == '-' ? "\\-" : escaped(point);
  }
  return guarded(out);
}

std::string bold(std::string_view text) { return "\\fB\\%" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI\\%" + literal(text) + "\\fR"; }

std::string item(const std::string& tag, const std::string& body) {
  if (body.empty()) throw std::logic_error(tag + " says nothing");
  return ".TP\n" + tag + '\n' + body + '\n';
}

std::string capital(std::string_view sentence) {
  std::string text(sentence);
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  const bool ended = text.ends_with('.') || text.ends_with(':') || text.ends_with("…");
  if (!ended) text += '.';
  return text;
}

}  // namespace manual
