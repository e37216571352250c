#include "tc3/sign.h"

#include "base/hex.h"

#include <cstdio>
#include <initializer_list>

namespace tc3 {
namespace {

constexpr std::string_view algorithm = "TC3-HMAC-SHA256";
constexpr std::string_view terminator = "tc3_request";
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";

std::string join(std::initializer_list<std::string_view> parts) {
  std::size_t length = 0;
  for (std::string_view part : parts) length += part.size();
  std::string text;
  text.reserve(length);
  for (std::string_view part : parts) text += part;
  return text;
}

std::string hex_sha256(std::string_view data) { return base::hex(crypto::sha256(data)); }

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// ASCII only: neither a locale nor a byte of UTF-8 may change what is signed.
std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The UTC day of X-TC-Timestamp itself: with a second clock the two could differ around midnight.
std::string utc_date(std::chrono::sys_seconds time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02u", int(day.year()),
                                   unsigned(day.month()), unsigned(day.day()));
  return std::string(text, static_cast<std::size_t>(length));
}

std::string timestamp(std::chrono::sys_seconds time) {
  return std::to_string(time.time_since_epoch().count());
}

// Names are lower case and sorted: content-type, host, x-tc-action.
std::string canonical_headers(const Request& request) {
  std::string text = join(
      {"content-type:", trimmed(request.content_type), "\n", "host:", trimmed(request.host), "\n"});
  if (request.sign_action) text += join({"x-tc-action:", lower(trimmed(request.action)), "\n"});
  return text;
}

}  // namespace

SigningKeys::SigningKeys(const base::Secret& secret_key, std::string_view day,
                         std::string_view service_name)
    : date(base::Secret(join({"TC3", secret_key.reveal()})).reveal(), day),
      service(date, service_name),
      signing(service, terminator) {}

namespace {

Signature sign_with(const DerivedKey& signing_key, const Request& request,
                    const Credential& credential, std::chrono::sys_seconds time) {
  Signature s;
  s.date = utc_date(time);
  s.hashed_payload = hex_sha256(request.unsigned_payload ? unsigned_payload : request.body);
  s.canonical_headers = canonical_headers(request);
  s.signed_headers = request.sign_action ? "content-type;host;x-tc-action" : "content-type;host";
  s.canonical_request = join({request.method, "\n/\n", request.query, "\n", s.canonical_headers,
                              "\n", s.signed_headers, "\n", s.hashed_payload});
  s.hashed_canonical_request = hex_sha256(s.canonical_request);
  s.credential_scope = join({s.date, "/", request.service, "/", terminator});
  s.string_to_sign = join({algorithm, "\n", timestamp(time), "\n", s.credential_scope, "\n",
                           s.hashed_canonical_request});
  s.signature = base::hex(crypto::hmac_sha256(signing_key.bytes, s.string_to_sign));
  s.authorization = join({algorithm, " Credential=", credential.secret_id, "/", s.credential_scope,
                          ", SignedHeaders=", s.signed_headers, ", Signature=", s.signature});
  return s;
}

std::vector<std::string> headers_with(const DerivedKey& signing_key, const Request& request,
                                      const Credential& credential, std::chrono::sys_seconds time) {
  std::vector<std::string> headers{
      join({"Host: ", request.host}),
      join({"Content-Type: ", request.content_type}),
      join({"X-TC-Action: ", request.action}),
      join({"X-TC-Version: ", request.version}),
      join({"X-TC-Timestamp: ", timestamp(time)}),
  };
  if (!request.region.empty()) headers.push_back(join({"X-TC-Region: ", request.region}));
  if (!credential.token.empty()) {
    headers.push_back(join({"X-TC-Token: ", credential.token.reveal()}));
  }
  if (request.unsigned_payload) {
    headers.push_back(join({"X-TC-Content-SHA256: ", unsigned_payload}));
  }
  headers.push_back(
      join({"Authorization: ", sign_with(signing_key, request, credential, time).authorization}));
  return headers;
}

}  // namespace

Signature sign(const Request& request, const Credential& credential,
               std::chrono::sys_seconds time) {
  const SigningKeys keys(credential.secret_key, utc_date(time), request.service);
  return sign_with(keys.signing, request, credential, time);
}

std::vector<std::string> signed_headers(const Request& request, const Credential& credential,
                                        std::chrono::sys_seconds time) {
  return Signer().signed_headers(request, credential, time);
}

const DerivedKey& Signer::signing_key(const base::Secret& secret_key, const std::string& date,
                                      std::string_view service) {
  const crypto::Digest hash = crypto::sha256(secret_key.reveal());
  if (!signing_key_ || hash != secret_key_hash_ || date != date_ || service != service_) {
    signing_key_.emplace(SigningKeys(secret_key, date, service).service, terminator);
    secret_key_hash_ = hash;
    date_ = date;
    service_ = service;
  }
  return *signing_key_;
}

std::vector<std::string> Signer::signed_headers(const Request& request,
                                                const Credential& credential,
                                                std::chrono::sys_seconds time) {
  return headers_with(signing_key(credential.secret_key, utc_date(time), request.service), request,
                      credential, time);
}

}  // namespace tc3
