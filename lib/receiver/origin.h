// Where a callback came from: the client's address.  A client on this machine is taken for a
// reverse proxy, and the last hop that its X-Forwarded-For names for the client; all hops before
// that one are hearsay.  "unix" where a path's client names nobody.
#pragma once

#include "httpd/request.h"

#include <string>
#include <string_view>

namespace receiver {

std::string origin_of(const httpd::Request& request);

// `peer`: empty for a path's client.
std::string origin_of(const std::string& peer, std::string_view forwarded_for);

}  // namespace receiver
