#include "vodsim/ledger.h"

#include "base/owned.h"
#include "json/write.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <system_error>
#include <utility>

namespace vodsim {
namespace {

auto totals(const Counts& counts, const Traffic& traffic) {
  using Total = std::pair<std::string_view, std::uint64_t>;
  return std::to_array<Total>({
      {"events", counts.events},
      {"coming", counts.coming},
      {"waiting", counts.waiting},
      {"leased", counts.leased},
      {"confirmed", counts.confirmed},
      {"delivered", counts.delivered},
      {"redelivered", counts.redelivered},
      {"confirms_refused", counts.confirms_refused},
      {"witness_violations", traffic.witness_violations},
      {"requests", traffic.requests},
      {"pulls", traffic.pulls},
      {"pulls_empty", traffic.pulls_empty},
      {"confirms", traffic.confirms},
      {"throttled", traffic.throttled},
      {"failures", traffic.failures},
      {"auth_failures", traffic.auth_failures},
      {"hang_ups", traffic.hang_ups},
      {"faults", traffic.faults},
      {"new_connections", traffic.new_connections},
  });
}

std::string totals_member(const Counts& counts, const Traffic& traffic) {
  std::string out = "\"totals\":{";
  for (const auto& [name, value] : totals(counts, traffic)) {
    if (out.back() != '{') out += ',';
    out += json::quote(name) + ':' + std::to_string(value);
  }
  return out + '}';
}

// On the clock that all programs of the machine share.
std::string microseconds(base::Instant at) {
  return std::to_string(
      std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count());
}

void append_event(std::string& out, std::size_t index, const Queue::Event& event) {
  out += "{\"index\":" + std::to_string(index) + ",\"name\":" + json::quote(event.text.name) +
         ",\"event_type\":" + json::quote(event.text.type) + ",\"handles\":[";
  for (const std::string_view handle : event.handles) {
    if (out.back() != '[') out += ',';
    out += json::quote(handle);
  }
  out += "],\"pulls\":" + std::to_string(event.pulls) + ",\"confirmed\":";
  const bool confirmed = event.state == Queue::Event::State::confirmed;
  out += confirmed ? "true" : "false";
  out += ",\"arrived_us\":" + microseconds(event.arrives);
  if (!event.issued.empty()) out += ",\"pulled_us\":" + microseconds(event.issued.front());
  if (confirmed) out += ",\"confirmed_us\":" + microseconds(event.confirmed);
  out += '}';
}

}  // namespace

std::string totals_json(const Counts& counts, const Traffic& traffic) {
  return '{' + totals_member(counts, traffic) + "}\n";
}

std::string ledger_json(const Queue& queue, const Counts& counts, const Traffic& traffic) {
  std::string out = '{' + totals_member(counts, traffic) + ",\"events\":[";
  std::size_t index = 0;
  for (const Queue::Event& event : queue.events()) {
    if (index > 0) out += ",\n";
    append_event(out, index++, event);
  }
  return out + "]}\n";
}

std::string summary(const Counts& counts, const Traffic& traffic) {
  std::string out;
  for (const auto& [name, value] : totals(counts, traffic)) {
    if (!out.empty()) out += ' ';
    out.append(name).append("=") += std::to_string(value);
  }
  return out;
}

void write_file(const std::string& path, const std::string& text) {
  const auto refuse = [&path] {
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  };
  const std::string temporary = path + ".tmp";
  base::Owned<FILE, std::fclose> file(std::fopen(temporary.c_str(), "we"));
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) refuse();
  if (std::fclose(file.release()) != 0) refuse();
  if (std::rename(temporary.c_str(), path.c_str()) != 0) refuse();
}

}  // namespace vodsim
