#include "json/read.h"

#include "json/write.h"
#include "vod/events.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>

namespace {

// What read() makes of one text; the record is any of the schema's that has the members at hand.
template <class Record>
struct Read {
  explicit Read(const std::string& text) { complaint = json::read(text, record, "R", problems); }
  Record record;
  json::Problems problems;
  std::string complaint;
};

using Kept = std::vector<std::string>;
using namespace std::string_literals;

struct Loose {
  json::Any some;
  std::optional<std::string> text;

  static json::Rows rows() {
    static constexpr json::Field fields[] = {
        {"Any", offsetof(Loose, some), &json::type_of<json::Any>},
        {"Text", offsetof(Loose, text), &json::type_of<decltype(text)>}};
    return fields;
  }
};

}  // namespace

TEST_CASE("members take the values of their types") {
  const Read<vod::TranscodeTask2017> transcode(
      R"({"TaskId":"a\n\"\u4e2d\ud83d\ude00","ErrCode":-9223372036854775808,
          "Duration":18446744073709551615,"PlayInfoSet":[{"Url":"u"},{"Bitrate":5}]})");
  CHECK(transcode.complaint.empty());
  CHECK(transcode.problems.empty());
  CHECK(transcode.record.task_id == "a\n\"中😀");
  CHECK(transcode.record.err_code == INT64_MIN);
  CHECK(transcode.record.duration == UINT64_MAX);
  REQUIRE(transcode.record.play_info_set.size() == 2);
  CHECK(transcode.record.play_info_set[0].url == "u");
  CHECK(transcode.record.play_info_set[1].bitrate == 5);
  CHECK_FALSE(transcode.record.file_id);

  const Read<vod::MediaMetaData> meta(R"({"Duration":59.990001678467,"Rotate":0})");
  CHECK(meta.record.duration == 59.990001678467);
  CHECK(Read<vod::MediaMetaData>(R"({"Duration":60})").record.duration == 60.0);
  CHECK(Read<vod::MediaMetaData>(R"({"Duration":-6.5e1})").record.duration == -65.0);
  CHECK(Read<vod::ExtractBlindWatermarkTask>(R"({"IsDetected":true})").record.is_detected == true);
}

TEST_CASE("null is absent, whatever member it stands for") {
  const Read<vod::EventContent> read(
      R"({"EventHandle":null,"ConcatCompleteEvent":null,"EditMediaComplete":null,"New":null})");
  CHECK(read.complaint.empty());
  CHECK(read.problems.empty());
  CHECK_FALSE(read.record.event_handle);
  CHECK_FALSE(read.record.concat_complete_event);

  const Read<vod::FileDeleteTask> list(
      R"({"FileIdSet":["a",null,"b"],"FileDeleteResultInfo":null})");
  CHECK(list.record.file_id_set == Kept{"a", "b"});
  CHECK(list.problems.kept() == Kept{"R.FileIdSet[1]: expected text, got null"});
}

TEST_CASE("what may be anything is skipped without a word") {
  for (const char* value : {"null", "true", "-1.5", "\"x\"", "[]", "{}", R"([1,[{"Text":"no"}]])",
                            R"({"Text":"no","x":[null]})"}) {
    const Read<Loose> read(R"({"Any":)" + std::string(value) + R"(,"Text":"t"})");
    CAPTURE(value);
    CHECK(read.complaint == "");
    CHECK(read.problems.kept().empty());
    CHECK(read.record.text == "t");
    CHECK(json::write(read.record) == R"({"Text":"t"})");
  }
  CHECK_FALSE(Read<Loose>(R"({"Any":[1,],"Text":"t"})").complaint.empty());
  CHECK(Read<Loose>(R"({"Any":1,"Any":2})").problems.count() == 1);
}

TEST_CASE("a number for a text keeps every digit") {
  const Read<vod::ClipTask2017> read(R"({"TaskId":14508071098244931831999,"SrcFileId":-1.50})");
  CHECK(read.record.task_id == "14508071098244931831999");
  CHECK(read.record.src_file_id == "-1.50");
  CHECK(read.problems.kept() ==
        Kept{"R.TaskId: expected text, got number 14508071098244931831999, taken",
             "R.SrcFileId: expected text, got number -1.50, taken"});
}

TEST_CASE("a text that holds a number fills a number") {
  const Read<vod::MediaMetaData> read(R"({"Size":"12","Duration":"1.5","Bitrate":"-7","Height":"1x",
      "Width":"","VideoDuration":"inf","AudioDuration":"nan","Rotate":" 1"})");
  CHECK(read.record.size == 12);
  CHECK(read.record.duration == 1.5);
  CHECK(read.record.bitrate == -7);
  CHECK_FALSE(read.record.height);
  CHECK_FALSE(read.record.width);
  CHECK_FALSE(read.record.video_duration);
  CHECK_FALSE(read.record.audio_duration);
  CHECK_FALSE(read.record.rotate);
  CHECK(read.problems.count() == 8);
  CHECK(read.problems.kept()[0] == R"(R.Size: expected integer, got string "12", taken)");
  CHECK(read.problems.kept()[3] == R"(R.Height: expected integer, got string "1x")");
}

TEST_CASE("a number that does not fit stays absent") {
  const Read<vod::TranscodeTask2017> read(
      R"({"ErrCode":9223372036854775808,"Duration":-1,"PlayInfoSet":[{"Height":1.0},{"Height":2e3}]})");
  CHECK(read.complaint.empty());
  CHECK_FALSE(read.record.err_code);
  CHECK_FALSE(read.record.duration);
  CHECK(read.problems.kept() == Kept{"R.ErrCode: expected integer, got number 9223372036854775808",
                                     "R.Duration: expected natural, got number -1",
                                     "R.PlayInfoSet[0].Height: expected integer, got number 1.0",
                                     "R.PlayInfoSet[1].Height: expected integer, got number 2e3"});
}

TEST_CASE("an unknown member is skipped with one problem, however deep it is") {
  const Read<vod::ClipTask2017> read(
      R"({"New":{"TaskId":"no","a":[[{"b":{}}],1]},"TaskId":"yes","List":[],"FileInfo":{"X":1}})");
  CHECK(read.complaint.empty());
  CHECK(read.record.task_id == "yes");
  CHECK(read.problems.kept() ==
        Kept{"R.New: unknown member", "R.List: unknown member", "R.FileInfo.X: unknown member"});
}

TEST_CASE("of a member that is given twice the first counts") {
  const Read<vod::ConcatTask2017> read(
      R"({"TaskId":"1","TaskId":"2","FileInfoSet":[{"FileId":"a"}],"FileInfoSet":[{"FileId":"b"}]})");
  CHECK(read.record.task_id == "1");
  REQUIRE(read.record.file_info_set.size() == 1);
  CHECK(read.record.file_info_set[0].file_id == "a");
  CHECK(read.problems.kept() == Kept{"R.TaskId: given twice, the first counts",
                                     "R.FileInfoSet: given twice, the first counts"});
  CHECK(Read<vod::ConcatTask2017>(R"({"TaskId":null,"TaskId":"2"})").record.task_id == "2");
}

TEST_CASE("an older name fills the member of today") {
  const Read<vod::EventContent> read(
      R"({"EditMediaCompleteEvent":null,"EditMediaComplete":{"TaskId":"t"},
          "WechatPublishCompleteEvent":{"TaskId":"new"},"WechatPublishComplete":{"TaskId":"old"}})");
  REQUIRE(read.record.edit_media_complete_event);
  CHECK(read.record.edit_media_complete_event->task_id == "t");
  CHECK(read.record.wechat_publish_complete_event->task_id == "new");
  CHECK(read.problems.kept() == Kept{"R.EditMediaComplete: older name of EditMediaCompleteEvent",
                                     "R.WechatPublishComplete: given twice, the first counts"});
}

TEST_CASE("problems are bounded in number and length") {
  std::string text = "{";
  for (int i = 0; i < 50; ++i) text += "\"" + std::string(500, 'n') + std::to_string(i) + "\":1,";
  const Read<vod::ClipTask2017> read(text + R"("TaskId":true})");
  CHECK(read.problems.count() == 51);
  REQUIRE(read.problems.kept().size() == json::Problems::kept_max);
  for (const std::string& problem : read.problems.kept()) CHECK(problem.size() < 100);

  // 39 bytes, then a character of three: it is left out whole.
  const Read<vod::ClipFileInfo2017> cut(R"({"ErrCode":")" + std::string(39, 'x') + "中中\"}");
  CHECK(cut.problems.kept()[0] ==
        "R.ErrCode: expected integer, got string \"" + std::string(39, 'x') + "…\"");
}

TEST_CASE("a text that is not one JSON object in UTF-8 is refused") {
  const std::string text = GENERATE(
      ""s, " "s, "null"s, "1"s, "\"x\""s, "[]"s, "[{}]"s, "{"s, "{}{}"s, "{} x"s, "{\"a\":1,}"s,
      "{\"a\":}"s, "{\"a\" 1}"s, "{a:1}"s, "{'a':1}"s, "{\"a\":NaN}"s, "{\"a\":Infinity}"s,
      "{\"a\":-}"s, "{\"a\":01}"s, "{\"a\":1.}"s, "{\"a\":.5}"s, "{\"a\":+1}"s, "{\"a\":0x1}"s,
      "{\"a\":1e999}"s, "{\"a\":tru}"s, "{\"a\":\"\t\"}"s, "{\"a\":\"\\x\"}"s, "{\"a\":\"\\u12\"}"s,
      "{\"a\":\"\\ud800\"}"s, "{\"a\":\"\\ud800\\u0041\"}"s, "{\"a\":\"\\udc00\"}"s,
      "{\"a\":[\"\\udc00x\"]}"s, "{\"\\udfff\":1}"s, "{\"TaskId\":\"\\udc00\"}"s,
      "{\"a\":\"\xff\"}"s, "{\"a\":\"\xc0\x80\"}"s, "{\"a\":\"\xed\xa0\x80\"}"s,
      "{\"a\":\"\xf4\x90\x80\x80\"}"s, "{\"a\":\"\xe4\xb8\"}"s, "{\"\xe4\":1}"s, "\xef\xbb\xbf{}"s,
      "{\"a\":\"\0\"}"s, "{}\0"s, "{}\0{}"s, "\0{}"s, "{\"a\"\0:1}"s, "{}//"s, "{/**/}"s);
  CAPTURE(text);
  CHECK_FALSE(Read<vod::ClipTask2017>(text).complaint.empty());
}

TEST_CASE("a complaint tells the place and leaves what was read before it") {
  const Read<vod::ClipTask2017> read(R"({"TaskId":"t","SrcFileId":nul})");
  CHECK(read.complaint == "byte 29: Invalid value.");
  CHECK(read.record.task_id == "t");
}

TEST_CASE("nesting is bounded by a number and not by the stack") {
  const auto nested = [](std::size_t depth) {
    return R"({"X":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  const std::size_t rest = json::depth_max - 1;
  CHECK(Read<vod::ClipTask2017>(nested(rest)).complaint.empty());
  CHECK(Read<vod::ClipTask2017>(nested(rest + 1)).complaint == "byte 68: nested too deep");
  CHECK_FALSE(Read<vod::ClipTask2017>(nested(1'000'000)).complaint.empty());
  CHECK_FALSE(Read<vod::ClipTask2017>(std::string(1'000'000, '{')).complaint.empty());
}

TEST_CASE("escapes of a whole surrogate pair and of NUL are text") {
  CHECK(Read<vod::ClipTask2017>(R"({"TaskId":"\u0000\ud7ff\ue000\udbff\udfff"})").record.task_id ==
        "\0\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"s);
}

TEST_CASE("a control character in a string is refused, wherever it stands") {
  for (int byte = 0; byte < 0x20; ++byte)
    for (std::size_t at = 0; at <= 40; ++at) {
      std::string id(40, 'x');
      id.insert(at, 1, static_cast<char>(byte));
      CHECK_FALSE(Read<vod::TranscodeTask2017>(R"({"TaskId":")" + id + "\"}").complaint.empty());
      CHECK_FALSE(Read<vod::TranscodeTask2017>("{\"" + id + R"(":"x"})").complaint.empty());
    }
}

TEST_CASE("a text of any length is read to its end, wherever strings and blanks lie in it") {
  for (std::size_t blanks = 0; blanks < 40; ++blanks)
    for (std::size_t size = 0; size < 40; ++size) {
      const std::string id(size, 'x'), space(blanks, ' ');
      const std::string text = "{" + space + R"("TaskId":")" + id + R"(","FileId":"a\"b")" + space;
      const Read<vod::TranscodeTask2017> read(text + "}");
      REQUIRE(read.complaint.empty());
      CHECK(read.record.task_id == id);
      CHECK(read.record.file_id == "a\"b");
      CHECK_FALSE(Read<vod::TranscodeTask2017>(text).complaint.empty());
      CHECK_FALSE(Read<vod::TranscodeTask2017>(text + "}" + space + "x").complaint.empty());
    }
}
