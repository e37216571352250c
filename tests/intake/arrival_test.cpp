#include "intake/arrival.h"

#include "support/sample.h"
#include "vod/contents.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

namespace {

using vod::Form;

// What was stored of these bytes, and what the stored JSON gives when it is read again.
struct Twice {
  Twice(std::string_view slice, Form form, std::string_view handle = {})
      : first(intake::to_arrival(slice, form, "path", handle)),
        again(intake::read_again(first.json, first.format)) {}

  inbox::Arrival first, again;
};

void check_same(const Twice& twice) {
  CHECK(twice.again.unreadable == "");
  CHECK(twice.again.fingerprint == twice.first.fingerprint);
  CHECK(twice.again.format == twice.first.format);
  CHECK(twice.again.event_type == twice.first.event_type);
  CHECK(twice.again.type_known == twice.first.type_known);
  CHECK(twice.again.task_id == twice.first.task_id);
  CHECK(twice.again.file_id == twice.first.file_id);
  CHECK(twice.again.status == twice.first.status);
  CHECK(twice.again.err_code == twice.first.err_code);
}

const std::string element =
    R"({"EventHandle":"h","EventType":"PullComplete","PullCompleteEvent":{"TaskId":"t"}})";
const std::string callback =
    R"({"EventType":"PullComplete","PullCompleteEvent":{"TaskId":"t"},"Sign":"s","T":1})";
const std::string old_event =
    R"({"version":"4.0","eventType":"PullComplete","data":{"vodTaskId":"t","status":2}})";

}  // namespace

TEST_CASE("every sample is read again as it was stored") {
  std::size_t events = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(FIXTURES "/samples")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = support::text_of(entry.path().string());
    for (const vod::Item& item : vod::contents(text).items) {
      CAPTURE(entry.path(), item.path);
      check_same(Twice(item.slice, item.form, item.handle));
      ++events;
    }
  }
  CHECK(events > 80);
}

TEST_CASE("a stored event's own handle is found again, and no other") {
  CHECK(Twice(element, Form::element).again.handle == "h");
  CHECK(Twice(callback, Form::callback).again.handle == "");
  const Twice beside(old_event, Form::old_event, "beside");
  CHECK(beside.first.handle == "beside");
  CHECK(beside.again.handle == "");
  check_same(beside);
}

TEST_CASE("what looks like another form is read again as what it was") {
  // An element may have a member that is called as a signature's.
  const std::string with_sign = R"({"EventHandle":"h","EventType":"X","Sign":"s","T":1})";
  check_same(Twice(with_sign, Form::element));
  // A callback's handle counts, however it is written.
  for (const char* name : {"EventHandle", R"(Event\u0048andle)"}) {
    const Twice twice("{\"" + std::string(name) + R"(":"h","EventType":"X","T":1})",
                      Form::callback);
    CAPTURE(name);
    CHECK(twice.first.handle == "h");
    CHECK(twice.again.handle == "h");
    check_same(twice);
  }
  check_same(Twice(R"({"EventHandle":"","EventType":"X","T":1})", Form::callback));
}

TEST_CASE("a signature is no part of a callback's content") {
  const std::string resent =
      R"({"EventType":"PullComplete","PullCompleteEvent":{"TaskId":"t"},"Sign":"other","T":2})";
  const std::string plain = R"({"PullCompleteEvent":{"TaskId":"t"},"EventType":"PullComplete"})";
  const auto print = [](const std::string& text) {
    return intake::to_arrival(text, Form::callback, "$").fingerprint;
  };
  CHECK(print(callback) == print(resent));
  CHECK(print(callback) == print(plain));
  CHECK(print(callback) == intake::to_arrival(element, Form::element, "$").fingerprint);
}

TEST_CASE("what stands in quarantine fits the fingerprint it was given") {
  const auto fits = [](const std::string& text, Form form) {
    const auto arrival = intake::to_arrival(text, form, "$");
    return intake::fits(arrival.fingerprint, text, "") &&
           !intake::fits(arrival.fingerprint, text + ' ' + text, "");
  };
  CHECK(fits(element, Form::element));  // a conflict: by its content
  CHECK(fits(callback, Form::callback));
  CHECK(fits(old_event, Form::old_event));
  CHECK(fits("[1,", Form::element));
  CHECK(fits(R"({"EventType":"X"})", Form::element));
  CHECK(fits("\xff", Form::callback));
  CHECK_FALSE(intake::fits(std::string(32, 'x'), "{\"a", ""));
}

TEST_CASE("a reply that is kept fits its fingerprint, cut off or not") {
  for (const std::size_t bytes : {10U, 200'000U}) {
    http::Response response;
    response.status = 200;
    response.body = R"({"Response":{"Error":{"Code":"X"},"EventSet":[")" + std::string(bytes, 'e') +
                    R"("],"RequestId":"r-1"}})";
    const vod::Reply reply = vod::read_reply(vod::Action::pull_events, std::move(response));
    REQUIRE_FALSE(reply.odd.empty());
    const inbox::Arrival kept = intake::whole_reply(reply);
    CHECK(kept.json.size() <= 64 << 10);
    CHECK(intake::fits(kept.fingerprint, kept.json, kept.request_id));
    CHECK_FALSE(intake::fits(std::string(32, 'x'), kept.json, kept.request_id));
  }
}
