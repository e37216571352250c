// Faults 8, 9 and 10: events whose JSON is odd.  They come with a handle like any other, so they
// have to be kept, byte by byte, and then confirmed.
#include "faults/support.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using Catch::Contains;

namespace {

struct Setup : faults::Setup {
  // Queues events of an upload each with these members, and runs until all are confirmed.
  void run(const std::vector<std::string>& members) {
    std::string set;
    for (const std::string& each : members)
      set += std::string(set.empty() ? "" : ",") +
             R"({"EventHandle":"","EventType":"NewFileUpload","FileUploadEvent":{)" + each + "}}";
    const std::string reply = "{\"Response\":{\"EventSet\":[" + set + "],\"RequestId\":\"1\"}}";
    simulate(
        {"--events", folder.write("reply.json", reply), "--hold-s", "0.5", "--witness", database});
    configure();
    start();
    await_confirmed(static_cast<int>(members.size()));
    stop();
    end_simulator();
    CHECK(total("witness_violations") == 0);
    CHECK(total("delivered") == static_cast<std::int64_t>(members.size()));
    CHECK(number("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM quarantine)") ==
          static_cast<std::int64_t>(members.size()));
  }

  // In how many rows of the quarantine or of the stored events these bytes stand.
  [[nodiscard]] std::int64_t quarantined_with(std::string_view bytes) const {
    return number("SELECT count(*) FROM quarantine WHERE confirmed_at IS NOT NULL AND instr(raw, " +
                  literal(bytes) + ")");
  }
  [[nodiscard]] std::int64_t stored_with(std::string_view bytes) const {
    return number("SELECT count(*) FROM payloads WHERE instr(CAST(json AS BLOB), " +
                  literal(bytes) + ")");
  }

 private:
  static std::string literal(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out = "x'";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
    return out + '\'';
  }
};

}  // namespace

TEST_CASE_METHOD(Setup, "fault 08: an event that is nested 100,000 deep is kept and confirmed",
                 "[network]") {
  const std::string deep = "\"Unheard\":" + std::string(100'000, '[') + std::string(100'000, ']');
  run({deep, R"("FileId":"1")"});
  CHECK(quarantined_with(deep) + stored_with(deep) == 1);
}

TEST_CASE_METHOD(Setup, "fault 09: what is no JSON is quarantined as it came, and confirmed",
                 "[network]") {
  const std::vector<std::string> odd = {
      R"("FileId":NaN)",      R"("FileId":-Infinity)",   R"("FileId":1e999)",
      R"("FileId":"\ud800")", "\"FileId\":\"\xff\xfe\"", std::string("\"FileId\":\"a\0b\"", 14),
      R"("FileId":'1')",      R"("FileId":01)",
  };
  run(odd);
  for (const std::string& each : odd) {
    CAPTURE(each);
    CHECK(quarantined_with(each) == 1);
  }
  CHECK(number("SELECT count(*) FROM quarantine WHERE reason = ''") == 0);
  CHECK(logged("quarantined reason=") == static_cast<std::ptrdiff_t>(odd.size()));
}

TEST_CASE_METHOD(Setup, "fault 09: duplicate keys are kept as they came, and confirmed",
                 "[network]") {
  const std::string twice = R"("FileId":"1","FileId":"2")";
  run({twice});
  CHECK(quarantined_with(twice) + stored_with(twice) == 1);
}

TEST_CASE_METHOD(Setup, "fault 10: ids beyond 2^53 keep every digit, as number and as text",
                 "[network]") {
  const std::vector<std::string> ids = {"9007199254740993", "5285890784246869931",
                                        "18446744073709551615", "123456789012345678901234567890"};
  std::vector<std::string> members;
  for (const std::string& id : ids) {
    members.push_back("\"FileId\":" + id);
    members.push_back("\"FileId\":\"" + id + '"');
  }
  run(members);
  for (const std::string& id : ids) {
    CAPTURE(id);
    CHECK(stored_with(id) + quarantined_with(id) == 2);
    CHECK(number("SELECT count(*) FROM events WHERE file_id = '" + id + "'") == 2);
  }
  CHECK(number("SELECT count(*) FROM quarantine") == 0);
}
