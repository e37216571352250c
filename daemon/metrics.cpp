#include "daemon/metrics.h"

#include "daemon/process.h"
#include "inbox/extent.h"
#include "metrics/page.h"
#include "vod/errors.h"
#include "vod/limits.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <system_error>

namespace vodeventd {
namespace {

using metrics::Page;
using relay::seconds;

double number(auto count) { return static_cast<double>(count); }

// nothing queued -> nothing_queued
std::string label_of(std::string_view name) {
  std::string label(name);
  std::replace(label.begin(), label.end(), ' ', '_');
  return label;
}

// A moment as seconds since 1970; none: left out.
void moment(Page& page, std::string_view name, std::string_view help,
            std::optional<base::Instant> when, base::Clock& clock) {
  if (!when) return;
  const auto utc = std::chrono::duration<double>(clock.utc().time_since_epoch());
  page.gauge(name, help, utc.count() - seconds(clock.now() - *when));
}

void failures(Page& page, std::string_view name, std::string_view help,
              const relay::Measures::ByClass& counts) {
  for (const vod::ClassRow& row : vod::error_classes())
    page.counter(name, help, number(counts[relay::Measures::index(row.error_class)]),
                 {{"error_class", label_of(row.name)}});
}

void pulls(Page& page, const Measured& m) {
  const relay::Counters& counters = m.relay.counters();
  const relay::Measures& measures = m.driver.measures();
  constexpr auto ended = "vodeventd_pulls_total";
  constexpr auto ended_help = "Pulls that ended, by what they brought.";
  page.counter(ended, ended_help, number(counters.event_pulls), {{"outcome", "events"}});
  page.counter(ended, ended_help, number(counters.empty_pulls), {{"outcome", "empty"}});
  page.counter(ended, ended_help, number(counters.failed_pulls), {{"outcome", "failed"}});
  failures(page, "vodeventd_pull_failures_total", "Pulls that failed, by class of error.",
           measures.pull_failures);
  page.histogram("vodeventd_pull_duration_seconds",
                 "From the request to the end of its reply, failures included.  An empty pull is "
                 "held for 5 s.",
                 measures.pull_s);
  page.gauge("vodeventd_pulls_in_flight", "Pulls under way.", number(m.relay.pulls_in_flight()));
  page.gauge("vodeventd_pull_backoff_seconds",
             "Time until the next pull may start: a pause after failures, or the configured "
             "interval; 0: now.",
             seconds(m.relay.pull_wait(m.clock.now())));
  page.gauge("vodeventd_pull_consecutive_failures", "Pulls that failed since the last success.",
             number(measures.pull_failures_in_a_row));
  moment(page, "vodeventd_last_pull_timestamp_seconds",
         "When a pull last succeeded, empty or not; missing before the first.", m.relay.pulled_at(),
         m.clock);
}

void events(Page& page, const Measured& m) {
  const relay::Counters& counters = m.relay.counters();
  page.counter("vodeventd_events_pulled_total",
               "Deliveries.  Each is stored, redelivered, quarantined, conflicting, abandoned, or "
               "about to be.",
               number(counters.pulled));
  page.counter("vodeventd_events_stored_total", "Events that got a row of their own.",
               number(counters.stored));
  constexpr auto again = "vodeventd_events_redelivered_total";
  constexpr auto again_help =
      "Deliveries of events that were stored before, by their handle: the same, or a new one.";
  page.counter(again, again_help, number(counters.redelivered), {{"handle", "same"}});
  page.counter(again, again_help, number(counters.relinked), {{"handle", "new"}});
  page.counter("vodeventd_events_quarantined_total",
               "Deliveries that were no event; their bytes are kept in quarantine.",
               number(counters.quarantined));
  page.counter("vodeventd_events_conflicting_total",
               "Deliveries of a stored event's handle with another content, kept in quarantine.",
               number(counters.conflicts));
  page.counter("vodeventd_events_abandoned_total",
               "Deliveries let go unsaved because their leases ran out; they come again.",
               number(counters.abandoned));
  const relay::Measures& measures = m.driver.measures();
  page.histogram("vodeventd_commit_duration_seconds",
                 "Transactions that stored what was pulled, fsync included.", measures.commit_s);
  page.histogram("vodeventd_event_store_delay_seconds",
                 "From the first byte of the reply that brought a delivery to its durable row.",
                 measures.store_delay_s);
  moment(page, "vodeventd_last_store_timestamp_seconds",
         "When deliveries were last stored; missing before the first.", measures.stored_at,
         m.clock);
}

void confirms(Page& page, const Measured& m) {
  const relay::Measures& measures = m.driver.measures();
  page.counter("vodeventd_events_confirmed_total", "Deliveries whose confirm succeeded.",
               number(m.relay.counters().confirmed));
  page.counter("vodeventd_events_given_up_total",
               "Deliveries that were refused or whose lease ran out before their confirm; they are "
               "stored and come again.",
               number(m.relay.given_up()));
  failures(page, "vodeventd_confirm_failures_total",
           "Confirms, of up to 16 events each, that failed, by class of error.",
           measures.confirm_failures);
  page.histogram("vodeventd_confirm_duration_seconds",
                 "From a confirm's request to the end of its reply, failures included.",
                 measures.confirm_s);
  page.histogram("vodeventd_event_confirm_delay_seconds",
                 "From the first byte of the reply that brought a delivery to its confirm; beyond "
                 "30 the lease is over.",
                 measures.confirm_delay_s);
  if (const auto left = measures.lease_left_s.at(m.clock.now()))
    page.gauge("vodeventd_lease_headroom_seconds",
               "What was left of the lease of 30 s when a confirm succeeded: the least of the last "
               "one to two minutes; missing when there was none.",
               *left);
  page.gauge("vodeventd_confirms_waiting", "Stored deliveries that wait for their confirm now.",
             number(m.relay.confirms_waiting()));
  moment(page, "vodeventd_last_confirm_timestamp_seconds",
         "When a confirm last succeeded; missing before the first.", measures.confirmed_at,
         m.clock);
}

// relay/backlog.h says what is sound about it.
void backlog(Page& page, const Measured& m) {
  const base::Instant now = m.clock.now();
  page.gauge("vodeventd_backlog_age_seconds",
             "The oldest event that is not stored is younger than this: so long ago a pull began "
             "that found the queue empty, or the first start was.",
             seconds(now - m.driver.backlog().empty_at()));
  page.gauge("vodeventd_backlog_age_limit_seconds",
             "The age at which the service drops events that nobody has pulled.",
             seconds(vod::retention));
  if (const auto waiting = m.queue.events(now))
    page.gauge("vodeventd_backlog_events",
               "Events that wait at the service, about, as it says once a minute while replies "
               "come full; else 0.  Missing when it does not say.",
               *waiting);
  if (const auto drain = m.queue.drain_s(now))
    page.gauge("vodeventd_backlog_drain_seconds",
               "Time until the backlog is gone at the net rate of the last minutes, about; +Inf "
               "while it does not shrink.  Missing until there are two counts.",
               *drain);
}

// What is configured and can't listen has counted nothing.
void callbacks(Page& page, const Measured& m) {
  if (!m.reception.on()) return;
  const receiver::Receiver* receiver = m.reception.receiver();
  page.gauge("vodeventd_receiving", "1 while callbacks are accepted at [receiver] listen.",
             receiver ? 1 : 0);
  if (!receiver) return;
  const receiver::Counters& counters = receiver->counters();
  constexpr auto ended = "vodeventd_callbacks_total";
  constexpr auto ended_help =
      "Callbacks by what became of them; a failed one could not be stored and was answered so.";
  page.counter(ended, ended_help, number(counters.stored), {{"outcome", "stored"}});
  page.counter(ended, ended_help, number(counters.redelivered), {{"outcome", "redelivered"}});
  page.counter(ended, ended_help, number(counters.quarantined), {{"outcome", "quarantined"}});
  page.counter(ended, ended_help, number(counters.failed), {{"outcome", "failed"}});
  for (std::size_t i = 0; i < receiver::refusals.size(); ++i)
    page.counter("vodeventd_callbacks_refused_total",
                 "What was sent to the receiver and taken for no callback, by reason.",
                 number(counters.refused[i]), {{"reason", std::string(receiver::refusals[i])}});
  page.histogram("vodeventd_callback_answer_duration_seconds",
                 "From the end of a callback's request to its answer, fsync included.",
                 receiver->answer_s());
}

bool store_failing(const Measured& m) {
  const receiver::Receiver* receiver = m.reception.receiver();
  return m.relay.store_down() || (receiver && receiver->store_failing());
}

void store(Page& page, const Measured& m) try {
  page.gauge("vodeventd_store_failing", "1 while nothing can be stored, so nothing is pulled.",
             store_failing(m) ? 1 : 0);
  const inbox::Extent extent = inbox::extent_of(m.inbox.database(), m.clock.utc());
  page.gauge("vodeventd_events_unconfirmed",
             "Rows of events whose confirm is not on record, as in the view unconfirmed.",
             number(extent.unconfirmed));
  page.gauge("vodeventd_database_bytes", "Size of the database's file.",
             number(extent.database_bytes));
  page.gauge("vodeventd_database_wal_bytes", "Size of its write-ahead log.",
             number(extent.wal_bytes));
  page.gauge("vodeventd_database_filesystem_free_bytes",
             "What the daemon may still write to the database's file system.",
             number(extent.free_bytes));
  page.gauge("vodeventd_database_filesystem_size_bytes", "Size of that file system.",
             number(extent.file_system_bytes));
} catch (const std::system_error& error) {
  if (inbox::fatal(error.code())) throw;  // else the rest of the page stands
}

void service(Page& page, const Measured& m) {
  page.counter("vodeventd_connections_opened_total",
               "Connections, with their TLS handshakes, that finished requests had to open.",
               number(m.transport.handshakes()));
  page.gauge("vodeventd_start_time_seconds", "When the process was started.",
             std::chrono::duration<double>(m.started_at.time_since_epoch()).count());
  page.gauge("vodeventd_build_info", "1; the label is the program's version.", 1,
             {{"version", VODEVENTD_VERSION}});
}

void process(Page& page, const Measured& m) {
  const Usage used = usage();
  page.counter("process_cpu_seconds_total", "CPU time of the process.", used.cpu_s);
  page.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.",
             used.resident_bytes);
  page.gauge("process_virtual_memory_bytes", "Memory of the process.", used.virtual_bytes);
  page.gauge("process_open_fds", "Open file descriptors.", used.open_fds);
  page.gauge("process_max_fds", "Most file descriptors that may be open.", used.max_fds);
  page.gauge("process_start_time_seconds", "When the process was started.",
             std::chrono::duration<double>(m.started_at.time_since_epoch()).count());
}

}  // namespace

std::string metrics_page(const Measured& measured, Reader reader) {
  Page page;
  pulls(page, measured);
  events(page, measured);
  confirms(page, measured);
  if (measured.relay.pulling()) backlog(page, measured);
  callbacks(page, measured);
  store(page, measured);
  service(page, measured);
  if (reader == Reader::asker) process(page, measured);
  return page.text();
}

}  // namespace vodeventd
