#include "vod/contents.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

using vod::Contents;
using vod::contents;
using vod::Form;
using vod::Item;
using vod::Kind;

const std::string element = R"({"EventHandle":"h","EventType":"ClipComplete"})";
const std::string callback = R"({"EventType":"ClipComplete","ClipCompleteEvent":{}})";
const std::string old_event = R"({"version":"4.0","eventType":"ClipComplete","data":{}})";

// The only item.
Item only(const Contents& found) {
  REQUIRE(found.items.size() == 1);
  CHECK(found.objection == "");
  return found.items[0];
}

void check(const Contents& found, Kind kind, Form form, std::string_view slice,
           std::string_view path, std::string_view handle = "") {
  CHECK(found.kind == kind);
  const Item item = only(found);
  CHECK(item.form == form);
  CHECK(item.slice == slice);
  CHECK(item.path == path);
  CHECK(item.handle == handle);
}

void check_empty(const std::string& text, Kind kind, const std::string& objection) {
  CAPTURE(text);
  const Contents found = contents(text);
  CHECK(found.kind == kind);
  CHECK(found.items.empty());
  CHECK(found.objection == objection);
}

}  // namespace

TEST_CASE("the elements of a reply are its events, whole or by what is in Response") {
  for (const std::string& text :
       {R"({"Response":{"RequestId":"r","EventSet":[)" + element + R"( , 5]}})",
        R"( {"EventSet":[)" + element + R"(,5],"RequestId":"r"} )"}) {
    const Contents found = contents(text);
    CAPTURE(text);
    CHECK(found.kind == Kind::pull_reply);
    CHECK(found.objection == "");
    REQUIRE(found.items.size() == 2);
    CHECK(found.items[0].form == Form::element);
    CHECK(found.items[0].slice == element);
    CHECK(found.items[0].path == "EventSet[0]");
    CHECK(found.items[1].slice == "5");
    CHECK(found.items[1].path == "EventSet[1]");
  }
}

TEST_CASE("an old reply's elements are their content and its handle") {
  const std::string text = R"({"code":0,"message":"","eventList":[{"msgHandle":"a\u0062",)"
                           R"("eventContent":)" +
                           old_event +
                           R"(},{"eventContent":{},)"
                           R"("msgHandle":12345678901234567890123},{"msgHandle":"c"},7]})";
  const Contents found = contents(text);
  CHECK(found.kind == Kind::old_pull_reply);
  CHECK(found.objection == "");
  REQUIRE(found.items.size() == 4);
  for (const Item& item : found.items) CHECK(item.form == Form::old_event);
  CHECK(found.items[0].slice == old_event);
  CHECK(found.items[0].handle == "ab");
  CHECK(found.items[0].path == "eventList[0].eventContent");
  CHECK(found.items[1].handle == "12345678901234567890123");
  // What has no content is kept as a whole.
  CHECK(found.items[2].slice == R"({"msgHandle":"c"})");
  CHECK(found.items[2].handle == "c");
  CHECK(found.items[2].path == "eventList[2]");
  CHECK(found.items[3].slice == "7");
}

TEST_CASE("single events are told by their members") {
  check(contents(element), Kind::event, Form::element, element, "$");
  check(contents(callback), Kind::callback, Form::callback, callback, "$");
  check(contents("\n" + old_event + " \r\n"), Kind::old_event, Form::old_event, old_event, "$");
  check(contents(R"({"msgHandle":7,"eventContent":)" + old_event + "}"), Kind::old_event,
        Form::old_event, old_event, "eventContent", "7");
}

TEST_CASE("an exported line is the event in it") {
  const auto line = [](const std::string& handle, const std::string& event) {
    return R"({"id":1,"event_handle":)" + handle + R"(,"event_type":"x","event":)" + event + "}";
  };
  check(contents(line(R"("h")", element)), Kind::exported, Form::element, element, "event");
  check(contents(line("7", old_event)), Kind::exported, Form::old_event, old_event, "event", "7");
  check(contents(line(R"("push-00")", callback)), Kind::exported, Form::callback, callback, "event",
        "push-00");
}

TEST_CASE("an exported line without an event is objected to") {
  check_empty(R"({"event_handle":"h","event":{}})", Kind::other, "event is none");
  check_empty(R"({"event_handle":"h","event":{"event_handle":"h","event":{}}})", Kind::other,
              "event is none");
  check_empty(R"({"event_handle":"h","event":null})", Kind::other,
              "it is neither an event nor a reply");
}

TEST_CASE("one telling member is enough") {
  const auto form = [](const std::string& text) { return only(contents(text)).form; };
  CHECK(form(R"({"EventHandle":1})") == Form::element);
  CHECK(form(R"({"EventType":"New"})") == Form::callback);
  CHECK(form(R"({"ClipCompleteEvent":{}})") == Form::callback);
  CHECK(form(R"({"EditMediaComplete":{}})") == Form::callback);  // an older name
  CHECK(form(R"({"eventType":"New"})") == Form::old_event);
  CHECK(form(R"({"data":{},"version":4})") == Form::old_event);
}

TEST_CASE("a handle that is null or empty is none") {
  for (const char* handle : {"null", "\"\""}) {
    const std::string text = R"({"EventHandle":)" + std::string(handle) + R"(,"EventType":"X"})";
    CHECK(only(contents(text)).form == Form::callback);
  }
}

TEST_CASE("replies without events are told and lose nothing") {
  check_empty(R"({"Response":{"EventSet":null,"RequestId":"r"}})", Kind::pull_reply, "");
  check_empty(R"({"Response":{"EventSet":[]}})", Kind::pull_reply, "");
  check_empty(R"({"Response":{"Error":{"Code":"ResourceNotFound"}}})", Kind::pull_reply, "");
  check_empty(R"({"Response":{}})", Kind::pull_reply, "");
  check_empty(R"({"RequestId":"r"})", Kind::pull_reply, "");
  check_empty(R"({"Error":{}})", Kind::pull_reply, "");
  check_empty(R"({"code":4000,"message":""})", Kind::old_pull_reply, "");
  check_empty(R"({"code":0,"eventList":[]})", Kind::old_pull_reply, "");
}

TEST_CASE("events beside an error are taken") {
  const auto found = contents(R"({"Response":{"Error":{"Code":"X"},"EventSet":[1]}})");
  CHECK(only(found).slice == "1");
}

TEST_CASE("what is neither event nor reply is objected to") {
  const std::string incomplete = "it is not one complete JSON object";
  for (const char* text :
       {"", " ", "null", "5", "\"EventType\"", "[]", "[{\"EventType\":\"X\"}]", "{",
        R"({"EventType":"X")", R"({"EventType":"X)", "<html>", R"({"EventType":"X"} x)",
        R"({"EventType":"X"},)", R"({"EventType":"X"}{"EventType":"Y"})"})
    check_empty(text, Kind::other, incomplete);
  const std::string neither = "it is neither an event nor a reply";
  for (const char* text : {"{}", R"({"EventType":null})", R"({"version":"4.0"})", R"({"data":{}})",
                           R"({"event_type":"pull-complete"})", R"({"x":{"EventType":"X"}})"})
    check_empty(text, Kind::other, neither);
}

TEST_CASE("what a reply can't give is objected to") {
  check_empty(R"({"Response":5})", Kind::pull_reply, "Response is not a complete object");
  check_empty(R"({"Response":{"a":1]})", Kind::pull_reply, "Response is not a complete object");
  check_empty(R"({"EventSet":{}})", Kind::pull_reply, "EventSet is not a list");
  check_empty(R"({"eventList":"x"})", Kind::old_pull_reply, "eventList is not a list");

  const auto broken = contents(R"({"EventSet":[1,2}})");
  CHECK(broken.items.size() == 2);
  CHECK(broken.objection == "EventSet is broken behind its element 2");
  for (const auto& [text, objection] : std::vector<std::pair<std::string, std::string>>{
           {R"({"EventSet":[1],"EventSet":[2]})",
            "EventSet is given twice, only the first is taken"},
           {R"({"Response":{"EventSet":[1]},"Response":{}})",
            "Response is given twice, only the first is taken"},
           {R"({"eventList":[1],"eventList":[2]})",
            "eventList is given twice, only the first is taken"}}) {
    CHECK(contents(text).items.size() == 1);
    CHECK(contents(text).objection == objection);
  }
  CHECK(contents(R"({"EventSet":[1],"RequestId":"a","RequestId":"b"})").objection == "");
}

TEST_CASE("a list beyond all measure is taken as far as the limit") {
  std::string text = R"({"EventSet":[0)";
  for (std::size_t i = 0; i < vod::items_max; ++i) text += ",0";
  const auto found = contents(text + "]}");
  CHECK(found.items.size() == vod::items_max);
  CHECK(found.objection == "EventSet has more than 100000 elements");
}

TEST_CASE("nesting costs no stack") {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK(contents(R"({"EventType":)" + deep + "}").kind == Kind::callback);
  CHECK(contents(deep).kind == Kind::other);
  CHECK(contents(R"({"EventSet":)" + deep + "}").items.size() == 1);
}

TEST_CASE("each kind has a name for people") {
  CHECK(to_string(Kind::pull_reply) == "PullEvents reply");
  CHECK(to_string(Kind::callback) == "normal callback");
  CHECK(to_string(Kind::other) == "something else");
}
