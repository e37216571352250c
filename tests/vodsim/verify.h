// Checks the signature of a request the way the service does: by computing it again from what came.
//
//   Authorization: TC3-HMAC-SHA256 Credential=<id>/<date>/<service>/tc3_request,
//                  SignedHeaders=content-type;host[;x-tc-action], Signature=<64 hex digits>
//
// Pure: the time is an argument.  Checked in this order, the first that fails is the answer:
//
//   action, version or timestamp missing           MissingParameter
//   Authorization missing or not of that form      AuthFailure.InvalidAuthorization
//   another SecretId than ours                     AuthFailure.SecretIdNotFound
//   timestamp more than 5 minutes away             AuthFailure.SignatureExpire
//   another token than ours, or one too many       AuthFailure.TokenFailure
//   date, service, headers or signature differ     AuthFailure.SignatureFailure
//
// The order among these is not documented; it is what tells an operator most.
#pragma once

#include "tc3/sign.h"
#include "vodsim/reply.h"
#include "vodsim/request.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace vodsim {

inline constexpr std::chrono::minutes clock_difference_max{5};

// The parts of an Authorization header, as views of it.
struct Authorization {
  std::string_view secret_id;
  std::string_view date;
  std::string_view service;
  std::string_view signed_headers;
  std::string_view signature;
};

std::optional<Authorization> parse_authorization(std::string_view header);

std::optional<Error> verify(const Request& request, const tc3::Credential& credential,
                            std::chrono::sys_seconds now);

}  // namespace vodsim
