// README in every language says the same: same commands, tables, keys and links.
#include "manual/page.h"
#include "manual/shape.h"

namespace {

using shape::differences;
using shape::shape_of;

constexpr const char* original =
    "# One\n\nRun `verb` with `key = 1`, within 30 seconds; see [more](more.md).\n\n"
    "```sh\nverb --option\n```\n\n## Two\n\n| class | reaction |\n| --- | --- |\n| a | wait |\n"
    "| b | go on |\n\n```\nline\n\nline\n```\n";

// The same with one piece of it replaced.
std::string changed(const std::string& piece, const std::string& other) {
  std::string text = original;
  const std::size_t at = text.find(piece);
  REQUIRE(at != text.npos);
  return text.replace(at, piece.size(), other);
}

std::vector<std::string> against(const std::string& text) {
  return differences(shape_of(original), shape_of(text));
}

std::string file(const std::string& name) {
  std::ifstream in(SOURCE "/" + name);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("other words in the same shape are no difference") {
  CHECK(against(original).empty());
  CHECK(against(changed("# One", "# 一")).empty());
  CHECK(against(changed("Run `verb` with `key = 1`", "用 `key = 1` 执行 `verb`")).empty());
  CHECK(against(changed("| class | reaction |", "| 类别 | 处理 |")).empty());
  CHECK(against(changed("| a | wait |", "| a | 等待 2 秒 |")).empty());
  CHECK(against(changed("see [more](more.md)", "[详见](more.md)，[English](README.md)")).empty());
}

TEST_CASE("a heading that is lost, added or of another level is told") {
  CHECK(against(changed("## Two\n", "")).size() == 1);
  CHECK(against(changed("## Two\n", "## Two\n\n## Three\n")).size() == 1);
  CHECK(against(changed("## Two", "### Two")).size() == 1);
}

TEST_CASE("a code block that is not the same byte for byte is told") {
  CHECK(against(changed("verb --option", "verb  --option")).size() == 1);
  CHECK(against(changed("```sh\n", "```\n")).size() == 1);
  CHECK(against(changed("```\nline\n\nline\n```\n", "")).size() == 1);
  CHECK(against(changed("line\n\nline", "line\nline")).size() == 1);
}

TEST_CASE("a row that is lost, moved or of another name is told") {
  CHECK(against(changed("| b | go on |\n", "")).size() == 1);
  CHECK(against(changed("| a | wait |\n| b |", "| b | wait |\n| a |")).size() == 1);
  CHECK(against(changed("| a |", "| aa |")).size() == 1);
}

TEST_CASE("a key, a link or a number that is lost or another is told") {
  CHECK(against(changed("`key = 1`", "key = 1")) ==
        std::vector<std::string>{"code that the second lacks: key = 1"});
  CHECK(against(changed("`verb`", "`verb` `other`")).size() == 1);
  CHECK(against(changed("more.md", "less.md")).size() == 2);
  CHECK(against(changed("30 seconds", "20 seconds")) ==
        std::vector<std::string>{"numbers that the second lacks: 30"});
}

TEST_CASE("README says the same in both languages", "[languages]") {
  const std::string english = file("README.md"), chinese = file("README.zh-CN.md");
  for (const std::string& difference : differences(shape_of(english), shape_of(chinese)))
    FAIL_CHECK(difference);
  CHECK_THAT(english, Catch::Contains("(README.zh-CN.md)"));
  CHECK_THAT(chinese, Catch::Contains("(README.md)"));
}
