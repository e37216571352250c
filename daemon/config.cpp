#include "daemon/config.h"

#include "base/descriptor.h"
#include "base/text.h"
#include "daemon/names.h"
#include "daemon/rights.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace vodeventd {
namespace {

const Key* find(std::string_view section, std::string_view name) {
  const auto key = std::ranges::find_if(
      config_keys(), [&](const Key& k) { return k.section == section && k.name == name; });
  return key == config_keys().end() ? nullptr : &*key;
}

bool section_exists(std::string_view section) {
  return std::ranges::find(config_keys(), section, &Key::section) != config_keys().end();
}

// [api], [credentials], …
std::string section_list() {
  std::string list;
  std::string_view last;
  for (const Key& key : config_keys()) {
    if (key.section == last) continue;
    last = key.section;
    list.append(list.empty() ? "[" : ", [").append(last).append("]");
  }
  return list;
}

std::string plain(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

// What is wrong with a value that has the right kind, empty when nothing is.
std::string apply(const Key& key, Config& config, const Value& value) {
  config.values[&key] = value;
  if (key.kind != Kind::text) {
    const double number = key.kind == Kind::whole ? static_cast<double>(value.whole) : value.number;
    if (!(number >= key.least && number <= key.most))  // NaN is neither
      return "must be from " + plain(key.least) + " to " + plain(key.most);
  }
  return key.set(config, value);
}

[[noreturn]] void fail(const std::string& path, const toml::source_region& at,
                       const std::string& what) {
  throw ConfigError(path + ':' + std::to_string(at.begin.line) + ':' +
                    std::to_string(at.begin.column) + ": " + what);
}

std::optional<Value> value_of(const toml::node& node, Kind kind) {
  Value value;
  if (kind == Kind::text && node.is_string()) {
    value.text = **node.as_string();
  } else if (kind == Kind::whole && node.is_integer()) {
    value.whole = **node.as_integer();
  } else if (kind == Kind::number && node.is_number()) {
    value.number = node.value<double>().value_or(0);
  } else {
    return std::nullopt;
  }
  return value;
}

void read_section(const std::string& path, std::string_view section, const toml::table& table,
                  Config& config) {
  for (const auto& [name, node] : table) {
    const std::string full = std::string(section) + '.' + std::string(name.str());
    const Key* key = find(section, name.str());
    if (!key) fail(path, name.source(), "there is no key " + full);
    const std::optional<Value> value = value_of(node, key->kind);
    if (!value) fail(path, node.source(), full + " must be " + std::string(kind_name(key->kind)));
    const std::string wrong = apply(*key, config, *value);
    if (!wrong.empty()) fail(path, node.source(), full + ' ' + wrong);
  }
}

// The parser goes as deep as keys have dots, so that a long file would exhaust the stack.
constexpr std::size_t file_bytes_max = 16'384;

[[noreturn]] void cannot_read(const std::string& path, int error) {
  std::string text = path + ": " + std::strerror(error);
  if (const Lack lack = lack_of(path, R_OK); error == EACCES && !lack.may_not.empty())
    text += ": user " + user_name(geteuid()) + " may not " + lack.may_not + ' ' + lack.path;
  throw ConfigError(text);
}

// Nothing where there is no such file.  ENOENT alone says so, and not of a link that leads nowhere:
// a file that cannot be reached holds settings that must not be replaced by defaults.
std::optional<std::string> text_of(const std::string& path) {
  struct stat link {};
  const base::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT && lstat(path.c_str(), &link) != 0) return std::nullopt;
  if (file.get() < 0) cannot_read(path, errno);
  std::string text;
  char buffer[4096];
  ssize_t count = 0;
  while (text.size() <= file_bytes_max && (count = read(file.get(), buffer, sizeof buffer)) > 0)
    text.append(buffer, static_cast<std::size_t>(count));
  if (count < 0) cannot_read(path, errno);
  if (text.size() > file_bytes_max) throw ConfigError(path + ":1:1: longer than 16 KiB");
  return text;
}

void read_text(const std::string& path, const std::string& text, Config& config) try {
  for (const toml::table document = toml::parse(text, path); const auto& [name, node] : document) {
    if (!section_exists(name.str()) || !node.is_table())
      fail(path, name.source(),
           "there is no section [" + std::string(name.str()) + "]; keys stand under " +
               section_list());
    read_section(path, name.str(), *node.as_table(), config);
  }
} catch (const toml::parse_error& error) {
  fail(path, error.source(), std::string(error.description()));
}

std::optional<Value> value_of(const std::string& text, Kind kind) {
  Value value;
  if (kind == Kind::text) return value.text = text, value;
  const char* end = text.data() + text.size();
  const auto result = kind == Kind::whole ? std::from_chars(text.data(), end, value.whole)
                                          : std::from_chars(text.data(), end, value.number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

void read_variable(const std::string& name, const std::string& text, Config& config) {
  const auto key = std::ranges::find(config_keys(), name, &variable_of);
  const std::string variable = "environment variable " + name;
  if (key == config_keys().end()) throw ConfigError(variable + " belongs to no key");
  const std::optional<Value> value = value_of(text, key->kind);
  if (!value) throw ConfigError(variable + " must be " + std::string(kind_name(key->kind)));
  const std::string wrong = apply(*key, config, *value);
  if (!wrong.empty()) throw ConfigError(variable + ' ' + wrong);
}

void read_environment(const Environment& environment, Config& config) {
  for (const auto& [name, text] : environment) read_variable(name, text, config);
}

// What is kept for later must not hold a key that someone gave by the environment.
Environment ours(const Environment& environment) {
  constexpr std::string_view prefix = "VODEVENTD_";
  const auto begin = environment.lower_bound(prefix);
  return {begin, std::find_if_not(begin, environment.end(), [&](const auto& entry) {
            return entry.first.starts_with(prefix);
          })};
}

Value value_in(const Config& config, const Key& key) {
  const auto entry = config.values.find(&key);
  if (entry != config.values.end()) return entry->second;
  return value_of(std::string(key.standard), key.kind).value_or(Value{});
}

}  // namespace

std::string_view kind_name(Kind kind) {
  return kind == Kind::text ? "a string" : kind == Kind::whole ? "a whole number" : "a number";
}

std::string variable_of(const Key& key) {
  std::string name = "VODEVENTD_" + std::string(key.section) + '_' + std::string(key.name);
  for (char& c : name) c = base::to_upper(c);
  return name;
}

std::string range_of(const Key& key) {
  if (key.kind == Kind::text || key.most >= 1e9) return {};
  return plain(key.least) + " to " + plain(key.most);
}

void check_instance(const std::string& name) {
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (name.empty() || name.front() == '.' || name.find_first_not_of(allowed) != name.npos)
    throw ConfigError("instance \"" + name + "\": a name has letters, digits, '-', '_' and '.'");
}

std::string config_of(const std::string& instance) {
  return "/etc/vodeventd/" + (instance.empty() ? "vodeventd" : instance) + ".toml";
}

std::string service_of(const std::string& instance) {
  return instance.empty() ? "vodeventd" : "vodeventd." + instance;
}

Config load_config(const std::string& path, bool required, const Environment& environment,
                   const std::string& instance) {
  Config config;
  const std::optional<std::string> text = text_of(path);
  if (!text && required) cannot_read(path, ENOENT);
  config.origin = {path, required, text.has_value(), ours(environment), instance};
  if (!instance.empty()) config.store.path = "/var/lib/vodeventd/" + instance + "/events.db";
  if (text) read_text(path, *text, config);
  read_environment(config.origin.environment, config);
  return config;
}

Config load_again(const Config& running) {
  const auto& origin = running.origin;
  return load_config(origin.path, origin.required, origin.environment, origin.instance);
}

std::vector<const Key*> changes(const Config& running, const Config& fresh) {
  std::vector<const Key*> changed;
  for (const Key& key : config_keys())
    if (value_in(running, key) != value_in(fresh, key)) changed.push_back(&key);
  return changed;
}

void take(const Key& key, const Config& fresh, Config& running) {
  apply(key, running, value_in(fresh, key));
}

std::string describe_config() {
  std::string text;
  std::string_view section;
  for (const Key& key : config_keys()) {
    if (key.section != section) text += "  [" + std::string(section = key.section) + "]\n";
    std::string line = "    " + std::string(key.name);
    line.resize(std::max<std::size_t>(line.size() + 1, 26), ' ');
    text += line + std::string(key.meaning);
    if (const std::string range = range_of(key); !range.empty()) text += ", " + range;
    if (!key.standard.empty()) text += " (" + std::string(key.standard) + ')';
    if (key.when == When::start) text += " *";
    text += '\n';
  }
  return text + "  * takes effect at the next start; all else by SIGHUP too\n";
}

}  // namespace vodeventd
