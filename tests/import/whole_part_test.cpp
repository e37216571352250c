#include "import/whole_part.h"

#include <catch2/catch.hpp>

namespace {

std::string whole(std::string_view broken) {
  const auto part = import::whole_part(broken);
  if (!part) return "none";
  CHECK(part->text.substr(0, part->bytes) == broken.substr(0, part->bytes));
  return part->text.substr(0, part->bytes) + '|' + part->text.substr(part->bytes);
}

}  // namespace

TEST_CASE("what was closed before the break is whole") {
  CHECK(whole(R"({"a":[{"b":1},{"c":2},{"d)") == R"({"a":[{"b":1},{"c":2}|]})");
  CHECK(whole("{\"a\":[{},\n{\"b\":[1],\"c\":\"x\n}]}") == "{\"a\":[{},\n{\"b\":[1]|}]}");
  CHECK(whole(R"({"a":{"}":"\"]"}, "b" 1, "c":{}})") == R"({"a":{"}":"\"]"}|})");
  CHECK(whole(R"({"a":{}}})") == R"({"a":{}}|)");
  CHECK(whole(R"({"a":{"b":1]})") == "none");
  CHECK(whole(R"({"a":1)") == "none");
  CHECK(whole("") == "none");
}

TEST_CASE("depth costs no more than a look at each byte") {
  const std::size_t many = 300'000;
  const std::string deep = std::string(many, '[') + std::string(many - 1, ']');
  CHECK(import::whole_part(deep)->text == deep + ']');
}
