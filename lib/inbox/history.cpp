#include "inbox/history.h"

namespace inbox {

History::History(sqlite::Database& database)
    : tell_(database,
            "INSERT INTO history (event_handle, at, what, code, request_id)"
            " SELECT ?1, ?2, ?3, ?4, ?5"
            " WHERE (SELECT count(*) FROM history WHERE event_handle = ?1) < ?6") {}

void History::tell(std::string_view handle, std::string_view at, std::string_view what,
                   std::optional<std::string_view> code, std::string_view request_id) {
  tell_.run(handle, at, what, code, request_id, steps_max);
}

}  // namespace inbox
