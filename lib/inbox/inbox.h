// The inbox: one SQLite file that holds every event that was pulled, pushed or imported.
//
// Promises
//  1. When save() returns, everything it was given has survived an fsync: each arrival has a row in
//     events, is counted on the row of an earlier delivery, or stands in quarantine.  What was
//     imported and is here already changes nothing.
//  2. save() is all or nothing, and idempotent: the same arrivals saved again change counts only.
//  3. Nothing is judged by the handle alone: the same handle with another content is kept as well,
//     in quarantine.
//  4. What is known of a confirm is written with the next transaction.  Losing it in a crash costs
//     a redelivery and never an event: at the next start the outcome of every confirm that is not
//     on record counts as unknown.
//  5. Nothing is committed to files that were moved or removed underneath, nor to a write-ahead log
//     that has grown beyond wal_bytes_max since a reader keeps it from being taken in.
//  6. Each transaction changes the table counters by as much as the rows, so that audit() can
//     compare the two.
//  7. Only what was pulled awaits a confirm.  Rows that were pushed or imported are settled as they
//     are made: confirmed_at = stored_at, and no request that confirmed them.
//
// Which delivery becomes what
//
// Pulled (the handle may change when an event is delivered again; whether it does is not
// documented, so both are handled).  Looked at are all handles, and the content of pulled events:
//
//   same handle   same content                      ->  becomes
//   no            no                                 stored: a row
//   yes           yes                                redelivered: the same row, pull_count + 1
//   yes           no                                 conflict: quarantine, the row stays
//   no            yes, that one never confirmed      relinked: a row with redelivery_of
//   no            yes, outcome of confirm unknown    relinked, redelivery_certain = 0
//   no            yes, but less than a lease ago     relinked, redelivery_certain = 0
//   no            yes, that one confirmed            stored: an event of its own
//
// Pushed (a callback has no handle, and is sent up to three times).  Looked at is the content of
// pushed events; the time is that of receipt, and either way, since the clock may be set back:
//
//   same content                                    ->  becomes
//   no                                               stored: a row
//   yes, less than ten minutes from its last time    redelivered: the same row, pull_count + 1
//   yes, ten minutes or more                         stored: an event of its own
//
// One that names a handle all the same is not judged by it: whoever may push could take the place
// of an event that is still to be pulled.
//
// Imported (what a file has may have come another way before, and may be imported again, in part or
// as a whole).  Looked at are all handles, and the content of pushed and imported events:
//
//   same handle   same content                      ->  becomes
//   yes           yes                                known: nothing changes
//   yes           no                                 conflict: quarantine, the row stays
//   no            no                                 stored: a row
//   no            yes                                relinked, redelivery_certain = 0
//   has none      no                                 stored: a row
//   has none      yes                                known: nothing changes
//
// What can't be read goes to quarantine, whichever way it came.  The same bytes again are counted
// there, as redelivered; when they are imported they are known.
//
// Throws std::system_error with sqlite::category() when SQLite refuses; the caller confirms nothing
// then and tries again.  One process, one connection: the lock file says who.
#pragma once

#include "base/clock.h"
#include "inbox/arrival.h"
#include "inbox/attempts.h"
#include "inbox/ballast.h"
#include "inbox/history.h"
#include "inbox/pulled.h"
#include "inbox/retention.h"
#include "inbox/settled.h"
#include "inbox/stage.h"
#include "inbox/tables.h"
#include "inbox/trouble.h"
#include "sqlite/database.h"
#include "sqlite/statement.h"
#include "sqlite/transaction.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

// A database that must not be touched: not ours, newer than this program, or corrupt.
struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Whether this error leaves the connection untrustworthy, so that the process has to start anew
// from the disk's truth: a failed fsync (the kernel may have dropped the pages it could not write),
// damage, or files that are no longer where they were.  All else, a full disk or a lock, passes.
bool fatal(const std::error_code& code) noexcept;

class Inbox {
 public:
  // How long another connection's write lock is waited for: less than a third of a lease.
  static constexpr std::chrono::milliseconds busy_timeout{1'000};

  // Beyond this nothing more is saved; from an eighth of it on look_after() warns.
  static constexpr std::size_t wal_bytes_max = std::size_t{1} << 30;

  // Room that is held back for the day the disk is full.
  static constexpr std::size_t ballast_bytes = std::size_t{16} << 20;

  // What a full log and the deletion of a few rows take at most.
  static constexpr std::size_t tidy_room_bytes = std::size_t{8} << 20;

  // How often rows that had to stay are looked at again, whether they may go now.
  static constexpr std::chrono::hours tidy_again{1};

  // Opens or makes the database and brings it to this program's version.  Throws Refused, or
  // std::system_error; Interrupted when `tell` says so.  `sub_app_id` is written to every row.
  Inbox(const std::string& path, std::optional<std::uint64_t> sub_app_id, base::Clock& clock,
        std::size_t ballast = ballast_bytes, const Tell& tell = {});

  SaveResult save(std::span<const Arrival> arrivals);

  // A confirm for these handles leaves now.  Until its outcome is told, a redelivery of one of them
  // under a new handle is not certain to be one.
  void confirm_sent(std::span<const std::string> handles) { attempts_.sent(handles); }

  // What came of it; `code`: of a failure.
  void confirm_done(std::span<const std::string> handles, Confirm outcome, std::string_view code,
                    std::string_view request_id);

  // Writes what save() has not yet taken along.  No transaction when there is nothing.
  void flush();
  [[nodiscard]] bool flush_due() const noexcept { return !attempts_.empty(); }

  // When the newest event came that is not known to be confirmed: its redelivery is awaited.
  std::optional<base::Utc> newest_unconfirmed();

  // The moment before which everything that was queued at the service is safe here, as the relay
  // knows it; kept for the next start.  Taken along by a save when it is a minute newer than on
  // record, and by flush(); check_writable() begins it in a new database.
  std::optional<base::Utc> queue_empty_at();
  void queue_empty_at(base::Utc when) { queue_empty_at_ = when; }

  // Waits for locks only shortly from now on: the process is about to end.
  void hurry() { database_.busy_timeout_ms(200); }

  // What is to be kept from now on; without a call all is.
  void keep(const Bounds& bounds) { retention_.keep(bounds); }

  // Deletes, or gives back to the disk, a little of what is beyond the bounds (retention.h): in one
  // transaction at most, which takes milliseconds.  Nothing happens while the disk is nearly full:
  // deleting takes room in the log first.  `awaited`: handles that have a confirm before them,
  // sorted.
  struct Tidied {
    std::int64_t events = 0, quarantined = 0;  // rows that were deleted
    std::int64_t bytes = 0;                    // that were given back
    enum class Next { nothing, more, later } next = Next::nothing;
  };
  Tidied tidy(std::span<const std::string_view> awaited);

  // Proves that a row can be made durable now; throws where it can't.
  void check_writable();

  // What to tell of an error that was just thrown here.
  [[nodiscard]] Trouble trouble(const std::system_error& error) const {
    return trouble_of(error, database_.system_errno());
  }

  // Something that a person should know, as long as it holds.
  struct Concern {
    std::string_view name;
    bool violation;  // of the promise: the database does not hold what it has to
    std::string text;
  };

  // To be called now and then: the cheap part of the audit, and what is around the database. Throws
  // as a commit does when the files were moved or removed.
  std::vector<Concern> look_after();

  // How often arrivals were saved, whoever brought them.
  [[nodiscard]] std::uint64_t saves() const noexcept { return saves_; }

  // Gives back the memory that only work needs; more work takes it again.
  void rest() noexcept { database_.release_memory(); }

  sqlite::Database& database() noexcept { return database_; }

 private:
  Outcome save_one(const Arrival& arrival, const std::string& now);
  SaveResult save_all(std::span<const Arrival> arrivals);
  [[nodiscard]] std::size_t require_files() const;  // gives how large the write-ahead log is
  void commit(sqlite::Transaction& transaction);
  void require_room();
  void make_room() noexcept;
  Tidied tidy_once(std::span<const std::string_view> awaited);
  [[noreturn]] void failed(const std::system_error& error);
  void count(std::span<const Arrival> arrivals, const SaveResult& result,
             const Attempts::Written& written);

  base::Clock& clock_;
  sqlite::Database database_;
  std::string path_;   // where SQLite keeps its files: links are followed
  std::string files_;  // which files the database was in at the last commit
  std::size_t wal_bytes_ = 0;
  std::uint64_t saves_ = 0;
  base::Utc queue_empty_at_{}, queue_empty_recorded_{};
  Ballast ballast_;
  sqlite::Statement count_, record_queue_empty_;
  History history_;
  Attempts attempts_;
  Tables tables_;
  Pulled pulled_;
  Settled settled_;
  Retention retention_;
  base::Instant tidy_again_at_;
};

}  // namespace inbox
