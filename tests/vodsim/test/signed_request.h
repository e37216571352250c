// A signed call as the API receives it, for tests.
#pragma once

#include "tc3/sign.h"
#include "vodsim/options.h"
#include "vodsim/request.h"

#include <string>
#include <utility>

namespace vodsim {

inline tc3::Credential credential_of(const Options& options) {
  return {options.secret_id, base::Secret(options.secret_key), base::Secret(options.token)};
}

inline Request as_received(const tc3::Request& out, const tc3::Credential& by,
                           std::chrono::sys_seconds time) {
  Request in;
  in.method = out.method;
  in.path = "/";
  in.query = out.query;
  in.body = out.body;
  for (const std::string& header : tc3::signed_headers(out, by, time)) {
    const std::size_t colon = header.find(": ");
    in.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  return in;
}

}  // namespace vodsim
