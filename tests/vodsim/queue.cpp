#include "vodsim/queue.h"

#include <algorithm>

namespace vodsim {

using State = Queue::Event::State;

Queue::Queue(Rules rules) : rules_(rules), losses_(rules.seed), handles_(~rules.seed) {}

void Queue::add(EventText text, base::Instant arrives) {
  Event event;
  event.text = std::move(text);
  event.arrives = arrives;
  // Scaled by hand: the distributions of the standard library differ between implementations.
  event.to_lose = static_cast<double>(losses_() >> 11) * 0x1p-53 * 100 < rules_.loss_percent;
  events_.push_back(std::move(event));
  coming_.emplace_back(arrives, events_.size() - 1);
  ++counts_.events;
  ++counts_.coming;
}

std::size_t Queue::pull(base::Instant now, std::size_t most, std::string& out) {
  advance(now);
  const std::size_t count = std::min(most, waiting_.size());
  std::vector<Index> ended_early;
  for (std::size_t i = 0; i < count; ++i) {
    const Index index = waiting_.front();
    waiting_.pop_front();
    --counts_.waiting;
    if (i > 0) out += ',';
    deliver(index, now, out);
    Event& event = events_[index];
    if (rules_.loss == Loss::lease && std::exchange(event.to_lose, false))
      ended_early.push_back(index);
  }
  for (const Index index : ended_early) {
    --counts_.leased;
    wait(index);
  }
  return count;
}

void Queue::deliver(Index index, base::Instant now, std::string& out) {
  Event& event = events_[index];
  const bool first = event.pulls++ == 0;
  out += event.text.head;
  if (event.text.has_handle) {
    const bool another = first || rules_.new_handles;
    out += another ? issue(index, now) : event.handles.back();
    out += event.text.tail;
  }
  event.state = State::leased;
  leases_.push_back({now + rules_.lease, index, event.pulls});
  ++counts_.leased;
  ++counts_.delivered;
  if (!first) ++counts_.redelivered;
}

std::string_view Queue::issue(Index index, base::Instant now) {
  Event& event = events_[index];
  const bool own = event.handles.empty() && !event.text.own_handle.empty();
  const auto node = by_handle_.emplace(own ? event.text.own_handle : fresh_handle(), index);
  event.issued.push_back(now);
  return event.handles.emplace_back(node->first);
}

// 19 decimal digits, as the handles seen in public have.
std::string Queue::fresh_handle() {
  constexpr std::uint64_t first = 1'000'000'000'000'000'000, span = 8'000'000'000'000'000'000;
  for (;;) {
    std::string handle = std::to_string(first + handles_() % span);
    if (!by_handle_.contains(handle)) return handle;
  }
}

void Queue::wait(Index index) {
  events_[index].state = State::waiting;
  waiting_.push_back(index);
  ++counts_.waiting;
}

void Queue::advance(base::Instant now) {
  for (; !coming_.empty() && coming_.front().first <= now; coming_.pop_front()) {
    --counts_.coming;
    wait(coming_.front().second);
  }
  for (; !leases_.empty() && leases_.front().end <= now; leases_.pop_front()) {
    if (!runs(leases_.front())) continue;
    --counts_.leased;
    wait(leases_.front().index);
  }
  if (rules_.retention < rules_.retention.max()) drop_expired(now);
}

// What is leased may still be confirmed.
void Queue::drop_expired(base::Instant now) {
  const auto dropped = std::erase_if(waiting_, [&](Index index) {
    if (now - events_[index].arrives < rules_.retention) return false;
    events_[index].state = State::expired;
    return true;
  });
  counts_.waiting -= dropped;
  counts_.expired += dropped;
}

bool Queue::runs(const Lease& lease) const {
  const Event& event = events_[lease.index];
  return event.state == State::leased && event.pulls == lease.pull;
}

Queue::Event* Queue::leased_by(const std::string& handle) {
  const auto [begin, end] = by_handle_.equal_range(handle);
  for (auto at = begin; at != end; ++at) {
    Event& event = events_[at->second];
    if (event.state == State::leased && event.handles.back() == handle) return &event;
  }
  return nullptr;
}

bool Queue::known_confirmed(const std::string& handle) {
  const auto [begin, end] = by_handle_.equal_range(handle);
  return std::any_of(begin, end, [this](const auto& entry) {
    return events_[entry.second].state == State::confirmed;
  });
}

bool Queue::acceptable(const std::string& handle) {
  return leased_by(handle) || (rules_.accept_again && known_confirmed(handle));
}

Verdict Queue::confirm(std::span<const std::string> handles, base::Instant now) {
  advance(now);
  const bool all_good =
      std::all_of(handles.begin(), handles.end(), [this](const auto& h) { return acceptable(h); });
  if (!all_good) ++counts_.confirms_refused;
  if (!all_good && rules_.atomic_batch) return Verdict::refused;
  const Verdict lost = take_loss(handles);
  if (lost == Verdict::request_lost) return lost;
  for (const std::string& handle : handles) settle(handle, now);
  if (lost == Verdict::reply_lost) return lost;
  return all_good ? Verdict::confirmed : Verdict::refused;
}

// Whether this call is to be lost, because it is the first that names an event marked for that.
Verdict Queue::take_loss(std::span<const std::string> handles) {
  if (rules_.loss != Loss::request && rules_.loss != Loss::reply) return Verdict::confirmed;
  bool lost = false;
  for (const std::string& handle : handles) {
    Event* event = leased_by(handle);
    if (event && std::exchange(event->to_lose, false)) lost = true;
  }
  if (!lost) return Verdict::confirmed;
  return rules_.loss == Loss::request ? Verdict::request_lost : Verdict::reply_lost;
}

// Confirms every event that was leased with this handle.
void Queue::settle(const std::string& handle, base::Instant now) {
  const auto [begin, end] = by_handle_.equal_range(handle);
  for (auto at = begin; at != end; ++at) {
    Event& event = events_[at->second];
    if (event.state == State::confirmed && rules_.accept_again) settled_.push_back(at->first);
    if (event.state != State::leased || event.handles.back() != handle) continue;
    settled_.push_back(at->first);
    if (forget_confirm(event)) continue;
    event.state = State::confirmed;
    event.confirmed = now;
    --counts_.leased;
    ++counts_.confirmed;
  }
}

bool Queue::forget_confirm(Event& event) {
  return rules_.loss == Loss::confirm && std::exchange(event.to_lose, false);
}

bool Queue::has_waiting(base::Instant now) {
  advance(now);
  return !waiting_.empty();
}

std::optional<base::Instant> Queue::next_change() {
  while (!leases_.empty() && !runs(leases_.front())) leases_.pop_front();
  std::optional<base::Instant> next;
  if (!coming_.empty()) next = coming_.front().first;
  if (!leases_.empty()) next = std::min(next.value_or(leases_.front().end), leases_.front().end);
  return next;
}

Counts Queue::counts(base::Instant now) {
  advance(now);
  return counts_;
}

}  // namespace vodsim
