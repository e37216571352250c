#include "json/write.h"

#include "vod/events.h"

#include <catch2/catch.hpp>
#include <string>

using namespace std::string_literals;

TEST_CASE("members are written in the order of the schema and absent ones are left out") {
  CHECK(json::write(vod::ConcatTask2017()) == "{}");
  vod::ConcatTask2017 record;
  record.file_info_set.resize(2);
  record.file_info_set[1].file_id = "f";
  record.file_info_set[1].err_code = -5;
  CHECK(json::write(record) == R"({"FileInfoSet":[{},{"ErrCode":-5,"FileId":"f"}]})");
  record.task_id = "";
  CHECK(json::write(record).starts_with(R"({"TaskId":"","FileInfoSet":)"));
  vod::ExtractBlindWatermarkTask watermark;
  watermark.is_detected = false;
  watermark.input_info.emplace();
  CHECK(json::write(watermark) == R"({"InputInfo":{},"IsDetected":false})");
}

TEST_CASE("an older name is read and never written") {
  vod::EventContent content;
  content.edit_media_complete_event.emplace().task_id = "t";
  CHECK(json::write(content) == R"({"EditMediaCompleteEvent":{"TaskId":"t"}})");
}

TEST_CASE("numbers are written in their shortest form") {
  vod::MediaMetaData record;
  const auto written = [&](double value) {
    record.duration = value;
    const std::string text = json::write(record);
    return text.substr(12, text.size() - 13);
  };
  CHECK(written(60) == "60");
  CHECK(written(0.1) == "0.1");
  CHECK(written(59.990001678467) == "59.990001678467");
  CHECK(written(1e300) == "1e+300");
  CHECK(written(-5e-324) == "-5e-324");
}

TEST_CASE("a string is quoted so that any reader takes it") {
  CHECK(json::quote("") == R"("")");
  CHECK(json::quote("a\"\\/b") == R"("a\"\\/b")");
  CHECK(json::quote("\b\t\n\v\f\r\x1f\x7f") == "\"\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\"");
  CHECK(json::quote("\0"s) == R"("\u0000")");
  CHECK(json::quote("é中😀") == "\"é中😀\"");
}

TEST_CASE("bytes that are not UTF-8 are each replaced") {
  const auto replaced = [](std::string_view text) { return json::quote(text) == "\"a\uFFFD\""; };
  CHECK(replaced("a\xff"));
  CHECK(replaced("a\x80"));
  CHECK(replaced("a\xc3"));
  CHECK(json::quote("\xc0\x80") == "\"\uFFFD\uFFFD\"");            // NUL in too long a form
  CHECK(json::quote("\xe0\x9f\xbf") == "\"\uFFFD\uFFFD\uFFFD\"");  // too long a form
  CHECK(json::quote("\xed\xa0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
  CHECK(json::quote("\xf4\x90\x80\x80").size() == 2 + 4 * 3);      // beyond U+10FFFF
  CHECK(json::quote("\xf0\x8f\xbf\xbf").size() == 2 + 4 * 3);      // too long a form
  CHECK(json::quote("\xe4\xb8"
                    "a") ==
        "\"\uFFFD\uFFFD"
        "a\"");                                                      // cut short
  CHECK(json::quote("\xf4\x8f\xbf\xbf") == "\"\xf4\x8f\xbf\xbf\"");  // the last character there is
}
