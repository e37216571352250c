// The configuration: a TOML file, then the environment, over defaults.  One constant table names
// every key with its type, default and meaning; reading, --help and the installed example follow
// it.
//
// Unknown keys, wrong types and values out of range are errors with file, line and column.  The
// environment variable of a key is VODEVENTD_<SECTION>_<KEY> in capitals.
#pragma once

#include "base/log.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace vodeventd {

struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Names and values; a name that begins with VODEVENTD_ and belongs to no key is an error.
using Environment = std::map<std::string, std::string, std::less<>>;

struct Key;

struct Value {
  std::string text;
  double number = 0;
  std::int64_t whole = 0;
  bool operator==(const Value&) const = default;
};

struct Config {
  struct {
    std::string endpoint = "vod.tencentcloudapi.com";
    std::string region;
    std::optional<std::uint64_t> sub_app_id;
    std::string ca_file;
    std::chrono::milliseconds timeout{10'000};
    std::size_t reply_bytes_max = std::size_t{64} << 20;
  } api;
  struct {
    std::string secret_id, secret_key_file, token_file;
    std::string profile = "default";
    std::string cvm_role;
    std::string metadata_endpoint = "http://metadata.tencentyun.com";
  } credentials;
  struct {
    std::string path = "/var/lib/vodeventd/events.db";
  } store;
  struct {
    std::chrono::milliseconds interval{0};
    std::size_t max_pulls_in_flight = 32;  // 0: nothing is pulled
  } poll;
  struct {
    std::chrono::milliseconds age{0};
    std::int64_t rows = 0, bytes = 0;
  } retention;  // 0: no bound
  struct {
    std::string listen;  // as httpd::Listener takes it, or "systemd"; empty: nowhere
    std::string path = "/";
    std::string sign_key_file;
    std::size_t body_bytes_max = std::size_t{8} << 20;
  } receiver;
  struct {
    std::string textfile;
    std::chrono::seconds textfile_interval{15};
    std::string listen;  // as httpd::Listener takes it
  } metrics;
  base::Level log_level = base::Level::info;

  // The same by key, of those that were given; and where all this was read.
  std::map<const Key*, Value> values;
  struct {
    std::string path;
    bool required = false;
    bool read = false;  // the file was there
    Environment environment;
    std::string instance;
  } origin;
};

// Of several on one machine: the name in vodeventd@NAME.service and in the paths that are its own,
// letters, digits, '-', '_' and '.'.  Throws ConfigError for another.
void check_instance(const std::string& name);
std::string config_of(const std::string& instance);   // /etc/vodeventd/NAME.toml
std::string service_of(const std::string& instance);  // vodeventd.NAME, vodeventd without a name

enum class Kind { text, whole, number };

// What a changed value takes: a new start, or SIGHUP.
enum class When { start, reload };

struct Key {
  std::string_view section, name;
  Kind kind;
  When when;
  double least, most;  // of a whole or a number
  std::string_view standard, meaning;
  // Takes a value of the right kind and range; says what is wrong with it, empty when nothing is.
  std::string (*set)(Config& config, const Value& value);
};

std::span<const Key> config_keys();

std::string_view kind_name(Kind kind);    // a whole number
std::string variable_of(const Key& key);  // VODEVENTD_API_TIMEOUT_S
std::string range_of(const Key& key);     // 6 to 28; empty where there is none worth telling

// `path`: must exist when `required`, else the defaults stand where there is no such file.  A file
// that is there and cannot be read, for whatever reason, is an error.  `instance`: empty for the
// only one, else its database stands in a folder of its own.  Throws ConfigError.
Config load_config(const std::string& path, bool required, const Environment& environment,
                   const std::string& instance = {});

// Reads the same file and the same environment again.  Throws ConfigError.
Config load_again(const Config& running);

// The keys whose value is another in `fresh`, and how `running` takes one over.
std::vector<const Key*> changes(const Config& running, const Config& fresh);
void take(const Key& key, const Config& fresh, Config& running);

// The table as people read it, a line each, for --help; * marks what takes a new start.
std::string describe_config();

}  // namespace vodeventd
