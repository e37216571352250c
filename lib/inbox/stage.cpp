#include "inbox/stage.h"

#include "sqlite/database.h"

#include <system_error>
#include <utility>

namespace inbox {
namespace {

// What a slow disk takes at least.
constexpr std::int64_t slow_bytes_per_s = std::int64_t{8} << 20;

}  // namespace

// What SQLite does in silence, a commit or the end of VACUUM, writes them thrice at most.
Stage begin_stage(const Tell& tell, std::string what, std::int64_t bytes) {
  Stage stage{std::move(what), std::chrono::seconds(30 + 3 * bytes / slow_bytes_per_s)};
  if (!tell(stage)) throw std::system_error(SQLITE_INTERRUPT, sqlite::category(), stage.what);
  return stage;
}

}  // namespace inbox
