// Reads a reply of the API: pure, and total over whatever bytes a server may send.
//
// The presence of Error is the only sign of failure, with HTTP status 200 for all that the gateway
// processed; Error wins over everything beside it.  An empty queue has four forms
// (ResourceNotFound, EventSet null, absent, []), all of which give `events` empty and no failure.
//
// A reply to a pull that is complete JSON and yet no answer, or that has events beside its Error,
// is a failure whose bytes must not vanish: `odd` says so.  What is no JSON (a captive portal's
// page, a body cut short) is the network's trouble and nothing to keep.
#pragma once

#include "http/transport.h"
#include "vod/errors.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vod {

struct Reply {
  std::optional<Failure> failure;
  std::string request_id;
  std::string remark;  // of an empty queue told as ResourceNotFound: the message that came with it
  std::string odd;     // why the body has to be kept; empty: no need
  std::vector<std::string_view> events;     // PullEvents: the elements' bytes, inside body
  std::string_view response;                // the Response object, inside body
  std::unique_ptr<const std::string> body;  // stays in place when the reply is moved
};

Reply read_reply(Action action, http::Response response);

}  // namespace vod
