// Which pieces a text has.
#include "import/pieces.h"

#include <catch2/catch.hpp>

namespace {

using import::Fault;
using pieces::Piece;
using Pieces = std::vector<Piece>;
using Texts = std::vector<std::string>;

// Each piece begins where its text stands, and on that line.
void check_places(std::string_view text, const Pieces& all) {
  std::uint64_t end = 0;
  for (const Piece& piece : all) {
    CAPTURE(piece);
    if (piece.fault == Fault::list_unclosed) continue;
    CHECK(piece.byte >= end);
    REQUIRE(piece.byte <= text.size());
    CHECK(text.substr(piece.byte, piece.text.size()) == piece.text);
    CHECK(piece.line ==
          1 + static_cast<std::uint64_t>(std::ranges::count(text.substr(0, piece.byte), '\n')));
    end = piece.byte + piece.text.size();
  }
}

// fault, text of each piece
using Expected = std::vector<std::pair<Fault, std::string>>;

void check(std::string_view text, const Expected& expected) {
  CAPTURE(text);
  const Pieces all = pieces::of(text);
  Expected found;
  for (const Piece& piece : all) found.emplace_back(piece.fault, piece.text);
  CHECK(found == expected);
  check_places(text, all);
  CHECK(pieces::in_chunks(text, {1}) == all);
}

}  // namespace

TEST_CASE("values come out however they stand") {
  const Texts both = {R"({"a":[1,"}{"]})", R"({"b":{}})"};
  const std::string text = GENERATE_COPY(
      both[0] + both[1], both[0] + '\n' + both[1] + '\n', both[0] + "\r\n" + both[1] + "\r\n",
      "\n\n  " + both[0] + "\t" + both[1], '[' + both[0] + ',' + both[1] + ']',
      "[\n  " + both[0] + ",\n  " + both[1] + "\n]\n", '[' + both[0] + "]\n[" + both[1] + "]\n",
      "[[" + both[0] + "],[" + both[1] + "],[]]", both[0] + ",\n" + both[1] + ",\n",
      "\xEF\xBB\xBF" + both[0] + "\n\xEF\xBB\xBF" + both[1]);
  check(text, {{Fault::none, both[0]}, {Fault::none, both[1]}});
}

TEST_CASE("nothing gives nothing") {
  const std::string text = GENERATE("", " ", "\n", "\r\n\t", "[]", "[[],[\n]]", "\xEF\xBB\xBF");
  check(text, {});
}

TEST_CASE("a value that is printed over many lines is one, indented or not") {
  const std::string indented = "{\n  \"a\": [\n    {\n      \"b\": 1\n    },\n    2\n  ]\n}";
  const std::string flat = "{\n\"a\": [\n{\n\"b\": 1\n},\n[\n2\n]\n]\n}";
  const std::string odd = "{\"Response\":{\"EventSet\":[\n{\"x\":1},\n{\"y\":2}\n]}}";
  check(indented + '\n' + flat + '\n' + odd,
        {{Fault::none, indented}, {Fault::none, flat}, {Fault::none, odd}});
  check("[\n  " + indented + ",\n  " + odd + "\n]", {{Fault::none, indented}, {Fault::none, odd}});
}

TEST_CASE("strings hide brackets, quotes and all else") {
  const std::string value = R"({"{[\"}":"\\","x":"]}\\\"{"})";
  check(value + value, {{Fault::none, value}, {Fault::none, value}});
}

TEST_CASE("a value that is broken inside comes whole when its brackets balance") {
  using namespace std::string_literals;
  const Texts all = {R"({"a":NaN})"s,  R"({"a" 1})"s,       R"({,,})"s,    R"({"a":[1,2}})"s,
                     R"({"a":{}{}})"s, "{\"a\":\"\xff\"}"s, "{\"a\":\0}"s, R"({"a":'x'})"s,
                     R"({"a":1 2})"s,  "{\"a\":\"x\ny}"s};
  for (const std::string& broken : all)
    check("{}\n" + broken + "\n{\"b\":1}",
          {{Fault::none, "{}"}, {Fault::none, broken}, {Fault::none, R"({"b":1})"}});
}

TEST_CASE("a line that breaks off costs that line") {
  const std::string broken =
      GENERATE("{", R"({"a)", R"({"a")", R"({"a":)", R"({"a":")", R"({"a":"x\)", R"({"a":1)",
               R"({"a":1,)", R"({"a":[)", R"({"a":[1,)", R"({"a":{"b":[{"c":1},)",
               R"({"a":{"b":[{"c":1})", R"({"a":"b"}])");
  CAPTURE(broken);
  const Pieces all = pieces::of("{\"x\":1}\n" + broken + "\n{\"y\":2}\n{\"z\":3}\n");
  CHECK(pieces::values(all) ==
        (broken.ends_with(']') ? Texts{R"({"x":1})", R"({"a":"b"})", R"({"y":2})", R"({"z":3})"}
                               : Texts{R"({"x":1})", R"({"y":2})", R"({"z":3})"}));
  CHECK(all.size() == pieces::values(all).size() + 1);
}

TEST_CASE("a reply that never closes does not swallow what stands behind it") {
  const std::string reply = "{\n  \"Response\": {\n    \"EventSet\": [\n      {\n        \"E";
  const std::string next = "{\n  \"a\": {\n    \"b\": 1\n  }\n}";
  check(reply + '\n' + next + '\n' + next,
        {{Fault::unclosed, reply}, {Fault::none, next}, {Fault::none, next}});
  check("[\n" + reply + "\n" + next + ",\n" + next + "\n]\n",
        {{Fault::unclosed, reply}, {Fault::none, next}, {Fault::none, next}});
}

TEST_CASE("what was swallowed in good order is given back") {
  check("{\"a\":\n{\"x\":1}\n{\"y\":2}\n",
        {{Fault::unclosed, "{\"a\":"}, {Fault::none, R"({"x":1})"}, {Fault::none, R"({"y":2})"}});
  check("[\n{\"a\":[\n{\"x\":1},\n{\"y\":[\n{\"z\":1}\n]},\n[{\"v\":1},\n{\"w\":2}]\n]\n",
        {{Fault::unclosed, "{\"a\":["},
         {Fault::none, R"({"x":1})"},
         {Fault::none, "{\"y\":[\n{\"z\":1}\n]}"},
         {Fault::none, R"({"v":1})"},
         {Fault::none, R"({"w":2})"},
         {Fault::list_unclosed, ""}});
  check("{\"a\":\n{\"b\":\n{\"c\":1}\n{\"d\":2}", {{Fault::unclosed, "{\"a\":"},
                                                   {Fault::unclosed, "{\"b\":"},
                                                   {Fault::none, R"({"c":1})"},
                                                   {Fault::none, R"({"d":2})"}});
}

TEST_CASE("a text that breaks off is told") {
  check("{\"a\":1}\n{\"b\":", {{Fault::none, R"({"a":1})"}, {Fault::unclosed, "{\"b\":"}});
  check("[{\"a\":1},", {{Fault::none, R"({"a":1})"}, {Fault::list_unclosed, ""}});
  const Pieces all = pieces::of("\n [[{}],\n[");
  CHECK(all.back() == Piece{2, 2, "", Fault::list_unclosed});
}

TEST_CASE("what stands where a value should begin is one piece") {
  check("no, {\"a\":1} not { }", {{Fault::stray, "no"},
                                  {Fault::none, R"({"a":1})"},
                                  {Fault::stray, "not"},
                                  {Fault::none, "{ }"}});
  check("one\ntwo [3]\n[4, null, {}]",
        {{Fault::stray, "one\ntwo [3]"}, {Fault::stray, "4, null"}, {Fault::none, "{}"}});
  check("{\"a\":1}}\n{\"b\":2}",
        {{Fault::none, R"({"a":1})"}, {Fault::stray, "}"}, {Fault::none, R"({"b":2})"}});
  check(std::string("{}\n\0\0\0\n{}", 9),
        {{Fault::none, "{}"}, {Fault::stray, std::string(3, '\0')}, {Fault::none, "{}"}});
}

TEST_CASE("UTF-16 and UTF-32 are told and not read") {
  using namespace std::string_literals;
  const std::string text = GENERATE("\xFF\xFE{\0}\0"s, "\xFE\xFF\0{\0}"s, "{\0}\0"s, "\0{\0}"s,
                                    "\xFF\xFE\0\0{\0\0\0"s, "\0\0\xFE\xFF\0\0\0{"s);
  CHECK(pieces::of(text) == Pieces{{0, 1, "", Fault::utf16}});
  CHECK(pieces::in_chunks(text, {1}) == Pieces{{0, 1, "", Fault::utf16}});
}

TEST_CASE("a value that is too long comes as far as the limit, and is passed over") {
  const import::Splitter::Limits limits{
      .value_bytes_max = 20, .stray_bytes_max = 8, .marks_max = 4};
  const auto split = [&](const std::string& text) {
    const Pieces all = pieces::of(text, limits);
    CHECK(pieces::in_chunks(text, {1}, limits) == all);
    CHECK(pieces::in_chunks(text, {3, 1, 7}, limits) == all);
    check_places(text, all);
    return all;
  };
  const std::string just = R"({"a":"0123456789ab"})";
  REQUIRE(just.size() == 20);
  CHECK(pieces::values(split(just + just)) == Texts{just, just});
  const std::string longer = R"({"a":"0123456789abc"})";
  CHECK(split(longer + " {\"b\":1}") ==
        Pieces{{0, 1, longer.substr(0, 20), Fault::too_long}, {22, 1, R"({"b":1})", Fault::none}});
  const std::string lost = R"({"a":{"b":"0123456789abc)";
  CHECK(split(lost + "\n{\"b\":1}") ==
        Pieces{{0, 1, lost.substr(0, 20), Fault::too_long}, {25, 2, R"({"b":1})", Fault::none}});
  CHECK(split("0123456789\n{\"b\":1}") ==
        Pieces{{0, 1, "01234567", Fault::stray}, {11, 2, R"({"b":1})", Fault::none}});
  CHECK(split("{\"a\":[\n{\"b\":1},\n{\"c\":2},\n{\"d\":3}]}\n{}") ==
        Pieces{{0, 1, "{\"a\":[", Fault::too_long},
               {7, 2, R"({"b":1})", Fault::none},
               {16, 3, R"({"c")", Fault::too_long},
               {25, 4, R"({"d":3})", Fault::none},
               {35, 5, "{}", Fault::none}});
  const std::string marked = "{\"a\":[\n{},\n{},\n{},\n{},\n{}]}";
  CHECK(pieces::values(pieces::of(marked, {.marks_max = 4})) == Texts(5, "{}"));
  CHECK(pieces::values(pieces::of(marked, {.marks_max = 5})) == Texts{marked});
}

TEST_CASE("neither depth nor cuts cost more than a look at each byte") {
  const std::size_t many = 300'000;
  const std::string deep = "{\"a\":" + std::string(many, '[') + std::string(many, ']') + '}';
  CHECK(pieces::of(deep) == Pieces{{0, 1, deep, Fault::none}});
  std::string nested, listed;
  for (std::size_t i = 0; i < many; ++i) nested += "{\"a\":\n";
  for (std::size_t i = 0; i < many; ++i) listed += "{\"a\":[\n{},\n";
  const Pieces all = pieces::of(nested);
  CHECK(all.size() == many);
  CHECK(all.back() == Piece{(many - 1) * 6, many, "{\"a\":", Fault::unclosed});
  CHECK(pieces::values(pieces::of(listed)).size() == many);
  CHECK(pieces::of(std::string(many, '[')).size() == 1);
  CHECK(pieces::of(std::string(many, '{')).size() == 1);
}
