#include "json/write.h"
#include "support/element.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

using Kept = std::vector<std::string>;
using support::decode;

const std::string persistence =
    R"({"EventHandle":"h","EventType":"PersistenceComplete","PersistenceCompleteEvent":{"FileId":"f"}})";

}  // namespace

TEST_CASE("an event is found by its one filled member") {
  const auto decoded = decode(persistence, 0);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.problems.empty());
  CHECK(decoded.handle == "h");
  CHECK(decoded.event_type == "PersistenceComplete");
  CHECK(decoded.member == "PersistenceCompleteEvent");
  REQUIRE(decoded.content.persistence_complete_event);
  CHECK(decoded.content.persistence_complete_event->file_id == "f");
}

TEST_CASE("what people look for is taken from the struct") {
  const auto pull = decode(R"({"EventHandle":"h","EventType":"PullComplete","PullCompleteEvent":
      {"TaskId":"t","FileId":14508071098244931831,"Status":"FINISH","ErrCode":-61001}})",
                           0);
  CHECK(pull.identity.task_id == "t");
  CHECK(pull.identity.file_id == "14508071098244931831");
  CHECK(pull.identity.status == "FINISH");
  CHECK(pull.identity.err_code == -61001);

  const auto restore = decode(R"({"EventHandle":"h","EventType":"RestoreMediaComplete",
      "RestoreMediaCompleteEvent":{"Status":-2}})",
                              0);
  CHECK(restore.identity.status == "-2");
  CHECK_FALSE(restore.identity.file_id);
  CHECK_FALSE(restore.identity.task_id);
  CHECK_FALSE(restore.identity.err_code);
}

TEST_CASE("a type and a member that do not belong together are a problem") {
  const auto decoded = decode(
      R"({"EventHandle":"h","EventType":"PullComplete","PersistenceCompleteEvent":{"FileId":"f"}})",
      7);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.member == "PersistenceCompleteEvent");
  CHECK(decoded.identity.file_id == "f");
  CHECK(decoded.event_type == "PullComplete");
  CHECK(decoded.problems.kept() ==
        Kept{"EventSet[7].EventType: not the type of PersistenceCompleteEvent"});
}

TEST_CASE("older spellings of a type belong to the member as well") {
  const auto decoded = decode(
      R"({"EventHandle":"h","EventType":"AigcImageComplete","AigcImageCompleteEvent":{}})", 0);
  CHECK(decoded.problems.empty());
  CHECK(decoded.member == "AigcImageCompleteEvent");
}

TEST_CASE("a missing type is told by the member") {
  const auto decoded = decode(R"({"EventHandle":"h","AigcImageCompleteEvent":{}})", 1);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.event_type == "AigcImageTaskComplete");
  CHECK(decoded.problems.kept() == Kept{"EventSet[1].EventType: missing"});
  CHECK(decode(R"({"EventHandle":"h"})", 1).event_type == "");
}

TEST_CASE("of two filled members the one that the type names is the event") {
  const auto decoded = decode(R"({"EventHandle":"h","EventType":"PersistenceComplete",
      "FileUploadEvent":{"FileId":"no"},"PersistenceCompleteEvent":{"FileId":"yes"}})",
                              2);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.identity.file_id == "yes");
  CHECK(decoded.problems.kept() == Kept{"EventSet[2]: more than one member is filled"});
}

TEST_CASE("an event of an unknown type is an event") {
  const auto decoded =
      decode(R"({"EventHandle":"h","EventType":"New","NewEvent":{"TaskId":"t"}})", 3);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.handle == "h");
  CHECK(decoded.event_type == "New");
  CHECK(decoded.member == "");
  CHECK_FALSE(decoded.identity.task_id);
  CHECK(decoded.problems.kept() == Kept{"EventSet[3].NewEvent: unknown member",
                                        "EventSet[3]: no known member is filled",
                                        "EventSet[3].EventType: unknown type"});
}

TEST_CASE("a handle that is a number is a handle") {
  const auto decoded = decode(
      R"({"EventHandle":8077366951669081316123,"EventType":"ClipComplete","ClipCompleteEvent":{}})",
      0);
  CHECK(decoded.unreadable == "");
  CHECK(decoded.handle == "8077366951669081316123");
  CHECK(decoded.problems.count() == 1);
}

TEST_CASE("an element without a handle is unreadable") {
  for (const char* handle : {R"("Other":1)", R"("EventHandle":"")", R"("EventHandle":null)",
                             R"("EventHandle":true)", R"("EventHandle":{})"}) {
    const auto decoded = decode("{" + std::string(handle) + R"(,"EventType":"ClipComplete"})", 0);
    CAPTURE(handle);
    CHECK(decoded.unreadable == "EventHandle is missing or empty");
    CHECK(decoded.handle == "");
    CHECK(decoded.event_type == "ClipComplete");
  }
}

TEST_CASE("an element that is no object is unreadable") {
  for (const char* text :
       {"", "null", "1", "\"EventHandle\"", "[]", R"([{"EventHandle":"h"}])", "x"}) {
    const auto decoded = decode(text, 0);
    CAPTURE(text);
    CHECK_FALSE(decoded.unreadable.empty());
    CHECK(decoded.handle == "");
  }
}

TEST_CASE("the handle of an element that is broken elsewhere is salvaged") {
  const auto salvaged = [](const std::string& element) {
    const auto decoded = decode(element, 0);
    CHECK_FALSE(decoded.unreadable.empty());
    return decoded.handle;
  };
  CHECK(salvaged(R"({"EventHandle":"h","ClipCompleteEvent":{"TaskId":NaN}})") == "h");
  CHECK(salvaged("{\"X\":\"\xff\",\"EventHandle\" : \"h\" ,\"EventType\":\"ClipComplete\"}") ==
        "h");
  CHECK(salvaged(R"({"X":1e999,"EventHandle":123456789012345678901})") == "123456789012345678901");
  CHECK(salvaged(R"({"X":{"EventHandle":"no"},"Y":\x,"EventHandle":"a\u0062\""})") == "ab\"");
  CHECK(salvaged(R"({"X":{"EventHandle":"no"},"Y":\x})") == "");
  CHECK(salvaged(R"({"Y":\x,"EventHandle":"\ud800"})") == "");
  CHECK(salvaged("{\"Y\":nul,\"EventHandle\":\"\xc3\"}") == "");
  CHECK(salvaged(R"({"Y":nul,"EventHandle":"a" "b"})") == "");
  CHECK(salvaged(R"({"Y":nul,"EventHandle":})") == "");
  CHECK(salvaged(R"({"Y":"nul,"EventHandle":"h"})") == "");
}

TEST_CASE("nesting beyond the limit makes an element unreadable, with its handle") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto decoded = decode(R"({"EventHandle":"h","X":)" + deep + "}", 0);
  CHECK(decoded.unreadable.ends_with("nested too deep"));
  CHECK(decoded.handle == "h");
}

TEST_CASE("a fingerprint tells the content and not the delivery") {
  const std::string again =
      R"({ "PersistenceCompleteEvent" : { "FileId" : "f" , "New":null }, "FileUploadEvent":null,
           "EventType":"PersistenceComplete","EventHandle":"other"})";
  CHECK(vod::fingerprint(persistence, true).size() == 32);
  CHECK(vod::fingerprint(persistence, true) == vod::fingerprint(again, true));
  std::string other = persistence;
  other.replace(other.find("\"f\""), 3, "\"g\"");
  CHECK(vod::fingerprint(persistence, true) != vod::fingerprint(other, true));
}

TEST_CASE("a fingerprint of what is unreadable tells its bytes") {
  CHECK(vod::fingerprint("[1]", false) != vod::fingerprint("[1] ", false));
  CHECK(vod::fingerprint("abc", false).substr(0, 4) == "\xba\x78\x16\xbf");  // as FIPS 180 has it
}
