// Log: one line for each fact, `log(messages::stored, {{"events", 16}, {"took_ms", 41}})`.  Errors
// and warnings that come again and again are summarised (base/summary.h), so whoever meets trouble
// just says so, each time.  A sink decides where lines go.
#pragma once

#include "base/clock.h"
#include "base/message.h"
#include "base/summary.h"

#include <functional>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

namespace base {

class Log {
 public:
  using Sink = std::function<void(const Message&, std::span<const Field>)>;

  Log(Level most_verbose, Clock& clock, Sink sink)
      : most_verbose_(most_verbose), clock_(clock), sink_(std::move(sink)) {}

  void level(Level most_verbose) { most_verbose_ = most_verbose; }

  void operator()(const Message& message, std::initializer_list<Field> fields = {});

  // Tells what has repeated for long enough: to be called now and then.
  void tick() { tell(summary_.due(clock_.now())); }

  // Tells all that was counted: the process is about to end.
  void settle() { tell(summary_.rest(clock_.now())); }

 private:
  void tell(const std::vector<Summary::Line>& lines);

  Level most_verbose_;
  Clock& clock_;
  Sink sink_;
  Summary summary_;
};

}  // namespace base
