// TC3-HMAC-SHA256: request + credential + time -> the headers that make it a signed one.  Pure: no
// clock, no I/O; a Signer keeps keys and nothing else.  Throws std::system_error when OpenSSL
// refuses.
//
//   POST / HTTP/1.1
//   Host: vod.tencentcloudapi.com                     request.host, with its port, as sent
//   Content-Type: application/json                    request.content_type, as sent
//   X-TC-Action: PullEvents                           request.action
//   X-TC-Version: 2018-07-17                          request.version
//   X-TC-Timestamp: 1551113065                        time
//   X-TC-Token: …                                     credential.token, when there is one
//   Authorization: TC3-HMAC-SHA256 Credential=<secret_id>/2019-02-25/vod/tc3_request,
//                  SignedHeaders=content-type;host, Signature=<64 hex digits>
//
//   {"SubAppId":1500000001}                           request.body, hashed as sent
//
// Source: the vendor's signature v3 page and the vectors in tests/fixtures/signing-vectors.json.
#pragma once

#include "base/secret.h"
#include "crypto/digest.h"

#include <string.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tc3 {

// Id, key and token belong together and are read as one.
struct Credential {
  std::string secret_id;
  base::Secret secret_key;
  base::Secret token;  // empty for a long-term key
};

struct Request {
  std::string_view method = "POST";
  std::string_view host = {};
  std::string_view service = "vod";
  std::string_view action = {};
  std::string_view version = "2018-07-17";
  std::string_view region = {};  // empty: the header is left out
  std::string_view content_type = "application/json";
  std::string_view query = {};  // of a GET, encoded as sent
  std::string_view body = {};
  bool unsigned_payload = false;
  bool sign_action = false;  // x-tc-action among the signed headers
};

// Every step of the computation, so that a test can compare each and a failure can be explained.
struct Signature {
  std::string date;
  std::string hashed_payload;
  std::string canonical_headers;
  std::string signed_headers;
  std::string canonical_request;
  std::string hashed_canonical_request;
  std::string credential_scope;
  std::string string_to_sign;
  std::string signature;
  std::string authorization;
};

// HMAC-SHA-256 of `data` under `key`, to be a key itself: wiped when it goes, on whatever path.
struct DerivedKey {
  DerivedKey(std::string_view key, std::string_view data) : bytes(crypto::hmac_sha256(key, data)) {}
  DerivedKey(const DerivedKey& key, std::string_view data)
      : bytes(crypto::hmac_sha256(key.bytes, data)) {}
  DerivedKey(const DerivedKey&) = delete;
  DerivedKey& operator=(const DerivedKey&) = delete;
  ~DerivedKey() { explicit_bzero(bytes.data(), bytes.size()); }

  crypto::Digest bytes;
};

// secret key -> key of the day -> of the service -> of the request, which signs.
struct SigningKeys {
  SigningKeys(const base::Secret& secret_key, std::string_view date, std::string_view service);

  DerivedKey date;
  DerivedKey service;
  DerivedKey signing;
};

Signature sign(const Request& request, const Credential& credential, std::chrono::sys_seconds time);

// The headers of the picture above as "Name: value", in its order, Content-Type and Host included.
std::vector<std::string> signed_headers(const Request& request, const Credential& credential,
                                        std::chrono::sys_seconds time);

// For who signs often: the key that signs stays until another secret key, day or service is asked
// for, which spares three of four HMACs.  Of the secret key it keeps no copy.
class Signer {
 public:
  std::vector<std::string> signed_headers(const Request& request, const Credential& credential,
                                          std::chrono::sys_seconds time);

 private:
  const DerivedKey& signing_key(const base::Secret& secret_key, const std::string& date,
                                std::string_view service);

  crypto::Digest secret_key_hash_{};
  std::string date_, service_;
  std::optional<DerivedKey> signing_key_;  // of those three
};

}  // namespace tc3
