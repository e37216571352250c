#include "relay/driver.h"

#include "intake/arrival.h"
#include "relay/messages.h"
#include "relay/tell.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace relay {
namespace {

constexpr auto look_every = std::chrono::minutes(1);

inbox::Arrival read_or_keep(std::string_view slice, std::size_t index) {
  try {
    return intake::to_arrival(slice, vod::Form::element, vod::element_path(index));
  } catch (const std::bad_alloc&) {
    return intake::unread(slice);
  }
}

std::optional<base::Instant> instant_of(std::optional<base::Utc> utc, base::Clock& clock) {
  if (!utc) return std::nullopt;
  return clock.now() - (clock.utc() - *utc);
}

vod::Failure out_of_memory() {
  vod::Failure failure;
  failure.code = "out-of-memory";
  failure.outcome_unknown = true;
  return failure;
}

}  // namespace

Driver::Driver(Relay& relay, vod::Client& client, inbox::Inbox& inbox, base::Clock& clock,
               base::Log& log)
    : relay_(relay),
      client_(client),
      inbox_(inbox),
      clock_(clock),
      log_(log),
      tidying_(relay, inbox, clock, log),
      backlog_(clock.now(), instant_of(inbox.queue_empty_at(), clock)) {}

void Driver::turn() {
  start_requests();
  const base::Instant now = clock_.now();
  // With something to save, poll only hands the requests to the network, so that they travel during
  // the fsync, and takes in what has arrived meanwhile.
  const base::Instant until =
      relay_.save_due(now) ? now : std::min(relay_.wake_at(now), tidying_.due_at());
  for (vod::Answer& answer : client_.poll(until)) take(std::move(answer));
  if (relay_.save_due(clock_.now())) save();
  note_backlog();
  record_confirms();
  tidying_.turn();
  for (const Notice& notice : relay_.take_notices()) tell(log_, notice);
  if (clock_.now() >= look_at_) {
    look_after();
    rest();
  }
}

// What holds on is told once; a violation of the promise each time.
void Driver::look_after() try {
  look_at_ = clock_.now() + look_every;
  std::set<std::string_view> names;
  for (const inbox::Inbox::Concern& concern : inbox_.look_after()) {
    names.insert(concern.name);
    if (concern.violation)
      log_(messages::promise_broken,
           {{"rule", concern.name}, {"found", concern.text}, {"advice", "vodeventd audit"}});
    else if (!concerns_.contains(concern.name))
      log_(messages::log_grows, {{"found", concern.text}});
  }
  concerns_ = std::move(names);
} catch (const std::system_error& error) {
  if (inbox::fatal(error.code())) throw;  // else the next save tells
}

// A minute without a save: what work needed of memory is given back.
void Driver::rest() {
  const std::uint64_t saves = inbox_.saves();
  const bool worked = std::exchange(saves_looked_at_, saves) != saves;
  if (std::exchange(rests_, !worked) || worked) return;
  inbox_.rest();
  malloc_trim(0);
}

void Driver::start_requests() {
  for (;;) {
    Operation operation = relay_.next(clock_.now());
    if (const auto* pull = std::get_if<Pull>(&operation)) {
      backlog_.pull_started(pull->ticket, clock_.now());
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
  } else if (on_other_) {
    on_other_(answer);
  }
}

void Driver::take_pull(Ticket ticket, const vod::Answer& answer) {
  measures_.pull_s.observe(seconds(clock_.now() - answer.started));
  try {
    if (!answer.reply.odd.empty()) {
      inbox::Arrival reply = intake::whole_reply(answer.reply);
      reply.received_at = clock_.utc();
      relay_.keep(ticket, std::move(reply), clock_.now());
    }
    if (answer.reply.failure)
      pull_failed(ticket, *answer.reply.failure, !answer.reply.odd.empty());
    else
      take_events(ticket, answer);
  } catch (const std::bad_alloc&) {
    pull_failed(ticket, out_of_memory(), true);
  }
}

void Driver::pull_failed(Ticket ticket, const vod::Failure& failure, bool may_have_leased) {
  ++measures_.pull_failures[Measures::index(failure.error_class)];
  ++measures_.pull_failures_in_a_row;
  backlog_.pull_failed(ticket, failure.outcome_unknown || may_have_leased, clock_.now());
  relay_.pull_failed(ticket, failure, clock_.now());
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
  const std::size_t events = result.arrivals.size();
  relay_.pulled(ticket, std::move(result), clock_.now());
  measures_.pull_failures_in_a_row = 0;
  backlog_.pull_gave(ticket, events, clock_.now());
}

// A refused batch of several may have been confirmed in part: whether a batch is atomic is not
// documented.
void Driver::take_confirm(const Confirming& confirming, const vod::Answer& answer) {
  const base::Instant now = clock_.now();
  measures_.confirm_s.observe(seconds(now - answer.started));
  const auto& failure = answer.reply.failure;
  if (!failure) {
    inbox_.confirm_done(confirming.handles, inbox::Confirm::confirmed, "", answer.reply.request_id);
    for (const auto& lease : relay_.leases(confirming.ticket))
      measures_.confirmed(lease.deadline, now);
    relay_.confirmed(confirming.ticket, now);
    return;
  }
  ++measures_.confirm_failures[Measures::index(failure->error_class)];
  const bool partly =
      failure->error_class == vod::ErrorClass::handle_refused && confirming.handles.size() > 1;
  const auto outcome =
      failure->outcome_unknown || partly ? inbox::Confirm::unknown : inbox::Confirm::refused;
  inbox_.confirm_done(confirming.handles, outcome, failure->code, failure->request_id);
  relay_.confirm_failed(confirming.ticket, *failure, clock_.now());
}

void Driver::save() {
  const base::Instant started = clock_.now();
  const std::uint64_t abandoned = relay_.counters().abandoned;
  const std::span<const inbox::Arrival> arrivals = relay_.to_save(started);
  if (relay_.counters().abandoned > abandoned) backlog_.let_go(started);
  try {
    if (arrivals.empty()) inbox_.check_writable();
    const inbox::SaveResult result = inbox_.save(arrivals);
    const base::Instant now = clock_.now();
    tell_saved(log_, arrivals, result, now - started);
    measures_.commit_s.observe(seconds(now - started));
    for (const base::Instant deadline : relay_.deadlines()) measures_.stored(deadline, now);
    relay_.saved(result, now);
    tidying_.saved(result);
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    relay_.save_failed(inbox_.trouble(error), clock_.now());
  }
}

// The inbox keeps the moment for the next start; it rides in a transaction that is made anyway.
void Driver::note_backlog() {
  if (!relay_.deadlines().empty() || !backlog_.all_saved()) return;
  const auto age = clock_.now() - backlog_.empty_at();
  inbox_.queue_empty_at(clock_.utc() - std::chrono::ceil<std::chrono::milliseconds>(age));
}

// What is known of confirms rides in the next save.  When none is in sight it gets its own
// transaction.
void Driver::record_confirms() {
  const bool rides = relay_.confirms_pending() || relay_.save_ahead() || relay_.store_down();
  if (!inbox_.flush_due() || rides) return;
  try {
    inbox_.flush();
  } catch (const std::system_error& error) {
    if (inbox::fatal(error.code())) throw;
    relay_.save_failed(inbox_.trouble(error), clock_.now());
  }
}

}  // namespace relay
