#include "inbox/migrate.h"

#include "base/file.h"
#include "inbox/ballast.h"
#include "inbox/inbox.h"
#include "inbox/schema.h"
#include "sqlite/temp_files.h"
#include "sqlite/transaction.h"
#include "sqlite/watch.h"

#include <optional>
#include <system_error>

namespace inbox {
namespace {

constexpr std::int64_t incremental = 2;  // as PRAGMA auto_vacuum gives it

// Beyond twice the file: pages that only the new one has, and what others write meanwhile.
constexpr std::size_t spare_bytes = std::size_t{32} << 20;

std::int64_t bytes_of(sqlite::Database& database) {
  return database.number("PRAGMA page_count") * database.number("PRAGMA page_size");
}

// A stage under way: told now, and about once a second while its statements run.
class Telling {
 public:
  Telling(sqlite::Database& database, const Tell& tell, std::string what) {
    if (!tell) return;
    const Stage stage = begin_stage(tell, std::move(what), bytes_of(database));
    watch_.emplace(database, std::chrono::seconds(1), [&tell, stage] { return tell(stage); });
  }

 private:
  std::optional<sqlite::Watch> watch_;
};

}  // namespace

void shrinkable_from_the_start(sqlite::Database& database) {
  if (database.number("PRAGMA page_count") == 0) database.run("PRAGMA auto_vacuum = INCREMENTAL");
}

void migrate(sqlite::Database& database, const Tell& tell) {
  const auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
  if (version >= migration_count) return;
  std::optional<Telling> telling;
  if (version > 0)
    telling.emplace(database, tell,
                    "bringing the database to version " + std::to_string(migration_count));
  const sqlite::TempFiles beside(base::folder_of(database.path()));  // an index is sorted there
  for (std::size_t next = version; next < migration_count; ++next) {
    sqlite::Transaction transaction(database);
    database.run(migrations[next]);
    database.run("PRAGMA user_version = " + std::to_string(next + 1));
    transaction.commit();
  }
}

void make_shrinkable(sqlite::Database& database, const Tell& tell) try {
  if (database.number("PRAGMA auto_vacuum") == incremental) return;
  const auto bytes = static_cast<std::size_t>(bytes_of(database));
  if (free_bytes(database.path()) < 2 * bytes + bytes / 64 + spare_bytes) return;
  const Telling telling(database, tell, "writing the database anew, so that it can shrink");
  const sqlite::TempFiles beside(base::folder_of(database.path()));
  database.run("PRAGMA auto_vacuum = INCREMENTAL");
  database.run("VACUUM");
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
} catch (const std::system_error& error) {
  // A disk that got full, a quota, a lock of another: nothing has changed, nothing depends on it.
  const std::error_code interrupted(SQLITE_INTERRUPT, sqlite::category());
  if (fatal(error.code()) || error.code() == interrupted) throw;
}

}  // namespace inbox
