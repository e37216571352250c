// The page of metrics: all that the daemon knows of itself, built when someone asks.  Names follow
// Prometheus' conventions; what each one means stands in its HELP line, here and nowhere else.
#pragma once

#include "base/clock.h"
#include "daemon/exposition.h"
#include "daemon/queue_count.h"
#include "daemon/reception.h"
#include "http/curl_transport.h"
#include "inbox/inbox.h"
#include "relay/driver.h"
#include "relay/relay.h"

#include <string>

namespace vodeventd {

// Whose numbers these are; it only looks.
struct Measured {
  const relay::Relay& relay;
  const relay::Driver& driver;
  inbox::Inbox& inbox;
  const Reception& reception;
  const http::CurlTransport& transport;
  const QueueCount& queue;
  base::Clock& clock;
  base::Utc started_at;  // the process; one value for its whole life, so that changes tell restarts
};

// What can't be read of the database at the moment is left out.  Throws std::system_error when the
// database must not be used any more.
std::string metrics_page(const Measured& measured, Reader reader);

}  // namespace vodeventd
