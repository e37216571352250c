// Where the credential comes from.  The first source that is present is used; one that is present
// but broken is an error that names it, never a silent step to the next:
//
//   1. configuration: secret_id + secret_key_file (+ token_file)
//   2. $CREDENTIALS_DIRECTORY (systemd): files secret-id, secret-key and, when there is one, token;
//      NAME.secret-key.cred (what systemd-creds had encrypted under this name) and NAME.secret-key
//      go before secret-key, likewise the others
//   3. environment: TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY and a token in one of
//      TENCENTCLOUD_TOKEN, TENCENTCLOUD_SESSION_TOKEN, TENCENTCLOUD_SECURITY_TOKEN
//   4. profile file: $TENCENTCLOUD_CREDENTIALS_FILE, ~/.tencentcloud/credentials,
//      /etc/tencentcloud/credentials; INI, section `profile`, keys secret_id, secret_key, token
//   5. /etc/credstore, the folder that systemd hands credentials over from: the same files, for
//      whoever may read it, so that what root tries by hand uses the service's key
//   6. CVM role: the metadata service, asked with a time limit of 1 s, again before expiry
//
// Id, key and token are read as one.  Names and order follow the vendor's SDKs; where those
// disagree every spelling is taken.
#pragma once

#include "base/clock.h"
#include "http/transport.h"
#include "tc3/sign.h"

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace credentials {

// What to do stands in the message; never any part of a key.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The key is there, but systemd-creds has encrypted it for the service, which alone can read it.
struct Encrypted : Error {
  using Error::Error;
};

struct Settings {
  std::string secret_id;
  std::string secret_key_file;
  std::string token_file;
  std::string profile = "default";
  std::string system_profile_file = "/etc/tencentcloud/credentials";
  std::string credential_store = "/etc/credstore";  // and .encrypted, of which only names are read
  std::string name = "vodeventd";  // of the service, in folders that services share
  std::string cvm_role;  // name of the role; "auto": ask which one is bound; empty: source 6 is off
  std::string metadata_endpoint = "http://metadata.tencentyun.com";
  // Looks up an environment variable; empty: in the process's own environment.
  std::function<std::optional<std::string>(const char* name)> environment;
};

class Source {
 public:
  // None: there is nothing to sign.
  Source() = default;

  // Reads sources 1 to 5.  Throws Error when a present source is broken, or when none is present
  // and no CVM role is configured.
  explicit Source(Settings settings);

  // Reads again: a key may have been rotated.  Throws as the constructor does, and then keeps what
  // it had.
  void reload();

  // The credential to sign with now; null while the metadata service has not answered.
  [[nodiscard]] const tc3::Credential* current() const {
    return credential_ ? &*credential_ : nullptr;
  }

  // The source in words, for logs: "secret_key_file /etc/vodeventd/secret-key"; empty: none.
  [[nodiscard]] const std::string& origin() const { return origin_; }

  // Of a CVM role: the request to send now, when one is due (at first, 300 s before the credential
  // expires, and 5 s after a failure).  A request that was handed out is not due again until
  // completed() was called.
  std::optional<http::Request> due(base::Utc now);

  // Takes the reply to that request.  Throws Error when it is no credential; the old one stays
  // until it expires.  How long the new one lasts is judged by the reply's own Date where it has
  // one, so that a clock of ours that is ahead does not make it look expired.
  void completed(const http::Response& response, base::Utc now);

  // When due() may next have something; far in the future for sources 1 to 5.
  [[nodiscard]] base::Utc due_at() const { return due_at_; }

 private:
  void use_role();
  void take_role(const std::string& body, base::Utc now);
  void take_credential(const http::Response& response, base::Utc now);
  void drop_expired(base::Utc now);

  Settings settings_;
  std::optional<tc3::Credential> credential_;
  std::string origin_;
  std::string role_;  // the role's name once it is known
  bool asked_ = false;
  base::Utc due_at_ = base::Utc::max();
  base::Utc expires_at_ = base::Utc::max();
};

}  // namespace credentials
