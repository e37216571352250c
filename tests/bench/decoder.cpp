// The decoder, beside RapidJSON's plain parse of the same bytes into a tree, and the signer.
#include "base/clock.h"
#include "bench/figures.h"
#include "bench/table.h"
#include "bench/tables.h"
#include "intake/arrival.h"
#include "support/sample.h"
#include "tc3/sign.h"
#include "vod/events.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <stdexcept>

namespace bench {
namespace {

using namespace std::chrono_literals;
using Events = std::vector<std::string>;

// What the compiler must not leave out is added up here.
volatile std::size_t sink = 0;

double seconds_of(const std::function<void()>& work) {
  base::SystemClock clock;
  const base::Instant begin = clock.now();
  work();
  return std::chrono::duration<double>(clock.now() - begin).count();
}

// The median of several times of at least `time_s` each, for one call.
double seconds_per_call(const std::function<void()>& call, double time_s) {
  const double once = seconds_of(call);
  const int calls = std::max(1, static_cast<int>(time_s / std::max(once, 1e-7)));
  std::vector<double> times;
  for (int i = 0; i < 5; ++i)
    times.push_back(seconds_of([&] {
                      for (int j = 0; j < calls; ++j) call();
                    }) /
                    calls);
  return median(times);
}

void decode(const Events& events) {
  for (std::size_t i = 0; i < events.size(); ++i)
    sink =
        sink +
        intake::to_arrival(events[i], vod::Form::element, vod::element_path(i % 16)).handle.size();
}

void parse(const Events& events) {
  for (const std::string& event : events) {
    rapidjson::Document document;
    document.Parse(event.data(), event.size());
    if (document.HasParseError()) throw std::runtime_error("an event is no JSON");
    sink = sink + document.MemberCount();
  }
}

Events samples() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE "/tests/fixtures/samples"))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  Events events;
  for (const auto& file : files)
    for (std::string& event : support::events_in(file.string())) events.push_back(std::move(event));
  return events;
}

// Of all types in turn.
Events generated(std::size_t count, std::size_t bytes) {
  std::mt19937_64 random(1);
  std::vector<std::string_view> types;
  for (const vod::EventType& type : vod::event_types())
    if (!type.member.empty()) types.push_back(type.name);
  Events events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back(
        support::sample_event(random, types[i % types.size()], "1043977425728756078", bytes));
  return events;
}

void compare(const std::string& name, const Events& events, double time_s, Table& table) {
  progress("decoding: " + name);
  double bytes = 0;
  for (const std::string& event : events) bytes += static_cast<double>(event.size());
  const double decoded_s = seconds_per_call([&] { decode(events); }, time_s);
  const double parsed_s = seconds_per_call([&] { parse(events); }, time_s);
  const double count = static_cast<double>(events.size());
  table.row({name, fixed(bytes / count, 0), fixed(bytes / decoded_s / 1e6, 0),
             fixed(decoded_s / count * 1e6, 2), fixed(bytes / parsed_s / 1e6, 0),
             fixed(parsed_s / count * 1e6, 2), fixed(decoded_s / parsed_s, 2)});
}

void sign(const std::string& body) {
  static const tc3::Credential credential{"AKIDSAMPLE", base::Secret("SAMPLEKEYOFTHEBENCH"), {}};
  const tc3::Request request{
      .host = "vod.tencentcloudapi.com", .action = "ConfirmEvents", .body = body};
  sink = sink +
         tc3::signed_headers(request, credential, std::chrono::sys_seconds(1'700'000'000s)).size();
}

void sign_requests(double time_s) {
  std::string confirm = "{\"EventHandles\":[";
  for (int i = 0; i < 16; ++i) confirm += std::string(i ? "," : "") + "\"1043977425728756078\"";
  confirm += "]}";
  Table table("Signing a request", {"request", "bytes", "us"});
  const std::pair<const char*, std::string> requests[] = {{"PullEvents", "{}"},
                                                          {"ConfirmEvents, 16 handles", confirm}};
  for (const auto& [name, body] : requests)
    table.row({name, std::to_string(body.size()),
               fixed(seconds_per_call([&body = body] { sign(body); }, time_s) * 1e6, 2)});
  table.print();
}

}  // namespace

void decoder(const Extent& extent) {
  const double time_s = extent.quick ? 0.2 : 1;
  Table table("Decoding: from an event's bytes to what is stored, beside a plain parse",
              {"events", "bytes each", "decoder MB/s", "us/event", "RapidJSON MB/s", "us/event",
               "x parse"});
  compare("all samples", samples(), time_s, table);
  compare("generated, 1 KB", generated(1000, 1024), time_s, table);
  compare("generated, 20 KB", generated(200, 20 * 1024), time_s, table);
  table.note("The decoder makes the struct, the columns, the remarks and the fingerprint.");
  table.print();
  sign_requests(time_s);
}

}  // namespace bench
