#include "credentials/source.h"

#include "credentials/find.h"
#include "json/read.h"

#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace credentials {
namespace {

using namespace std::chrono_literals;
using base::Utc;
using std::chrono::seconds;

constexpr std::string_view metadata_path = "/latest/meta-data/cam/security-credentials/";
constexpr auto metadata_timeout = 1s;
constexpr auto refresh_before_expiry = 300s;
constexpr auto retry_after_failure = 5s;
constexpr std::size_t role_bytes_max = 128;
constexpr std::int64_t expiry_max_s = 253'402'300'800;  // the year 10000: far from any overflow

std::optional<std::string> process_environment(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// What the metadata service says of a role.
struct RoleCredential {
  std::optional<std::string> code;
  std::optional<std::string> secret_id;
  std::optional<std::string> secret_key;
  std::optional<std::string> token;
  std::optional<std::int64_t> expired_time;

  static json::Rows rows() {
    using R = RoleCredential;
    static const json::Field fields[] = {
        {"Code", offsetof(R, code), &json::type_of<decltype(R::code)>},
        {"TmpSecretId", offsetof(R, secret_id), &json::type_of<decltype(R::secret_id)>},
        {"TmpSecretKey", offsetof(R, secret_key), &json::type_of<decltype(R::secret_key)>},
        {"Token", offsetof(R, token), &json::type_of<decltype(R::token)>},
        {"ExpiredTime", offsetof(R, expired_time), &json::type_of<decltype(R::expired_time)>},
    };
    return fields;
  }
};

// It becomes part of a URL, so only what the vendor allows in a role's name.
bool is_role_name(std::string_view text) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-";
  return !text.empty() && text.size() <= role_bytes_max &&
         text.find_first_not_of(allowed) == text.npos;
}

template <class T>
T needed(std::optional<T>& member, const char* name, const std::string& origin) {
  if (!member) throw Error(origin + ": the metadata service's reply has no " + name);
  return std::move(*member);
}

}  // namespace

Source::Source(Settings settings) : settings_(std::move(settings)) {
  if (!settings_.environment) settings_.environment = process_environment;
  reload();
}

void Source::reload() {
  if (std::optional<Found> found = find(settings_)) {
    credential_ = std::move(found->credential);
    origin_ = std::move(found->origin);
    asked_ = false;
    due_at_ = expires_at_ = Utc::max();
  } else {
    use_role();
  }
}

// What the role gave before stays good until the service has answered anew.
void Source::use_role() {
  if (settings_.cvm_role.empty()) {
    throw Error(
        "no credential found: set secret_id and secret_key_file, or the credentials secret-id and "
        "secret-key of the service, or TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or "
        "write a credentials file, or set cvm_role; where nothing is to be pulled, set "
        "max_pulls_in_flight to 0");
  }
  const bool automatic = settings_.cvm_role == "auto";
  if (!automatic && !is_role_name(settings_.cvm_role)) {
    throw Error("configuration: cvm_role is not the name of a role");
  }
  const std::string origin = "CVM role " + settings_.cvm_role;
  if (origin_ != origin) {
    credential_.reset();
    expires_at_ = Utc::max();
    origin_ = origin;
    role_ = automatic ? std::string() : settings_.cvm_role;
  }
  due_at_ = Utc();  // at once
}

std::optional<http::Request> Source::due(Utc now) {
  drop_expired(now);
  // A clock that was set back must not make the wait as long as the step.
  if (!credential_ && due_at_ != Utc::max() && due_at_ > now + retry_after_failure) due_at_ = now;
  if (asked_ || now < due_at_) return std::nullopt;
  asked_ = true;
  http::Request request;
  request.url = settings_.metadata_endpoint + std::string(metadata_path) + role_;
  request.timeout = metadata_timeout;
  request.plain_http = true;
  return request;
}

void Source::completed(const http::Response& response, Utc now) {
  if (!asked_) return;  // the reply came after reload() had found another source
  asked_ = false;
  due_at_ = now + retry_after_failure;
  drop_expired(now);
  if (response.fault != http::Fault::none) {
    throw Error(origin_ + ": metadata service: " + std::string(http::to_string(response.fault)) +
                ": " + response.detail);
  }
  if (response.status == 404) {
    if (settings_.cvm_role == "auto") role_.clear();  // another one may be bound later
    throw Error(origin_ + ": the metadata service knows no such role; bind it to this machine");
  }
  if (response.status != 200) {
    throw Error(origin_ + ": metadata service: HTTP " + std::to_string(response.status));
  }
  if (role_.empty()) {
    take_role(response.body, now);
  } else {
    take_credential(response, now);
  }
}

void Source::take_role(const std::string& body, Utc now) {
  const std::string_view role = trimmed(body);
  if (!is_role_name(role)) throw Error(origin_ + ": the metadata service named no role");
  role_ = role;
  due_at_ = now;
}

// Nothing of the reply stands in a message: even a broken one may hold a key.
void Source::take_credential(const http::Response& response, Utc now) {
  RoleCredential reply;
  json::Problems problems;
  if (!json::read(response.body, reply, "", problems).empty()) {
    throw Error(origin_ + ": the metadata service's reply is not a JSON object");
  }
  if (reply.code && *reply.code != "Success") {
    throw Error(origin_ + ": the metadata service's reply says it failed");
  }
  const base::Secret key(needed(reply.secret_key, "TmpSecretKey", origin_));
  const base::Secret token(needed(reply.token, "Token", origin_));
  const std::int64_t expiry_s = needed(reply.expired_time, "ExpiredTime", origin_);
  const Utc expiry{seconds(std::clamp<std::int64_t>(expiry_s, 0, expiry_max_s))};
  const Utc expires_at = now + (expiry - (response.date ? Utc(*response.date) : now));
  if (expires_at <= now) throw Error(origin_ + ": the metadata service's credential has expired");
  const std::string id = needed(reply.secret_id, "TmpSecretId", origin_);
  credential_ = credential_of(id, key.reveal(), token.reveal(), origin_);
  expires_at_ = expires_at;
  due_at_ = std::max<Utc>(expires_at - refresh_before_expiry, now + retry_after_failure);
}

void Source::drop_expired(Utc now) {
  if (now < expires_at_) return;
  credential_.reset();
  expires_at_ = Utc::max();
}

}  // namespace credentials
