#include "vodsim/verify.h"

#include <charconv>
#include <cstdint>

namespace vodsim {
namespace {

// Takes `text` up to `end` off the front of `rest`; false when `end` is not there.
bool take_until(std::string_view& rest, std::string_view end, std::string_view& text) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return false;
  text = rest.substr(0, at);
  rest.remove_prefix(at + end.size());
  return true;
}

bool take(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

std::string_view value_or_empty(const std::string* header) {
  return header ? std::string_view(*header) : std::string_view();
}

Error missing(std::string_view name) {
  return {"MissingParameter",
          "The request is missing the required parameter `" + std::string(name) + "`."};
}

Error signature_failure(std::string message) {
  return {"AuthFailure.SignatureFailure", std::move(message)};
}

std::optional<std::chrono::sys_seconds> parse_timestamp(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  // Twelve digits are the year 33658: what is longer is no number of seconds.
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 12) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

tc3::Request as_signed(const Request& request, const Authorization& authorization) {
  tc3::Request out;
  out.method = request.method;
  out.host = value_or_empty(request.header("Host"));
  out.service = authorization.service;
  out.action = value_or_empty(request.header("X-TC-Action"));
  out.content_type = value_or_empty(request.header("Content-Type"));
  out.query = request.query;
  out.body = request.body;
  out.unsigned_payload =
      value_or_empty(request.header("X-TC-Content-SHA256")) == "UNSIGNED-PAYLOAD";
  out.sign_action = authorization.signed_headers == "content-type;host;x-tc-action";
  return out;
}

bool same_signature(const tc3::Request& request, const tc3::Credential& credential,
                    std::chrono::sys_seconds time, const Authorization& authorization) {
  return tc3::sign(request, credential, time).signature == authorization.signature;
}

// Clients disagree whether the signed host has the port; both spellings are taken.
bool signature_holds(const Request& request, const tc3::Credential& credential,
                     std::chrono::sys_seconds time, const Authorization& authorization) {
  tc3::Request recomputed = as_signed(request, authorization);
  if (same_signature(recomputed, credential, time, authorization)) return true;
  const std::size_t colon = recomputed.host.rfind(':');
  if (colon == std::string_view::npos || recomputed.host.ends_with(']')) return false;
  recomputed.host = recomputed.host.substr(0, colon);
  return same_signature(recomputed, credential, time, authorization);
}

std::optional<Error> verify_signature(const Request& request, const tc3::Credential& credential,
                                      std::chrono::sys_seconds time,
                                      const Authorization& authorization) {
  if (authorization.service != "vod")
    return signature_failure("The credential scope names the service `" +
                             std::string(authorization.service) + "`, this is `vod`.");
  if (authorization.signed_headers != "content-type;host" &&
      authorization.signed_headers != "content-type;host;x-tc-action")
    return signature_failure(
        "vodsim checks SignedHeaders content-type;host, with or without x-tc-action; this is `" +
        std::string(authorization.signed_headers) + "`.");
  if (signature_holds(request, credential, time, authorization)) return {};
  return signature_failure(
      "The signature is not the one computed from the request: check the secret key, the UTC date "
      "and that body, Content-Type and Host arrive as they were signed.");
}

std::optional<Error> verify_token(const Request& request, const tc3::Credential& credential) {
  if (value_or_empty(request.header("X-TC-Token")) == credential.token.reveal()) return {};
  return Error{"AuthFailure.TokenFailure", "The token is missing, wrong or expired."};
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view header) {
  Authorization out;
  const bool well_formed =
      take(header, "TC3-HMAC-SHA256 Credential=") && take_until(header, "/", out.secret_id) &&
      take_until(header, "/", out.date) && take_until(header, "/", out.service) &&
      take(header, "tc3_request, SignedHeaders=") &&
      take_until(header, ", Signature=", out.signed_headers);
  out.signature = header;
  if (!well_formed || out.secret_id.empty() || out.signature.size() != 64) return {};
  return out;
}

std::optional<Error> verify(const Request& request, const tc3::Credential& credential,
                            std::chrono::sys_seconds now) {
  for (const char* name : {"Action", "Version", "Timestamp"})
    if (!request.header("X-TC-" + std::string(name))) return missing(name);
  const std::string* header = request.header("Authorization");
  const auto authorization = parse_authorization(value_or_empty(header));
  if (!authorization)
    return Error{"AuthFailure.InvalidAuthorization",
                 "The header Authorization is missing or not of the form TC3-HMAC-SHA256."};
  if (authorization->secret_id != credential.secret_id)
    return Error{"AuthFailure.SecretIdNotFound",
                 "The SecretId is not known, please check that it is correct."};
  const auto time = parse_timestamp(*request.header("X-TC-Timestamp"));
  if (!time) return Error{"InvalidParameter", "X-TC-Timestamp is not a number of seconds."};
  if (*time > now + clock_difference_max || *time < now - clock_difference_max)
    return Error{"AuthFailure.SignatureExpire",
                 "The timestamp differs from the server's time by more than 5 minutes."};
  if (auto error = verify_token(request, credential)) return error;
  return verify_signature(request, credential, *time, *authorization);
}

}  // namespace vodsim
