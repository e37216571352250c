// The program that makes the pages: what it refuses, and how it reads templates and scripts.
#include "daemon/manual/page.h"
#include "daemon/manual/roff.h"
#include "daemon/manual/sql_comments.h"
#include "manual/page.h"
#include "support/temp_folder.h"

namespace {

using Catch::Contains;

pages::Ended page_of(const std::string& text) {
  const support::TempFolder folder;
  const std::string path = folder / "some.1.in";
  std::ofstream(path) << text;
  return pages::run({BINARIES "/manual", "fill", path});
}

}  // namespace

TEST_CASE("a template is filled in place") {
  const pages::Ended page = page_of("one\nversion @version@, @version@.\n");
  CHECK(page.status == 0);
  CHECK(page.out == "one\nversion " VODEVENTD_VERSION ", " VODEVENTD_VERSION ".\n");
}

TEST_CASE("a place that no fact fills is an error with its line") {
  const pages::Ended unknown = page_of("one\ntwo @versoin@\n");
  CHECK(unknown.status == 1);
  CHECK(unknown.out.empty());
  CHECK_THAT(unknown.err, Contains("some.1.in:2: there is no fact @versoin@"));
  const pages::Ended open = page_of("one @version\n");
  CHECK(open.status == 1);
  CHECK_THAT(open.err, Contains("some.1.in:1: an @ without a second one"));
}

TEST_CASE("a template that is not there and a wrong usage are errors") {
  CHECK(pages::run({BINARIES "/manual", "fill", "/nonexistent.in"}).status == 1);
  CHECK(pages::run({BINARIES "/manual", "fill"}).status == 64);
  CHECK(pages::run({BINARIES "/manual", "other"}).status == 64);
  CHECK(pages::run({BINARIES "/manual"}).status == 64);
}

TEST_CASE("text is escaped where the formatter would take it for its own") {
  CHECK(manual::prose(".SH  'a'\n`b-c`  \\ d") == "\\&.SH \\(aqa\\(aq \\fBb-c\\fR \\e d");
  CHECK(manual::prose("a … é") == "a ... \\[u00E9]");
  CHECK(manual::literal("--a  ~^") == "\\-\\-a  \\(ti\\(ha");
  CHECK_THROWS(manual::prose("a ` b"));
  CHECK_THROWS(manual::item("tag", ""));
  CHECK(manual::capital("done") == "Done.");
  CHECK(manual::capital("as follows:") == "As follows:");
}

TEST_CASE("comments belong to what they stand above and behind") {
  const auto found = manual::comments_in(
      "-- Of the file.\n\n"
      "-- Of one,\n-- in two lines.\nCREATE TABLE one (\n  a TEXT,  -- first\n"
      "  b TEXT,\n           -- second\n  c TEXT\n) STRICT;\n\n"
      "-- Of an index.\nCREATE INDEX i ON one (a);\nCREATE TABLE two (x);\n\n"
      "-- Of a view.\nDROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT 1;\n\n"
      "ALTER TABLE one ADD COLUMN d TEXT;  -- added\n");
  CHECK(found.size() == 3);
  CHECK(found.at("one").comment == "Of one, in two lines.");
  CHECK(found.at("one").columns ==
        std::map<std::string, std::string>{{"a", "first"}, {"b", "second"}, {"d", "added"}});
  CHECK(found.at("two").comment.empty());
  CHECK(found.at("v").comment == "Of a view.");
}
