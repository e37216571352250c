#include "base/box.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "support/skip.h"
#include "support/temp_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <type_traits>

namespace {

constexpr base::Message stored{
    .level = base::Level::info, .text = "stored", .id = {}, .explanation = {}};

}  // namespace

TEST_CASE("a line is one line whatever is in it") {
  const base::Field fields[] = {
      {"n", 7}, {"text", "a b"}, {"evil", "x\n<0>forged \"q\"\\"}, {"empty", ""}};
  CHECK(base::line(stored, fields) == R"(stored n=7 text="a b" evil="x\x0a<0>forged \"q\"\\")");
}

TEST_CASE("times are written so that they sort as text") {
  using namespace std::chrono;
  CHECK(base::iso8601(base::Utc(milliseconds(0))) == "1970-01-01T00:00:00.000Z");
  CHECK(base::iso8601(base::Utc(milliseconds(1'772'323'199'007))) == "2026-02-28T23:59:59.007Z");
  CHECK(base::iso8601(base::Utc(seconds(4'102'444'800))) == "2100-01-01T00:00:00.000Z");
}

TEST_CASE("boot time goes forward and wall time is of this century") {
  base::SystemClock clock;
  const base::Instant first = clock.now();
  CHECK(clock.now() >= first);
  CHECK(base::iso8601(clock.utc()) > "2024");
}

TEST_CASE("a secret can be copied and moved, and leaves an empty one behind") {
  base::Secret one(std::string("short"));
  base::Secret copy = one;
  base::Secret moved = std::move(one);
  CHECK(copy.reveal() == "short");
  CHECK(moved.reveal() == "short");
  CHECK(one.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  copy = std::move(moved);
  CHECK(copy.reveal() == "short");
  static_assert(!std::is_convertible_v<base::Secret, std::string>);
}

TEST_CASE("a box owns its value and moves it") {
  base::Box<std::string> box;
  CHECK_FALSE(box);
  box.emplace() = "x";
  base::Box<std::string> other = std::move(box);
  CHECK(*other == "x");
}

TEST_CASE("bytes are written in lower-case hex") {
  const std::uint8_t bytes[] = {0x00, 0xAB, 0xff};
  CHECK(base::hex(bytes) == "00abff");
}

TEST_CASE("what would steer a terminal, and what is no UTF-8, is printed as escapes") {
  CHECK(base::printable("a b\xc3\xbc\xe4\xb8\xad") == "a b\xc3\xbc\xe4\xb8\xad");
  CHECK(base::printable("\x1b[31m\n\x7f") == "\\x1b[31m\\x0a\\x7f");
  CHECK(base::printable("\xc2\x9b"
                        "31m\xff\xc3") == "\\xc2\\x9b31m\\xff\\xc3");
  CHECK(base::printable(std::string_view("\0x", 2)) == "\\x00x");
}

namespace {

// How many texts that begin with `prefix` and have `more` bytes behind it are UTF-8.
std::size_t utf8_texts(std::string prefix, int more) {
  if (more == 0) return base::not_utf8_at(prefix) == prefix.npos ? 1 : 0;
  std::size_t count = 0;
  for (int byte = 0; byte < 256; ++byte)
    count += utf8_texts(prefix + static_cast<char>(byte), more - 1);
  return count;
}

}  // namespace

// Of one byte 128 characters, of two 1,920, of three 63,488 less the surrogates.
TEST_CASE("UTF-8 is what Unicode calls well-formed") {
  CHECK(utf8_texts("", 1) == 128);
  CHECK(utf8_texts("", 2) == 128 * 128 + 1'920);
  std::size_t three = 0, four = 0;
  for (int first = 0xe0; first < 0x100; ++first) {
    three += utf8_texts(std::string(1, static_cast<char>(first)), 2);
    for (const char* second : {"\x7f", "\x80", "\x8f", "\x90", "\xbf", "\xc0"})
      four += utf8_texts(static_cast<char>(first) + std::string(second) + "\x80", 1);
  }
  CHECK(three == 63'488 - 2'048);
  // F0 has two of those second bytes, F1 to F3 four, F4 two; each with 64 last bytes.  Behind a
  // character of three bytes 128 others stand: E0 has one such second byte, ED three, 14 others
  // four.
  CHECK(four == (2 + 3 * 4 + 2) * 64 + (1 + 3 + 14 * 4) * 128);
}

TEST_CASE("the first byte that is no UTF-8 is told, wherever it stands") {
  for (std::size_t at = 0; at < 40; ++at)
    for (const std::string bad : {"\xff", "\xc3", "\xe4\xb8", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
      const std::string before = std::string(at / 2, 'a') + (at % 2 ? "\xe4\xb8\xad" : "");
      CHECK(base::not_utf8_at(before + bad + "abcdefghij") == before.size());
      CHECK(base::not_utf8_at(before) == std::string::npos);
    }
}

TEST_CASE("a file made by root is given to the folder's owner, one that is there is not") {
  if (geteuid() != 0) return support::skip("needs root");
  constexpr uid_t other = 65534;
  const auto owner = [](const std::string& path) {
    struct stat status {};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_uid;
  };
  const support::TempFolder folder;
  const std::string theirs = folder / "theirs";
  const std::string mine = folder.write("mine", "");
  REQUIRE(mkdir(theirs.c_str(), 0755) == 0);
  REQUIRE(symlink(mine.c_str(), (theirs + "/link").c_str()) == 0);
  REQUIRE(chown(theirs.c_str(), other, other) == 0);
  close(base::open_private(theirs + "/new"));
  CHECK(owner(theirs + "/new") == other);
  close(base::open_private(theirs + "/link"));
  CHECK(owner(mine) == 0);
}
