// The columns by which people look for an event, taken from its decoded struct by the names of its
// members:
//
//   column     v3.0                         v2.0
//   task_id    TaskId                       vodTaskId
//   file_id    FileId                       fileId
//   status     Status, as text              status where the schema has a text for it
//   err_code   ErrCode                      errCode, else status where the schema has a number
//
// In format 2.0 `status` is what is ErrCode now, but for ProcedureStateChanged, which has both its
// state in words and errCode.  Only the event's own members count, not those of a record or a list
// in it: ClipComplete and ConcatComplete have neither file_id nor err_code in either format.
#pragma once

#include "json/type.h"

#include <cstdint>
#include <optional>
#include <string>

namespace vod {

struct Identity {
  std::optional<std::string> task_id;
  std::optional<std::string> file_id;
  std::optional<std::string> status;  // RestoreMediaTask has a number, given as its digits
  std::optional<std::int64_t> err_code;
};

// `record`: what fills a member of EventContent; of OldEvent.
Identity identity(json::Rows rows, const void* record);
Identity old_identity(json::Rows rows, const void* record);

}  // namespace vod
