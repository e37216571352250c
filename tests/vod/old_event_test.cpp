// Events of format 2.0: the samples, whole, and what their documents contradict each other in.
#include "json/slice.h"
#include "json/write.h"
#include "support/sample.h"
#include "support/says_the_same.h"
#include "vod/event.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using Kept = std::vector<std::string>;
using vod::Form;

vod::Decoded decode(std::string_view text) { return vod::decode(text, Form::old_event, "$"); }

std::string with_status(const std::string& type, const std::string& status) {
  return R"({"version":"4.0","eventType":")" + type + R"(","data":{"vodTaskId":"t")" + status +
         "}}";
}

}  // namespace

TEST_CASE("each type of format 2.0 has a sample, which is kept whole") {
  for (const vod::OldEventType& type : vod::old_event_types()) {
    const std::string name(type.name);
    const std::string text = support::text_of(FIXTURES "/samples/legacy/v2-" + name + ".json");
    const auto decoded = decode(text);
    CAPTURE(name);
    CHECK(decoded.unreadable == "");
    CHECK(decoded.problems.kept().empty());
    CHECK(decoded.format == "v2.0");
    CHECK(decoded.event_type == name);
    CHECK(decoded.member == "data");
    std::string place;
    CHECK(support::says_the_same(json::Cursor(text).value(), json::write(type.type, &*decoded.old),
                                 place));
    CHECK(place == "");
  }
}

TEST_CASE("the lists and records of an old event are in its struct") {
  const std::string folder = FIXTURES "/samples/legacy/";
  const auto concat = decode(support::text_of(folder + "v2-ConcatComplete.json"));
  REQUIRE(concat.old->concat_complete);
  REQUIRE(concat.old->concat_complete->file_info.size() == 2);
  CHECK(concat.old->concat_complete->file_info[1].status == -1);
  const auto clip = decode(support::text_of(folder + "v2-ClipComplete.json"));
  CHECK(clip.old->clip_complete->file_info->file_id == "1000012624315204294");
  const auto procedure = decode(support::text_of(folder + "v2-ProcedureStateChanged.json"));
  const auto& task = *procedure.old->procedure_state_changed;
  CHECK(task.meta_data->video_stream_list.at(0).fps == 222);
  CHECK(task.meta_data->audio_stream_list.at(0).sampling_rate == 44100);
  CHECK(task.process_task_list.at(0).input->watermark == 1);
  CHECK(task.process_task_list.at(0).output->duration == 3601);
}

TEST_CASE("a status is taken as number or text, and missed where it should be") {
  const auto remarks = [](const std::string& type, const std::string& status) {
    return decode(with_status(type, status)).problems.kept();
  };
  const auto code = [](const std::string& type, const std::string& status) {
    return decode(with_status(type, status)).identity.err_code;
  };
  CHECK(code("TranscodeComplete", R"(,"status":2)") == 2);
  CHECK(remarks("TranscodeComplete", R"(,"status":2)").empty());
  CHECK(code("TranscodeComplete", R"(,"status":"2")") == 2);
  CHECK(remarks("TranscodeComplete", R"(,"status":"2")") ==
        Kept{R"($.data.status: expected integer, got string "2", taken)"});
  for (const char* missing : {"", R"(,"status":null)"}) {
    CHECK_FALSE(code("PullComplete", missing));
    CHECK(remarks("PullComplete", missing) == Kept{"$.data.status: missing"});
  }
  CHECK_FALSE(code("PullComplete", R"(,"status":"x")"));
  CHECK(remarks("PullComplete", R"(,"status":"x")").size() == 2);
  CHECK(remarks("ClipComplete", "").empty());  // has it in each file
}

TEST_CASE("a task flow has a state in words and a code of its own") {
  const auto decoded =
      decode(with_status("ProcedureStateChanged", R"(,"status":"FINISH","errCode":7)"));
  CHECK(decoded.identity.status == "FINISH");
  CHECK(decoded.identity.err_code == 7);
  const auto number = decode(with_status("ProcedureStateChanged", R"(,"status":4)"));
  CHECK(number.identity.status == "4");
  CHECK_FALSE(number.identity.err_code);
  CHECK(number.problems.count() == 1);
}

TEST_CASE("a version is taken as it comes, and remarked when it is another") {
  const auto remarks = [](const std::string& version) {
    const auto decoded =
        decode("{" + version + R"("eventType":"NewFileUpload","data":{"fileId":"f"}})");
    CHECK(decoded.unreadable == "");
    CHECK(decoded.identity.file_id == "f");
    return decoded.problems.kept();
  };
  const std::string number = "$.version: expected text, got number ";
  CHECK(remarks(R"("version":"4.0",)").empty());
  CHECK(remarks(R"("version":4.0,)") == Kept{number + "4.0, taken"});
  CHECK(remarks(R"("version":4,)") == Kept{number + "4, taken", "$.version: not 4.0"});
  CHECK(remarks(R"("version":"4",)") == Kept{"$.version: not 4.0"});
  CHECK(remarks("") == Kept{"$.version: missing"});
}

TEST_CASE("fileInfo is a record or a list, as its type has it") {
  const auto remarks = [](const std::string& type, const std::string& info) {
    return decode(with_status(type, R"(,"fileInfo":)" + info)).problems.kept();
  };
  CHECK(remarks("ClipComplete", R"({"fileId":"f"})").empty());
  CHECK(remarks("ConcatComplete", R"([{"fileId":"f"}])").empty());
  CHECK(remarks("ClipComplete", R"([{"fileId":"f"}])") ==
        Kept{"$.data.fileInfo: expected object, got array"});
  CHECK(remarks("ConcatComplete", R"({"fileId":"f"})") ==
        Kept{"$.data.fileInfo: expected array, got object"});
}

TEST_CASE("the type may stand behind the data") {
  const auto decoded =
      decode(R"({"data":{"vodTaskId":"t"},"eventType":"ClipComplete","version":"4.0"})");
  CHECK(decoded.problems.empty());
  CHECK(decoded.identity.task_id == "t");
}

TEST_CASE("an old event of an unknown type, or without data, is an event") {
  const auto unknown = decode(R"({"version":"4.0","eventType":"New","data":{"vodTaskId":"t"}})");
  CHECK(unknown.unreadable == "");
  CHECK(unknown.event_type == "New");
  CHECK(unknown.member == "");
  CHECK(unknown.problems.kept() == Kept{"$.data: unknown member", "$.eventType: unknown type"});
  const auto bare = decode(R"({"version":"4.0","eventType":"ClipComplete"})");
  CHECK(bare.unreadable == "");
  CHECK(bare.member == "");
  CHECK(bare.problems.kept() == Kept{"$.data: missing"});
}

TEST_CASE("without an eventType it is no event") {
  for (const char* type :
       {"", R"("eventType":null,)", R"("eventType":"",)", R"("eventType":[],)"}) {
    const auto decoded = decode("{" + std::string(type) + R"("version":"4.0","data":{}})");
    CHECK(decoded.unreadable == "eventType is missing or empty");
  }
  for (const char* text : {"", "5", "[]", R"({"eventType":"ClipComplete",})"})
    CHECK_FALSE(decode(text).unreadable.empty());
}

TEST_CASE("a callback needs no handle, but a type or a member") {
  const auto callback = [](std::string_view text) {
    return vod::decode(text, Form::callback, "$");
  };
  const auto typed = callback(R"({"EventType":"New"})");
  CHECK(typed.unreadable == "");
  CHECK(typed.form == Form::callback);
  CHECK(typed.format == "v3.0");
  const auto untyped = callback(R"({"PersistenceCompleteEvent":{"FileId":"f"}})");
  CHECK(untyped.unreadable == "");
  CHECK(untyped.event_type == "PersistenceComplete");
  CHECK(callback(R"({"Sign":"s","T":1})").unreadable ==
        "it has neither an EventType nor a known member");
  CHECK(callback("{}").unreadable == "it has neither an EventType nor a known member");
}

TEST_CASE("a signed callback has nothing odd about it") {
  const std::string text = support::text_of(FIXTURES "/samples/normal/FileDeleted-with-sign.json");
  const auto decoded = vod::decode(text, Form::callback, "$");
  CHECK(decoded.problems.kept().empty());
  CHECK(decoded.content.sign == "4eb10ebdfaa388ee2f2999b4227efbe9");
  CHECK(decoded.content.t == 1787270400);
}

TEST_CASE("handle and signature are no part of the content") {
  const auto print = [](const std::string& extra) {
    return vod::fingerprint(R"({"EventType":"X")" + extra + "}", true);
  };
  const std::string handle = R"(,"EventHandle":"h")", sign = R"(,"Sign":"s","T":1)";
  CHECK(print(sign) == print(""));
  CHECK(print(handle) == print(""));
  CHECK(print(handle + sign) == print(""));
  CHECK(print(R"(,"A":{"T":1})") != print(R"(,"A":{"T":2})"));
}
