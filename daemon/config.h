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

namespace vodeventd {

struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
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
    std::size_t max_pulls_in_flight = 32;
  } poll;
  base::Level log_level = base::Level::info;
};

enum class Kind { text, whole, number };

struct Value {
  std::string text;
  double number = 0;
  std::int64_t whole = 0;
};

struct Key {
  std::string_view section, name;
  Kind kind;
  double least, most;  // of a whole or a number
  std::string_view standard, meaning;
  // Takes a value of the right kind and range; says what is wrong with it, empty when nothing is.
  std::string (*set)(Config& config, const Value& value);
};

std::span<const Key> config_keys();

// Names and values; a name that begins with VODEVENTD_ and belongs to no key is an error.
using Environment = std::map<std::string, std::string, std::less<>>;

// `path`: must exist when `required`, else the defaults stand.  Throws ConfigError.
Config load_config(const std::string& path, bool required, const Environment& environment);

// The table as people read it, a line each: for --help.
std::string describe_config();

}  // namespace vodeventd
