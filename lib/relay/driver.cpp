#include "relay/driver.h"

#include "relay/arrival.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace relay {
namespace {

using base::Level;

constexpr auto look_every = std::chrono::minutes(1);

std::int64_t ms(base::BootTime::duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// Where they came from: the pull, or how many there were.
base::Field source_of(std::span<const inbox::Arrival> arrivals) {
  std::set<std::string_view> requests;
  for (const inbox::Arrival& arrival : arrivals) requests.insert(arrival.request_id);
  if (requests.size() == 1) return {"request_id", *requests.begin()};
  return {"pulls", requests.size()};
}

inbox::Arrival read_or_keep(std::string_view slice, std::size_t index) {
  try {
    return to_arrival(slice, index);
  } catch (const std::bad_alloc&) {
    return unread(slice);
  }
}

vod::Failure out_of_memory() {
  vod::Failure failure;
  failure.code = "out-of-memory";
  failure.outcome_unknown = true;
  return failure;
}

}  // namespace

void Driver::turn() {
  start_requests();
  const base::Instant now = clock_.now();
  // With something to save, poll only hands the requests to the network, so that they travel during
  // the fsync, and takes in what has arrived meanwhile.
  const base::Instant until = relay_.save_due(now) ? now : relay_.wake_at(now);
  for (vod::Answer& answer : client_.poll(until)) take(std::move(answer));
  if (relay_.save_due(clock_.now())) save();
  record_confirms();
  for (const Notice& notice : relay_.take_notices()) tell(notice);
  if (clock_.now() >= look_at_) look_after();
}

// What holds on is told once; a violation of the promise each time.
void Driver::look_after() try {
  look_at_ = clock_.now() + look_every;
  std::set<std::string_view> names;
  for (const inbox::Inbox::Concern& concern : inbox_.look_after()) {
    names.insert(concern.name);
    if (concern.violation)
      log_(Level::critical, "the database does not hold what was promised",
           {{"rule", concern.name}, {"found", concern.text}, {"advice", "vodeventd audit"}});
    else if (!concerns_.contains(concern.name))
      log_(Level::warning, concern.text);
  }
  concerns_ = std::move(names);
} catch (const std::system_error& error) {
  if (inbox::fatal(error.code())) throw;  // else the next save tells
}

void Driver::start_requests() {
  for (;;) {
    Operation operation = relay_.next(clock_.now());
    if (const auto* pull = std::get_if<Pull>(&operation)) {
      pulls_.emplace(client_.pull_events(), pull->ticket);
    } else if (auto* confirm = std::get_if<Confirm>(&operation)) {
      inbox_.confirm_sent(confirm->handles);
      const vod::Call call = client_.confirm_events(confirm->handles);
      confirms_.emplace(call, Confirming{confirm->ticket, std::move(confirm->handles)});
    } else {
      return;
    }
  }
}

void Driver::take(vod::Answer answer) {
  if (auto pull = pulls_.extract(answer.call)) {
    take_pull(pull.mapped(), answer);
  } else if (auto confirm = confirms_.extract(answer.call)) {
    take_confirm(confirm.mapped(), answer);
  }
}

void Driver::take_pull(Ticket ticket, const vod::Answer& answer) {
  try {
    if (!answer.reply.odd.empty()) {
      inbox::Arrival reply = whole_reply(answer.reply);
      reply.received_at = clock_.utc();
      relay_.keep(ticket, std::move(reply), clock_.now());
    }
    if (answer.reply.failure)
      relay_.pull_failed(ticket, *answer.reply.failure, clock_.now());
    else
      take_events(ticket, answer);
  } catch (const std::bad_alloc&) {
    relay_.pull_failed(ticket, out_of_memory(), clock_.now());
  }
}

void Driver::take_events(Ticket ticket, const vod::Answer& answer) {
  Pulled result{.arrivals = {}, .remark = answer.reply.remark, .first_byte = answer.first_byte};
  const auto age = std::chrono::floor<std::chrono::milliseconds>(clock_.now() - answer.first_byte);
  const base::Utc received_at = clock_.utc() - age;
  result.arrivals.reserve(answer.reply.events.size());
  for (const std::string_view slice : answer.reply.events) {
    inbox::Arrival& arrival =
        result.arrivals.emplace_back(read_or_keep(slice, result.arrivals.size()));
    arrival.received_at = received_at;
    arrival.request_id = answer.reply.request_id;
  }
  relay_.pulled(ticket, std::move(result), clock_.now());
}

// A refused batch of several may have been confirmed in part: whether a batch is atomic is not
// documented.
void Driver::take_confirm(const Confirming& confirming, const vod::Answer& answer) {
  const auto& failure = answer.reply.failure;
  if (!failure) {
    inbox_.confirm_done(confirming.handles, inbox::Confirm::confirmed, "", answer.reply.request_id);
    relay_.confirmed(confirming.ticket);
    return;
  }
  const bool partly =
      failure->error_class == vod::ErrorClass::handle_refused && confirming.handles.size() > 1;
  const auto outcome =
      failure->outcome_unknown || partly ? inbox::Confirm::unknown : inbox::Confirm::refused;
  inbox_.confirm_done(confirming.handles, outcome, failure->code, failure->request_id);
  relay_.confirm_failed(confirming.ticket, *failure, clock_.now());
}

void Driver::save() {
  const base::Instant started = clock_.now();
  const std::span<const inbox::Arrival> arrivals = relay_.to_save(started);
  try {
    if (arrivals.empty()) inbox_.check_writable();
    const inbox::SaveResult result = inbox_.save(arrivals);
    tell_saved(arrivals, result, clock_.now() - started);
    relay_.saved(result, clock_.now());
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    relay_.save_failed(error.what(), clock_.now());
  }
}

// What is known of confirms rides in the next save.  When none is in sight it gets its own.
void Driver::record_confirms() {
  if (!inbox_.flush_due() || relay_.confirms_pending() || relay_.store_down()) return;
  try {
    inbox_.flush();
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    relay_.save_failed(error.what(), clock_.now());
  }
}

void Driver::tell_saved(std::span<const inbox::Arrival> arrivals, const inbox::SaveResult& result,
                        base::BootTime::duration took) {
  using inbox::Outcome;
  if (result.outcomes.empty()) return;
  const std::size_t conflicts = result.count(Outcome::conflict);
  const auto odd =
      std::count_if(arrivals.begin(), arrivals.end(),
                    [](const inbox::Arrival& arrival) { return !arrival.diagnostics.empty(); });
  log_(Level::info, "stored",
       {{"events", result.count(Outcome::stored)},
        {"redelivered", result.count(Outcome::redelivered) + result.count(Outcome::relinked)},
        {"quarantined", result.count(Outcome::quarantined) + conflicts},
        {"with_diagnostics", odd},
        {"took_ms", ms(took)},
        source_of(arrivals)});
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    const inbox::Arrival& arrival = arrivals[i];
    if (result.outcomes[i] == Outcome::conflict)
      log_(Level::critical, "quarantined: the handle of a stored event came with another content",
           {{"handle", arrival.handle}, {"request_id", arrival.request_id}});
    if (result.outcomes[i] == Outcome::quarantined)
      log_(arrival.handle.empty() ? Level::critical : Level::error, "quarantined",
           {{"reason", arrival.unreadable},
            {"handle", arrival.handle},
            {"request_id", arrival.request_id}});
  }
}

void Driver::tell(const Notice& notice) {
  using Kind = Notice::Kind;
  const vod::Failure failure = notice.failure.value_or(vod::Failure{});
  switch (notice.kind) {
    case Kind::unreachable:
      return log_(Level::warning, "could not pull",
                  {{"class", to_string(failure.error_class)},
                   {"code", failure.code},
                   {"message", failure.message},
                   {"request_id", failure.request_id},
                   {"advice", vod::advice_on(failure)}});
    case Kind::reachable:
      return log_(Level::notice, "pulled again", {{"after_s", notice.lasted.count()}});
    case Kind::suspicious_idle:
      return log_(Level::warning,
                  "the service says at once and again that something was not found; if events are "
                  "missing, check sub_app_id",
                  {{"message", notice.text}});
    case Kind::store_failed:
      return log_(Level::error, "could not store; nothing more is pulled until it works",
                  {{"error", notice.text}});
    case Kind::store_recovered:
      return log_(Level::notice, "stored again");
    case Kind::confirm_failed:
      return log_(Level::warning, "could not confirm yet",
                  {{"class", to_string(failure.error_class)},
                   {"code", failure.code},
                   {"message", failure.message},
                   {"request_id", failure.request_id}});
    case Kind::given_up:
      return log_(Level::notice,
                  "not confirmed: refused or too late; the events are stored and await redelivery",
                  {{"events", notice.count}});
    case Kind::stranded:
      return log_(Level::warning, "abandoned pulls at the end; their events come again",
                  {{"pulls", notice.count}});
  }
}

}  // namespace relay
