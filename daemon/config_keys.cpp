#include "daemon/config.h"
#include "http/transport.h"
#include "httpd/listener.h"

#include <algorithm>

namespace vodeventd {
namespace {

std::chrono::milliseconds seconds(double number) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(number * 1000));
}

std::string set_level(Config& config, const Value& value) {
  constexpr std::pair<std::string_view, base::Level> levels[] = {
      {"critical", base::Level::critical}, {"error", base::Level::error},
      {"warning", base::Level::warning},   {"notice", base::Level::notice},
      {"info", base::Level::info},         {"debug", base::Level::debug}};
  for (const auto& [name, level] : levels)
    if (value.text == name) return config.log_level = level, std::string();
  return "is none of critical, error, warning, notice, info, debug";
}

std::string set_endpoint(Config& config, const Value& value) {
  config.api.endpoint = value.text;
  const std::size_t scheme = value.text.find("://");
  const bool plain = value.text.starts_with("http://");
  if (scheme != std::string::npos && !plain && !value.text.starts_with("https://"))
    return "must be a host, or begin with https://";
  if (plain && !http::plain_http_allowed(value.text))
    return "may begin with http:// for loopback only: others could read what is sent";
  const std::string host = scheme == std::string::npos ? value.text : value.text.substr(scheme + 3);
  const bool odd = host.find_first_of(" \t\r\n\"@?#") != std::string::npos;
  return host.empty() || odd ? "is no host name" : "";
}

std::string set_path(Config& config, const Value& value) {
  config.store.path = value.text;
  if (value.text.empty()) return "must not be empty";
  return value.text.starts_with('~') ? "must be a full path: ~ has no meaning here" : "";
}

std::string set_age(Config& config, const Value& value) {
  config.retention.age = seconds(value.number * 86'400);
  return value.number == 0 || value.number >= 0.05 ? "" : "must be 0 or at least 0.05";
}

// The collector reads what ends so, and nothing else.
std::string set_textfile(Config& config, const Value& value) {
  config.metrics.textfile = value.text;
  const bool fit = value.text.starts_with('/') && value.text.ends_with(".prom");
  return value.text.empty() || fit ? "" : "must be a full path that ends in .prom";
}

std::string set_listen(Config& config, const Value& value) {
  config.metrics.listen = value.text;
  return value.text.empty() ? "" : httpd::objection(value.text);
}

std::string set_receiver(Config& config, const Value& value) {
  config.receiver.listen = value.text;
  if (value.text.empty() || value.text == "systemd") return {};
  const std::string wrong = httpd::objection(value.text, httpd::Reach::network);
  return wrong.empty() ? "" : wrong + ", or systemd";
}

// What a proxy or a URL would write otherwise than it is here would never be found.
std::string set_receiver_path(Config& config, const Value& value) {
  config.receiver.path = value.text;
  const bool plain = std::ranges::all_of(value.text, [](char c) { return c > ' ' && c < 127; });
  const bool fit = plain && value.text.find_first_of("%?#\"<>\\") == value.text.npos;
  return fit && value.text.starts_with('/')
             ? ""
             : "must begin with / and have nothing that URLs escape, nor a query";
}

constexpr Key keys[] = {
    {"api", "endpoint", Kind::text, When::start, 0, 0, "vod.tencentcloudapi.com",
     "host of the API; http:// is taken for loopback only", set_endpoint},
    {"api", "region", Kind::text, When::start, 0, 0, "", "region to name; these calls need none",
     [](Config& c, const Value& v) { return c.api.region = v.text, std::string(); }},
    {"api", "sub_app_id", Kind::whole, When::start, 1, 9e15, "",
     "application; must be set for accounts opened since 2023-12-25",
     [](Config& c, const Value& v) {
       return c.api.sub_app_id = static_cast<std::uint64_t>(v.whole), std::string();
     }},
    {"api", "ca_file", Kind::text, When::reload, 0, 0, "",
     "certificates to trust, instead of the system's",
     [](Config& c, const Value& v) { return c.api.ca_file = v.text, std::string(); }},
    {"api", "timeout_s", Kind::number, When::reload, 6, 28, "10",
     "time limit of a request; a long poll alone takes 5",
     [](Config& c, const Value& v) { return c.api.timeout = seconds(v.number), std::string(); }},
    {"api", "reply_bytes_max", Kind::whole, When::reload, 1 << 16, 1 << 30, "67108864",
     "longest reply that is taken, decoded",
     [](Config& c, const Value& v) {
       return c.api.reply_bytes_max = static_cast<std::size_t>(v.whole), std::string();
     }},
    {"credentials", "secret_id", Kind::text, When::reload, 0, 0, "",
     "SecretId of the key in secret_key_file",
     [](Config& c, const Value& v) { return c.credentials.secret_id = v.text, std::string(); }},
    {"credentials", "secret_key_file", Kind::text, When::reload, 0, 0, "",
     "file that holds the SecretKey",
     [](Config& c, const Value& v) {
       return c.credentials.secret_key_file = v.text, std::string();
     }},
    {"credentials", "token_file", Kind::text, When::reload, 0, 0, "",
     "file that holds a temporary key's token",
     [](Config& c, const Value& v) { return c.credentials.token_file = v.text, std::string(); }},
    {"credentials", "profile", Kind::text, When::reload, 0, 0, "default",
     "section of ~/.tencentcloud/credentials",
     [](Config& c, const Value& v) { return c.credentials.profile = v.text, std::string(); }},
    {"credentials", "cvm_role", Kind::text, When::reload, 0, 0, "",
     "role bound to this machine; auto: ask which",
     [](Config& c, const Value& v) { return c.credentials.cvm_role = v.text, std::string(); }},
    {"credentials", "metadata_endpoint", Kind::text, When::reload, 0, 0,
     "http://metadata.tencentyun.com", "metadata service of the machine",
     [](Config& c, const Value& v) {
       return c.credentials.metadata_endpoint = v.text, std::string();
     }},
    {"store", "path", Kind::text, When::start, 0, 0, "/var/lib/vodeventd/events.db", "the database",
     set_path},
    {"poll", "interval_s", Kind::number, When::reload, 0, 3600, "0",
     "least time between two pulls; 0: long polls without a gap",
     [](Config& c, const Value& v) { return c.poll.interval = seconds(v.number), std::string(); }},
    {"poll", "max_pulls_in_flight", Kind::whole, When::reload, 0, 256, "32",
     "most pulls at once while the queue is full, one while it is empty; 0: nothing is pulled, and "
     "no credential needed",
     [](Config& c, const Value& v) {
       return c.poll.max_pulls_in_flight = static_cast<std::size_t>(v.whole), std::string();
     }},
    {"retention", "age_days", Kind::number, When::reload, 0, 36'500, "0",
     "events that came longer ago are deleted when they are confirmed; 0: never", set_age},
    {"retention", "rows", Kind::whole, When::reload, 0, 9e15, "0",
     "most events that are kept, older ones are deleted; 0: all",
     [](Config& c, const Value& v) { return c.retention.rows = v.whole, std::string(); }},
    {"retention", "bytes", Kind::whole, When::reload, 0, 9e15, "0",
     "most bytes that the database holds, the same; 0: no bound",
     [](Config& c, const Value& v) { return c.retention.bytes = v.whole, std::string(); }},
    {"receiver", "listen", Kind::text, When::start, 0, 0, "",
     "where normal callbacks (PUSH mode) are received: 127.0.0.1:PORT, [::1]:PORT, unix:/path, "
     "systemd for the socket unit; another ADDRESS:PORT only with a SignKey or a secret path; "
     "empty: nowhere",
     set_receiver},
    {"receiver", "path", Kind::text, When::reload, 0, 0, "/",
     "path that they are sent to, any other is not found; with 17 characters or more it counts as "
     "a secret",
     set_receiver_path},
    {"receiver", "sign_key_file", Kind::text, When::reload, 0, 0, "",
     "file that holds the application's SignKey; callbacks must have a Sign then, the MD5 of "
     "SignKey "
     "and T in hex; empty: the service's credential sign-key, where there is one",
     [](Config& c, const Value& v) { return c.receiver.sign_key_file = v.text, std::string(); }},
    {"receiver", "body_bytes_max", Kind::whole, When::start, 1 << 12, 1 << 26, "8388608",
     "longest callback that is accepted, in bytes",
     [](Config& c, const Value& v) {
       return c.receiver.body_bytes_max = static_cast<std::size_t>(v.whole), std::string();
     }},
    {"metrics", "textfile", Kind::text, When::start, 0, 0, "",
     "file for node_exporter's textfile collector, a full path that ends in .prom; empty: none",
     set_textfile},
    {"metrics", "textfile_interval_s", Kind::whole, When::start, 5, 3600, "15",
     "how often it is written",
     [](Config& c, const Value& v) {
       return c.metrics.textfile_interval = std::chrono::seconds(v.whole), std::string();
     }},
    {"metrics", "listen", Kind::text, When::start, 0, 0, "",
     "where /metrics is served: 127.0.0.1:PORT, [::1]:PORT or unix:/path; empty: nowhere",
     set_listen},
    {"log", "level", Kind::text, When::reload, 0, 0, "info",
     "least severe that is logged: critical, error, warning, notice, info, debug", set_level},
};

}  // namespace

std::span<const Key> config_keys() { return keys; }

}  // namespace vodeventd
