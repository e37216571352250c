#include "simulation/trace.h"

#include <cstdio>
#include <utility>

namespace simulation {

Trace::Trace(const VirtualClock& clock, Sink sink) : clock_(clock), sink_(std::move(sink)) {}

void Trace::operator()(std::string_view who, std::string_view what) {
  char time[40];
  const auto us = std::chrono::floor<std::chrono::microseconds>(clock_.elapsed()).count();
  const int length =
      std::snprintf(time, sizeof time, "%9lld.%06lld  ", static_cast<long long>(us / 1'000'000),
                    static_cast<long long>(us % 1'000'000));
  // A line that falls out gives its memory to the one that comes.
  std::string line;
  if (lines_.size() == lines_max) {
    line = std::move(lines_.front());
    lines_.pop_front();
  }
  line.assign(time, static_cast<std::size_t>(length));
  line.append(who).append(": ").append(what);
  if (sink_) sink_(line);
  lines_.push_back(std::move(line));
}

void Trace::violated(std::string sentence) {
  (*this)("checker", "VIOLATION: " + sentence);
  if (!violation_) violation_ = std::move(sentence);
}

}  // namespace simulation
