#include "base/nearest.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

TEST_CASE("the nearest of some names is the one that was meant, or none") {
  const std::vector<std::string> names = {"ClipComplete", "ConcatComplete", "FileDeleted",
                                          "NewFileUpload"};
  CHECK(base::nearest("ClipComplete", names) == "ClipComplete");
  CHECK(base::nearest("filedeleted", names) == "FileDeleted");
  CHECK(base::nearest("ClpComplete", names) == "ClipComplete");
  CHECK(base::nearest("ConcatCompleteEvent", names) == "ConcatComplete");
  CHECK(base::nearest("NewFileUplaod", names) == "NewFileUpload");
  CHECK(base::nearest("clip", names) == "ClipComplete");
  CHECK(base::nearest("c", names).empty());
  CHECK(base::nearest("ClipCompletes", names) == "ClipComplete");
  CHECK(base::nearest("Other", names).empty());
  CHECK(base::nearest("", names).empty());
  CHECK(base::nearest("ClipComplete", {}).empty());
}
