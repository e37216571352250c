#include "vodsim/fault.h"

#include <algorithm>
#include <charconv>

namespace vodsim {
namespace {

using Kind = Fault::Kind;

struct Row {
  std::string_view name;
  Kind kind;
  std::string_view meaning;
};

constexpr Row rows[] = {
    {"none", Kind::none, "nothing is wrong with so many requests"},
    {"silent", Kind::silent, "nothing is done and nothing sent, ever"},
    {"reset-before", Kind::reset_before, "nothing is done, the connection is reset (RST)"},
    {"huge", Kind::huge, "100 MB of text, without a length told before"},
    {"bomb", Kind::bomb, "0.6 MB of gzip that unpack to 100 MB"},
    {"nested", Kind::nested, "JSON of the API's form, with lists nested 100,000 deep"},
    {"html", Kind::html, "a web page with status 200, as a captive portal sends it"},
    {"NNN", Kind::status, "this HTTP status, 300 to 599, with the lines of --fault-header"},
    {"reset-within", Kind::reset_within, "done; half of the reply, then a reset"},
    {"reset-after", Kind::reset_after, "done; the whole reply, then a reset"},
    {"close-after", Kind::close_after, "done; the whole reply, then the end of the connection"},
    {"half-open", Kind::half_open, "done; the whole reply, then nothing on this connection"},
    {"drip", Kind::drip, "done; the reply's body comes at a byte per second"},
    {"stall", Kind::stall, "done; half of the reply, then nothing"},
    {"too-short", Kind::too_short, "done; the connection ends 100 bytes before the told length"},
    {"truncated", Kind::truncated, "done; half of the body, as if that were all"},
};

bool parse_number(std::string_view text, auto& number) {
  const char* end = text.data() + text.size();
  return std::from_chars(text.data(), end, number) == std::from_chars_result{end, {}};
}

bool parse_kind(std::string_view text, Fault& fault) {
  const auto* row =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.name == text; });
  if (row != std::end(rows) && row->kind != Kind::status) {
    fault.kind = row->kind;
    return true;
  }
  fault.kind = Kind::status;
  return parse_number(text, fault.status) && fault.status >= 300 && fault.status <= 599;
}

// Deflate by hand, since nothing else here needs a library for it: bits come lowest first.
class Bits {
 public:
  explicit Bits(std::string& out) : out_(out) {}
  // Huffman codes are written from their highest bit on.
  void code(unsigned value, int length) {
    while (length-- > 0) bit((value >> length) & 1U);
  }
  void bit(unsigned value) {
    byte_ |= value << used_;
    if (++used_ < 8) return;
    out_ += static_cast<char>(byte_);
    byte_ = 0;
    used_ = 0;
  }

 private:
  std::string& out_;
  unsigned byte_ = 0;
  int used_ = 0;
};

// One block with the fixed codes of RFC 1951: a zero byte, then again and again "repeat the last
// byte 258 times", 13 bits each.
std::string gzip_bomb() {
  std::string out{"\x1f\x8b\x08\0\0\0\0\0\0\xff", 10};
  Bits bits(out);
  bits.bit(1);  // the last block
  bits.bit(1);  // with fixed codes, a two-bit number
  bits.bit(0);
  bits.code(0b00110000, 8);  // literal 0
  for (std::size_t unpacked = 1; unpacked < huge_bytes; unpacked += 258) {
    bits.code(0b11000101, 8);  // length 258
    bits.code(0, 5);           // distance 1
  }
  return out;  // no client should get as far as the end that is missing
}

std::string nested() {
  constexpr std::size_t depth = 100'000;
  return "{\"Response\":{\"Error\":{\"Code\":" + std::string(depth, '[') + std::string(depth, ']') +
         "},\"RequestId\":\"nested\"}}";
}

constexpr char page[] =
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    "<body><h1>Welcome</h1><p>Please accept the terms to go online.</p></body></html>\n";

}  // namespace

std::optional<Fault> parse_fault(std::string_view text) {
  Fault fault;
  const std::size_t at = std::min(text.find('@'), text.size());
  if (at < text.size()) {
    fault.action = text.substr(at + 1);
    if (fault.action.empty()) return {};
  }
  text = text.substr(0, at);
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (colon < text.size() && (!parse_number(text.substr(colon + 1), fault.count) || !fault.count))
    return {};
  if (!parse_kind(text.substr(0, colon), fault)) return {};
  return fault;
}

std::string describe_faults() {
  std::string text;
  for (const Row& row : rows) {
    std::string line = "    " + std::string(row.name);
    line.resize(18, ' ');
    text += line + std::string(row.meaning) + '\n';
  }
  return text;
}

std::optional<Reply> stand_in(const Fault& fault) {
  switch (fault.kind) {
    case Kind::bomb:
      return Reply{gzip_bomb()};
    case Kind::nested:
      return Reply{nested()};
    case Kind::html:
      return Reply{page, "text/html; charset=utf-8"};
    case Kind::status:
      return Reply{page, "text/html", fault.status};
    case Kind::huge:  // its body is made as it is sent
      return Reply{};
    default:
      return {};
  }
}

std::optional<Fault> Faults::next(std::string_view action) {
  const auto due = std::find_if(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    return fault.action.empty() || fault.action == action;
  });
  if (due == faults_.end()) return {};
  const Fault fault = *due;
  if (--due->count == 0) faults_.erase(due);
  if (fault.kind == Kind::none) return {};
  return fault;
}

}  // namespace vodsim
