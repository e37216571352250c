#include "daemon/import/taker.h"

#include "import/whole_part.h"
#include "intake/arrival.h"
#include "vod/event.h"

#include <algorithm>
#include <utility>

namespace vodeventd {
namespace {

std::size_t offset(std::string_view slice, std::string_view text) {
  return static_cast<std::size_t>(slice.data() - text.data());
}

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

std::string why(const import::Piece& piece, const vod::Contents& contents, std::size_t taken) {
  std::string text(to_string(piece.fault));
  if (text.empty()) text = contents.objection;
  if (taken > 0) text += "; taken all the same: " + events(taken);
  return text;
}

}  // namespace

Taker::Taker(Report& report, inbox::Inbox* inbox, base::Clock& clock, Tell tell)
    : report_(report), inbox_(inbox), clock_(clock), tell_(std::move(tell)) {}

void Taker::take(const import::Piece& piece) {
  const import::Place place{piece.byte, piece.line};
  if (piece.text.empty()) {
    if (piece.fault == import::Fault::utf16) ++report_.passed_over;
    return object({place, {}, std::string(to_string(piece.fault))});
  }
  vod::Contents contents;
  if (piece.fault != import::Fault::stray) contents = vod::contents(piece.text);
  std::size_t taken = take_events(contents, piece.text, piece.text.size(), place);
  const bool broken = !contents.objection.empty();
  if (const auto part = broken && taken == 0 ? import::whole_part(piece.text) : std::nullopt) {
    const vod::Contents before = vod::contents(part->text);
    taken = take_events(before, part->text, part->bytes, place);
    if (taken > 0) contents.kind = before.kind;
  }
  ++report_.texts[contents.kind];
  if (broken || piece.fault != import::Fault::none)
    keep_broken(piece.text, {place, {}, why(piece, contents, taken)});
}

std::size_t Taker::take_events(const vod::Contents& contents, std::string_view text,
                               std::size_t bytes, import::Place place) {
  std::size_t taken = 0;
  std::size_t passed = 0;
  for (const vod::Item& item : contents.items) {
    const std::size_t at = offset(item.slice, text);
    if (at + item.slice.size() > bytes) continue;
    place.byte += at - passed;
    place.line += lines_in(text.substr(passed, at - passed));
    passed = at;
    take_event(item, place);
    ++taken;
  }
  return taken;
}

void Taker::take_event(const vod::Item& item, const import::Place& place) {
  inbox::Arrival arrival = intake::to_arrival(item.slice, item.form, item.path, item.handle);
  Problem where{place, item.path, arrival.unreadable};
  if (!arrival.unreadable.empty()) {
    object(where);
    arrival.unreadable = as_reason(where, report_.file);
  }
  ++report_.events;
  without_event_ = 0;
  add(std::move(arrival), std::move(where));
}

void Taker::keep_broken(std::string_view text, const Problem& problem) {
  object(problem);
  if (++without_event_ > without_event_max) {
    ++report_.passed_over;
    return;
  }
  inbox::Arrival arrival;
  arrival.json = text.substr(0, kept_bytes_max);
  arrival.fingerprint = vod::fingerprint(arrival.json, false);
  arrival.unreadable = as_reason(problem, report_.file);
  add(std::move(arrival), problem);
}

void Taker::object(const Problem& problem) {
  if (++report_.problem_count > Report::problems_max) return;
  report_.problems.push_back(problem);
  tell_(problem);
}

void Taker::add(inbox::Arrival arrival, Problem where) {
  arrival.source = inbox::Source::import;
  arrival.origin = report_.file;
  arrival.received_at = clock_.utc();
  batch_bytes_ += arrival.json.size();
  batch_.push_back(std::move(arrival));
  places_.push_back(std::move(where));
  if (batch_.size() >= batch_events_max || batch_bytes_ >= batch_bytes_max) flush();
}

void Taker::flush() {
  if (inbox_ && !batch_.empty()) {
    const inbox::SaveResult result = inbox_->save(batch_);
    for (std::size_t i = 0; i < result.outcomes.size(); ++i) count(result.outcomes[i], places_[i]);
  } else {
    for (const inbox::Arrival& arrival : batch_)
      ++(arrival.unreadable.empty() ? report_.stored : report_.quarantined);
  }
  batch_.clear();
  places_.clear();
  batch_bytes_ = 0;
}

void Taker::count(inbox::Outcome outcome, const Problem& where) {
  switch (outcome) {
    case inbox::Outcome::stored:
      ++report_.stored;
      break;
    case inbox::Outcome::relinked:
      ++report_.linked;
      break;
    case inbox::Outcome::known:
    case inbox::Outcome::redelivered:
      ++report_.known;
      break;
    case inbox::Outcome::conflict:
      object({where.place, where.path, "its handle is that of a stored event with other content"});
      [[fallthrough]];
    case inbox::Outcome::quarantined:
      ++report_.quarantined;
  }
}

}  // namespace vodeventd
