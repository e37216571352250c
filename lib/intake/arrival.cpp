#include "intake/arrival.h"

#include "json/write.h"

#include <algorithm>
#include <string>
#include <utility>

namespace intake {
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

// A reply may have 50 MB; what is wrong with it shows at its beginning.
constexpr std::size_t kept_bytes_max = std::size_t{64} << 10;

std::string without(std::string_view part, std::string_view text) {
  std::string rest;
  while (!part.empty()) {
    const std::size_t at = text.find(part);
    if (at == text.npos) break;
    rest += text.substr(0, at);
    text.remove_prefix(at + part.size());
  }
  return rest.append(text);
}

std::string of_bytes(std::string_view bytes) { return vod::fingerprint(bytes, false); }

}  // namespace

inbox::Arrival to_arrival(std::string_view slice, vod::Form form, std::string_view path,
                          std::string_view handle) {
  vod::Decoded decoded = vod::decode(slice, form, path);
  inbox::Arrival arrival;
  arrival.handle = handle.empty() ? std::move(decoded.handle) : std::string(handle);
  arrival.format = decoded.format;
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

// As a callback an event with a handle is read too, as what it is.
inbox::Arrival read_again(std::string_view json, std::string_view format) {
  return to_arrival(json, format == "v2.0" ? vod::Form::old_event : vod::Form::callback, "$");
}

inbox::Arrival unread(std::string_view slice) {
  inbox::Arrival arrival;
  arrival.json = slice;
  arrival.fingerprint = of_bytes(slice);
  arrival.unreadable = "no memory to read it";
  return arrival;
}

inbox::Arrival whole_reply(const vod::Reply& reply) {
  inbox::Arrival arrival;
  arrival.json = reply.body->substr(0, kept_bytes_max);
  arrival.fingerprint = of_bytes(without(reply.request_id, arrival.json));
  arrival.unreadable = "no answer: " + reply.odd;
  arrival.request_id = reply.request_id;
  return arrival;
}

// As a whole reply, which is another each time by its RequestId only, or as an event, by its
// content where it can be read and else by its bytes.
bool fits(std::string_view fingerprint, std::string_view bytes, std::string_view request_id) {
  if (fingerprint == of_bytes(bytes) || fingerprint == of_bytes(without(request_id, bytes)))
    return true;
  const auto forms = {vod::Form::element, vod::Form::callback, vod::Form::old_event};
  return std::ranges::any_of(forms, [&](vod::Form form) {
    return fingerprint == to_arrival(bytes, form, "$").fingerprint;
  });
}

}  // namespace intake
