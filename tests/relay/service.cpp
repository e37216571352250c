#include "relay/service.h"

#include <algorithm>
#include <memory>
#include <variant>

namespace played {

bool Service::Limit::admit(base::Instant now, std::size_t most) {
  if (now >= end) end = now + 1s, seen = 0;
  return ++seen <= most;
}

void Service::arrive(std::size_t count) {
  for (; count > 0; --count) {
    queue_.push_back(arrived_.size());
    arrived_.push_back(m.now);
  }
}

void Service::play(base::BootTime::duration time, const std::function<void()>& each_ms) {
  for (const base::Instant end = m.now + time; m.now < end; m.now += 1ms) {
    each_ms();
    serve();
    if (m.now >= saved_at_) saved();
    if (saved_at_ < base::Instant::max()) continue;
    deliver();
    start();
    if (m.relay.save_due(m.now)) save();
  }
}

void Service::start() {
  auto operation = m.relay.next(m.now);
  if (operation.index() > 0) ++turns_with_requests;
  for (; operation.index() > 0; operation = m.relay.next(m.now)) {
    const base::Instant arrives = m.now + round_trip / 2;
    if (const auto* request = std::get_if<Pull>(&operation))
      requests_.emplace(arrives, [this, ticket = request->ticket] { pull(ticket); });
    else
      requests_.emplace(arrives + confirm_takes,
                        [this, request = std::get<Confirm>(operation)] { confirm(request); });
  }
}

void Service::serve() {
  while (!requests_.empty() && requests_.begin()->first <= m.now) {
    const auto request = requests_.extract(requests_.begin());
    at_ = request.key();
    end_leases();
    request.mapped()();
  }
  at_ = m.now;
  end_leases();
  for (; !held_.empty() && !queue_.empty(); held_.pop_front()) answer(held_.front().ticket);
  for (; !held_.empty() && held_.front().since + vod::hold <= at_; held_.pop_front())
    reply([this, ticket = held_.front().ticket] { m.relay.pulled(ticket, {}, m.now); });
}

void Service::deliver() {
  while (!replies_.empty() && replies_.begin()->first <= m.now)
    replies_.extract(replies_.begin()).mapped()();
}

void Service::reply(std::function<void()> delivery) {
  replies_.emplace(at_ + round_trip / 2, std::move(delivery));
}

void Service::end_leases() {
  std::erase_if(leases_, [this](const auto& entry) {
    if (entry.second.end > at_) return false;
    queue_.push_back(entry.second.event);
    ++leases_ended;
    return true;
  });
}

void Service::pull(::relay::Ticket ticket) {
  if (!pulls_.admit(at_, pulls_per_s)) {
    ++throttled;
    reply([this, ticket] {
      m.relay.pull_failed(ticket, failure(vod::ErrorClass::throttled), m.now);
    });
  } else if (queue_.empty()) {
    held_.push_back({ticket, at_});
  } else {
    answer(ticket);
  }
}

void Service::answer(::relay::Ticket ticket) {
  auto result = std::make_shared<::relay::Pulled>();
  while (!queue_.empty() && result->arrivals.size() < vod::events_per_pull_max) {
    const Event event = queue_.front();
    queue_.pop_front();
    inbox::Arrival& arrival = result->arrivals.emplace_back();
    arrival.handle = std::to_string(++handles_);
    arrival.fingerprint = std::to_string(event);
    arrival.json = "{}";
    leases_[arrival.handle] = {event, at_ + lease};
    if (pulled_.insert(event).second) waited.push_back(at_ - arrived_[event]);
  }
  reply([this, ticket, result] {
    result->first_byte = m.now;
    m.relay.pulled(ticket, std::move(*result), m.now);
  });
}

void Service::confirm(const Confirm& confirm) {
  if (!confirms_.admit(at_, confirms_per_s)) {
    ++throttled;
    reply([this, ticket = confirm.ticket] {
      m.relay.confirm_failed(ticket, failure(vod::ErrorClass::throttled), m.now);
    });
    return;
  }
  const bool good = std::all_of(confirm.handles.begin(), confirm.handles.end(),
                                [this](const auto& handle) { return leases_.contains(handle); });
  if (!good) {
    ++refused;
    reply([this, ticket = confirm.ticket] {
      m.relay.confirm_failed(ticket, failure(vod::ErrorClass::handle_refused), m.now);
    });
    return;
  }
  for (const std::string& handle : confirm.handles) {
    const auto ended = leases_.extract(handle);
    if (ended) confirmed.push_back(at_ - arrived_[ended.mapped().event]);
  }
  reply([this, ticket = confirm.ticket] { m.relay.confirmed(ticket, m.now); });
}

void Service::save() {
  saving_ = {};
  for (const inbox::Arrival& arrival : m.relay.to_save(m.now))
    saving_.outcomes.push_back(stored_.insert(arrival.fingerprint).second
                                   ? inbox::Outcome::stored
                                   : inbox::Outcome::redelivered);
  ++saves;
  saved_at_ = m.now + save_takes;
  if (m.now >= saved_at_) saved();
}

void Service::saved() {
  saved_at_ = base::Instant::max();
  m.relay.saved(saving_, m.now);
}

base::BootTime::duration percentile(std::vector<base::BootTime::duration> all, int percent) {
  if (all.empty()) return base::BootTime::duration::max();
  std::sort(all.begin(), all.end());
  return all[(all.size() - 1) * static_cast<std::size_t>(percent) / 100];
}

}  // namespace played
