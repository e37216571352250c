#include "base/log.h"

namespace base {

void Log::operator()(const Message& message, std::initializer_list<Field> list) {
  const bool of_interest = !message.ends || summary_.end(*message.ends);
  if (!of_interest || message.level > most_verbose_) return;
  const std::span<const Field> fields(list.begin(), list.size());
  if (message.level <= Level::warning) {
    tick();
    if (!summary_.take(message, fields, clock_.now())) return;
  }
  sink_(message, fields);
}

void Log::tell(const std::vector<Summary::Line>& lines) {
  for (const Summary::Line& line : lines) sink_(*line.message, line.fields);
}

}  // namespace base
