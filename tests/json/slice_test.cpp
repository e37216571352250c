#include "json/slice.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using json::Cursor;
using Slices = std::vector<std::string_view>;

Slices elements(std::string_view text) {
  Cursor cursor(text);
  Slices slices;
  cursor.enter_array();
  while (cursor.element()) slices.push_back(cursor.value());
  if (cursor.failed() || !cursor.at_end()) slices.push_back("FAILED");
  return slices;
}

Slices members(std::string_view text) {
  Cursor cursor(text);
  Slices slices;
  cursor.enter_object();
  for (std::string_view name; cursor.member(name);) {
    slices.push_back(name);
    slices.push_back(cursor.value());
  }
  if (cursor.failed() || !cursor.at_end()) slices.push_back("FAILED");
  return slices;
}

}  // namespace

TEST_CASE("a cursor cuts out elements without the white space around them") {
  CHECK(elements("[]").empty());
  CHECK(elements(" [ \n] \t").empty());
  CHECK(elements(R"([1, "a,]\"}" ,{"x":[1,{}]} , [ ] ,null])") ==
        Slices{"1", R"("a,]\"}")", R"({"x":[1,{}]})", "[ ]", "null"});
}

TEST_CASE("a cursor gives members with their raw names") {
  CHECK(members("{}").empty());
  CHECK(members(R"( { "a" : 1 , "b\"" : {"c":[]} , "":"\\" } )") ==
        Slices{"a", "1", R"(b\")", R"({"c":[]})", "", R"("\\")"});
}

TEST_CASE("a cursor enters what it stands at and goes on behind it") {
  Cursor cursor(R"({"a":[1,[2]],"b":{"c":3},"d":4})");
  std::string_view name;
  REQUIRE(cursor.enter_object());
  REQUIRE(cursor.member(name));
  CHECK(cursor.peek() == '[');
  REQUIRE(cursor.enter_array());
  REQUIRE(cursor.element());
  CHECK(cursor.value() == "1");
  REQUIRE(cursor.element());
  CHECK(cursor.value() == "[2]");
  CHECK_FALSE(cursor.element());
  REQUIRE(cursor.member(name));
  CHECK(name == "b");
  REQUIRE(cursor.enter_object());
  REQUIRE(cursor.member(name));
  CHECK(cursor.value() == "3");
  CHECK_FALSE(cursor.member(name));
  REQUIRE(cursor.member(name));
  CHECK(name == "d");
  CHECK(cursor.value() == "4");
  CHECK_FALSE(cursor.member(name));
  CHECK(cursor.at_end());
  CHECK_FALSE(cursor.failed());
}

TEST_CASE("an element that is broken inside is cut out exactly, and so are its neighbours") {
  const std::string broken =
      GENERATE(R"({"a":NaN})", R"({"a":"\x"})", "{\"a\":\"\xff\"}", R"({"a" 1 2})",
               R"({"a":1e999})", R"({,,})", R"({"a":[}})", R"({"a":'x'})", "{\"a\":\"\t\n\"}",
               "{} x", "x{}", "NaN", "+1", R"({"a":"\ud800"})");
  CAPTURE(broken);
  CHECK(elements("[1," + broken + " ,2]") == Slices{"1", broken, "2"});
}

TEST_CASE("strings and brackets that do not balance fail the cursor") {
  const std::string text =
      GENERATE("", " ", "{", "[", "[1", "[1,", "[\"", "[\"a", "[\"\\\"", "[\"\\\\\\\"]", "[{]",
               "[[]", "[{\"a\":1]", "x", "\"a\"", "[1}", "[1]]", "[1] x");
  CAPTURE(text);
  const Slices slices = elements(text);
  REQUIRE_FALSE(slices.empty());
  CHECK(slices.back() == "FAILED");
}

TEST_CASE("members without name or colon fail the cursor") {
  const std::string text =
      GENERATE("", "{", "{a:1}", "{1:2}", "{\"a\"}", "{\"a\",}", "{\"a\":1", "{\"a\":1,}",
               "{\"a\":1,,\"b\":2}", "{\"a\":1]", "{\"a", "{\"a\\\":1}", "[]");
  CAPTURE(text);
  const Slices slices = members(text);
  REQUIRE_FALSE(slices.empty());
  CHECK(slices.back() == "FAILED");
}

TEST_CASE("a cursor that has failed gives empty answers for ever") {
  Cursor cursor(R"({"a":1})");
  CHECK_FALSE(cursor.enter_array());
  REQUIRE(cursor.failed());
  std::string_view name;
  CHECK_FALSE(cursor.enter_object());
  CHECK_FALSE(cursor.member(name));
  CHECK_FALSE(cursor.element());
  CHECK(cursor.value().empty());
  CHECK(cursor.peek() == '\0');
  CHECK_FALSE(cursor.at_end());
}

TEST_CASE("nesting costs a cursor no stack") {
  const std::string deep = std::string(3'000'000, '[') + std::string(3'000'000, ']');
  CHECK(elements("[" + deep + ",1]") == Slices{deep, "1"});
}
