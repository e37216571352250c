#include "relay/arrival.h"

#include "json/write.h"
#include "vod/event.h"

#include <string>
#include <utility>

namespace relay {
namespace {

std::string as_json(const json::Problems& problems) {
  if (problems.empty()) return {};
  std::string list = "[";
  for (const std::string& problem : problems.kept()) {
    if (list.size() > 1) list += ',';
    list += json::quote(problem);
  }
  if (problems.count() > problems.kept().size())
    list += ',' + json::quote("and " + std::to_string(problems.count() - problems.kept().size()) +
                              " more");
  return list + ']';
}

}  // namespace

inbox::Arrival to_arrival(std::string_view slice, std::size_t index) {
  vod::Decoded decoded = vod::decode(slice, index);
  inbox::Arrival arrival;
  arrival.handle = std::move(decoded.handle);
  arrival.event_type = std::move(decoded.event_type);
  arrival.type_known = !decoded.member.empty();
  arrival.task_id = std::move(decoded.identity.task_id);
  arrival.file_id = std::move(decoded.identity.file_id);
  arrival.status = std::move(decoded.identity.status);
  arrival.err_code = decoded.identity.err_code;
  arrival.json = slice;
  arrival.fingerprint = vod::fingerprint(slice, decoded.unreadable.empty());
  arrival.diagnostics = as_json(decoded.problems);
  arrival.unreadable = std::move(decoded.unreadable);
  return arrival;
}

}  // namespace relay
