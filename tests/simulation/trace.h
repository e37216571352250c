// Trace: what happened in a world, a line each with its virtual time, and the first promise that
// was seen broken.  Only the last lines are kept; a sink gets them all.
#pragma once

#include "simulation/clock.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace simulation {

class Trace {
 public:
  static constexpr std::size_t lines_max = 60;
  using Sink = std::function<void(const std::string& line)>;

  explicit Trace(const VirtualClock& clock, Sink sink = {});

  void operator()(std::string_view who, std::string_view what);

  // Never throws, so that it may be called from within SQLite; whoever drives the world looks.
  void violated(std::string sentence);

  [[nodiscard]] const std::optional<std::string>& violation() const { return violation_; }
  [[nodiscard]] const std::deque<std::string>& lines() const { return lines_; }

 private:
  const VirtualClock& clock_;
  Sink sink_;
  std::deque<std::string> lines_;
  std::optional<std::string> violation_;
};

}  // namespace simulation
