#include "inbox/inbox.h"

#include "base/hex.h"
#include "crypto/digest.h"
#include "inbox/audit.h"
#include "inbox/open.h"
#include "inbox/schema.h"
#include "inbox/surroundings.h"
#include "sqlite/transaction.h"

#include <sys/stat.h>

#include <cerrno>
#include <span>

namespace inbox {
namespace {

struct Look {
  std::string identity = "missing";
  std::size_t bytes = 0;
};

Look look_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino),
          static_cast<std::size_t>(status.st_size)};
}

std::string megabytes(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// Who it is, where that is to be seen.
std::string by(const std::string& holders) { return holders.empty() ? "another process" : holders; }

constexpr std::chrono::minutes queue_empty_pace{1};

// The first column of the first row, in milliseconds.
std::optional<base::Utc> time(sqlite::Database& database, std::string_view query) {
  sqlite::Statement statement(database, query);
  sqlite::Rows rows = statement.query();
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return base::Utc(std::chrono::milliseconds(rows.integer(0)));
}

// Rows that were made and await no confirm: they count as confirmed.
std::int64_t settled_rows(std::span<const Arrival> arrivals, const SaveResult& result) {
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Outcome outcome = result.outcomes[i];
    const bool made = outcome != Outcome::redelivered && outcome != Outcome::known;
    rows += made && arrivals[i].source != Source::pull;
  }
  return rows;
}

}  // namespace

std::string views_fingerprint() {
  std::string all(common_views);
  all += views;
  return base::hex(crypto::sha256(all));
}

bool fatal(const std::error_code& code) noexcept {
  if (code == std::errc(ESTALE)) return true;
  if (code.category() != sqlite::category()) return false;
  const int primary = sqlite::primary_code(code);
  return code.value() == SQLITE_IOERR_FSYNC || primary == SQLITE_CORRUPT ||
         primary == SQLITE_NOTADB;
}

// A confirm of the previous run may have succeeded without being put on record: unknown.  Who waits
// for the start does not wait for the log of that run to be taken in as well.
Inbox::Inbox(const std::string& path, std::optional<std::uint64_t> sub_app_id, base::Clock& clock,
             std::size_t ballast, const Tell& tell)
    : clock_(clock),
      database_(open(path, tell)),
      path_(database_.path()),
      ballast_(path_ + "-ballast", ballast),
      count_(database_,
             "UPDATE counters SET pulled = pulled + ?1, stored = stored + ?2,"
             " relinked = relinked + ?3, redelivered = redelivered + ?4,"
             " quarantined = quarantined + ?5, conflicts = conflicts + ?6,"
             " confirmed = confirmed + ?7, strays = strays + ?8"),
      record_queue_empty_(database_, "INSERT OR REPLACE INTO meta VALUES ('queue_empty_at', ?1)"),
      history_(database_),
      attempts_(database_, history_),
      tables_(database_, sub_app_id, history_),
      pulled_(database_, sub_app_id, tables_, attempts_),
      settled_(database_, sub_app_id, tables_),
      retention_(database_),
      tidy_again_at_(clock.now() + tidy_again) {
  const sqlite::LogLeft log_left(database_);
  if (newest_unconfirmed())
    database_.run(
        "UPDATE events SET confirm_unknown = 1"
        " WHERE confirmed_at IS NULL AND superseded_by IS NULL AND confirm_unknown = 0");
}

// SQLite goes on writing to files that were deleted or replaced; what it commits there is lost.  So
// the names must still lead to the files of the last commit.
std::size_t Inbox::require_files() const {
  const Look wal = look_at(path_ + "-wal");
  if (!files_.empty() && files_ != look_at(path_).identity + ' ' + wal.identity)
    throw std::system_error(ESTALE, std::generic_category(),
                            "database " + path_ + " was moved or removed while in use");
  return wal.bytes;
}

void Inbox::commit(sqlite::Transaction& transaction) {
  const std::size_t wal_bytes = require_files();
  transaction.commit();
  wal_bytes_ = wal_bytes;
  // The first commit makes the -wal file.
  if (files_.empty()) files_ = look_at(path_).identity + ' ' + look_at(path_ + "-wal").identity;
}

SaveResult Inbox::save(std::span<const Arrival> arrivals) try {
  require_room();
  return save_all(arrivals);
} catch (const std::system_error& error) {
  failed(error);
}

SaveResult Inbox::save_all(std::span<const Arrival> arrivals) {
  const std::string now = base::iso8601(clock_.utc());
  SaveResult result;
  result.outcomes.reserve(arrivals.size());
  sqlite::Transaction transaction(database_);
  const Attempts::Written written = attempts_.write();
  for (const Arrival& arrival : arrivals) result.outcomes.push_back(save_one(arrival, now));
  count(arrivals, result, written);
  const bool told =
      queue_empty_at_ >
      queue_empty_recorded_ + (arrivals.empty() ? queue_empty_pace.zero() : queue_empty_pace);
  if (told) record_queue_empty_.run(base::iso8601(queue_empty_at_));
  commit(transaction);
  if (told) queue_empty_recorded_ = queue_empty_at_;
  attempts_.committed();
  retention_.go_back_to(written.first_event);
  if (!arrivals.empty()) ++saves_;
  return result;
}

// The room that a full disk has left is for the checkpoint and for deleting, not for more events.
void Inbox::require_room() {
  if (!ballast_.take()) throw std::system_error(SQLITE_FULL, sqlite::category(), "save");
  if (wal_bytes_ <= wal_bytes_max) return;
  database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  wal_bytes_ = look_at(path_ + "-wal").bytes;
  if (wal_bytes_ > wal_bytes_max)
    throw std::system_error(EFBIG, std::generic_category(),
                            "the write-ahead log has grown to " + megabytes(wal_bytes_) +
                                ": end the long read of " + by(readers_of(path_)));
}

// What stands in the log goes to its place, after which the log's room is used again.  Needs no
// more than the ballast, since the log is taken in every 4 MiB.
void Inbox::make_room() noexcept {
  ballast_.release();
  sqlite3_exec(database_.handle(), "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr);
}

// The transaction is rolled back by now.  Says what SQLite can't know: how much is free, who holds
// the lock.
void Inbox::failed(const std::system_error& error) {
  const int code = error.code().category() == sqlite::category()
                       ? sqlite::primary_code(error.code())
                       : SQLITE_OK;
  if (code == SQLITE_FULL) {
    make_room();
    throw std::system_error(error.code(), std::to_string(free_bytes(path_) >> 10) +
                                              " KiB are free" +
                                              (ballast_.released() ? ", too few to go on" : ""));
  }
  if (code == SQLITE_BUSY)
    throw std::system_error(error.code(), "locked by " + by(writer_of(path_)));
  throw std::system_error(error);
}

// A transaction that only meets what is known, or notes a confirm that failed, changes no count.
void Inbox::count(std::span<const Arrival> arrivals, const SaveResult& result,
                  const Attempts::Written& written) {
  const std::size_t deliveries = arrivals.size() - result.count(Outcome::known);
  if (deliveries == 0 && written.confirmed == 0 && written.strays == 0) return;
  const std::int64_t confirmed = written.confirmed + settled_rows(arrivals, result);
  count_.run(deliveries, result.count(Outcome::stored), result.count(Outcome::relinked),
             result.count(Outcome::redelivered), result.count(Outcome::quarantined),
             result.count(Outcome::conflict), confirmed, written.strays);
}

Outcome Inbox::save_one(const Arrival& arrival, const std::string& now) {
  if (!arrival.unreadable.empty())
    return tables_.quarantine(arrival, arrival.unreadable, Outcome::quarantined, now);
  if (arrival.source == Source::pull) return pulled_.save(arrival, now);
  return arrival.source == Source::push ? settled_.save_pushed(arrival, now)
                                        : settled_.save_imported(arrival, now);
}

void Inbox::confirm_done(std::span<const std::string> handles, Confirm outcome,
                         std::string_view code, std::string_view request_id) {
  attempts_.done(handles, outcome, code, request_id, clock_.utc());
}

void Inbox::flush() {
  if (flush_due() || queue_empty_at_ > queue_empty_recorded_) save({});
}

std::optional<base::Utc> Inbox::newest_unconfirmed() {
  return time(database_,
              "SELECT CAST(round((julianday(max(last_received_at)) - 2440587.5)"
              " * 86400000) AS INTEGER) FROM events INDEXED BY events_live"
              " WHERE confirmed_at IS NULL AND superseded_by IS NULL");
}

std::optional<base::Utc> Inbox::queue_empty_at() {
  return time(database_,
              "SELECT CAST(round((julianday(value) - 2440587.5) * 86400000) AS INTEGER)"
              " FROM meta WHERE key = 'queue_empty_at'");
}

Inbox::Tidied Inbox::tidy(std::span<const std::string_view> awaited) try {
  if (clock_.now() >= tidy_again_at_) {
    retention_.begin_again();
    tidy_again_at_ = clock_.now() + tidy_again;
  }
  return tidy_once(awaited);
} catch (const std::system_error& error) {
  failed(error);
}

// Confirms that are not on record yet are written first: what they settle may go then.
Inbox::Tidied Inbox::tidy_once(std::span<const std::string_view> awaited) {
  using Next = Tidied::Next;
  if (ballast_.released() || free_bytes(path_) < tidy_room_bytes) return {.next = Next::later};
  if (flush_due()) {
    save_all({});
    return {.next = Next::more};
  }
  const Retention::Step step = retention_.next(clock_.utc(), awaited);
  const Next next = step.more ? Next::more : Next::nothing;
  if (!step.writes()) return {.next = next};
  const std::int64_t before = database_.number("PRAGMA page_count");
  sqlite::Transaction transaction(database_);
  const Retention::Gone gone = retention_.run(step);
  commit(transaction);
  const std::int64_t pages = before - database_.number("PRAGMA page_count");
  return {gone.events, gone.quarantined, pages * database_.number("PRAGMA page_size"), next};
}

void Inbox::check_writable() try {
  require_room();
  const sqlite::LogLeft log_left(database_);
  sqlite::Transaction transaction(database_);
  sqlite::Statement(database_, "INSERT OR REPLACE INTO meta VALUES ('proved_writable_at', ?1)")
      .run(base::iso8601(clock_.utc()));
  sqlite::Statement(database_, "INSERT OR IGNORE INTO meta VALUES ('queue_empty_at', ?1)")
      .run(base::iso8601(clock_.utc()));
  commit(transaction);
} catch (const std::system_error& error) {
  failed(error);
}

std::vector<Inbox::Concern> Inbox::look_after() {
  const std::size_t wal_bytes = require_files();
  std::vector<Concern> concerns;
  for (const Finding& finding : audit_newest(database_))
    concerns.push_back({finding.name, true,
                        std::string(finding.sentence) + ": " + std::to_string(finding.exceptions) +
                            " exceptions"});
  if (wal_bytes > wal_bytes_max / 8)
    concerns.push_back({"wal", false,
                        megabytes(wal_bytes) + " by now: end the long read of " +
                            by(readers_of(path_)) + "; nothing more is stored from " +
                            megabytes(wal_bytes_max) + " on"});
  return concerns;
}

}  // namespace inbox
