// What a code of curl comes to.
#pragma once

#include "http/curl.h"
#include "http/transport.h"

namespace http {

// `easy`: whose transfer ended with the code, which is not CURLE_OK.
Fault fault_of(CURLcode code, const Easy& easy);

}  // namespace http
