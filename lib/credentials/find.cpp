#include "credentials/find.h"

#include "credentials/profile.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace credentials {
namespace {

// A token has at most 4,096 bytes; a profile file is a few lines for each of its profiles.
constexpr std::size_t file_bytes_max = std::size_t{64} * 1024;

struct File {
  explicit File(const std::string& path)
      : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  const int fd;
};

[[noreturn]] void cannot_read(const std::string& path) {
  throw Error("cannot read " + path + ": " + std::generic_category().message(errno));
}

// Empty when there is no such file.
std::optional<base::Secret> read_if_present(const std::string& path) {
  const File file(path);
  if (file.fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (file.fd < 0) cannot_read(path);
  std::string text(file_bytes_max + 1, '\0');  // of full size at once: growing would leave copies
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(file.fd, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot_read(path);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  base::Secret content(std::move(text));
  if (length > file_bytes_max) throw Error(path + " is too long for a key");
  return content;
}

base::Secret read(const std::string& path) {
  if (std::optional<base::Secret> content = read_if_present(path)) return *std::move(content);
  throw Error("cannot read " + path + ": there is no such file");
}

// Source 1.
std::optional<Found> in_configuration(const Settings& settings) {
  if (settings.secret_id.empty() && settings.secret_key_file.empty() &&
      settings.token_file.empty()) {
    return std::nullopt;
  }
  if (settings.secret_id.empty()) throw Error("configuration: secret_id is missing");
  if (settings.secret_key_file.empty()) throw Error("configuration: secret_key_file is missing");
  const base::Secret key = read(settings.secret_key_file);
  const base::Secret token =
      settings.token_file.empty() ? base::Secret() : read(settings.token_file);
  if (!settings.token_file.empty() && trimmed(token.reveal()).empty()) {
    throw Error(settings.token_file + " is empty");
  }
  const std::string origin = "secret_key_file " + settings.secret_key_file;
  return Found{credential_of(settings.secret_id, key.reveal(), token.reveal(), origin), origin};
}

void refuse_encrypted(const Settings& settings, const std::string& part) {
  const std::string path =
      settings.credential_store + ".encrypted/" + settings.name + '.' + part + ".cred";
  if (::access(path.c_str(), F_OK) == 0)
    throw Encrypted(path + " is encrypted for the service, which alone can read it");
}

// One of the files of a folder of credentials.  In one that all services share, what does not bear
// our name is not ours, and what is not there may be there encrypted.
std::optional<base::Secret> part_of(const std::string& folder, bool shared,
                                    const Settings& settings, const std::string& part) {
  const std::string own = settings.name + '.' + part;
  for (const std::string& name : {own + ".cred", own})
    if (auto content = read_if_present(folder + '/' + name)) return content;
  if (!shared) return read_if_present(folder + '/' + part);
  refuse_encrypted(settings, part);
  return std::nullopt;
}

// The folder may be there for other programs' secrets, so it is the files that count.
std::optional<Found> in_folder(const std::string& folder, bool shared, const Settings& settings) {
  const auto id = part_of(folder, shared, settings, "secret-id");
  const auto key = part_of(folder, shared, settings, "secret-key");
  const auto token = part_of(folder, shared, settings, "token");
  if (!id && !key && !token) return std::nullopt;
  const std::string place = folder + '/' + (shared ? settings.name + '.' : "");
  if (!id) throw Error(place + "secret-id is missing");
  if (!key) throw Error(place + "secret-key is missing");
  if (token && trimmed(token->reveal()).empty()) throw Error(place + "token is empty");
  const std::string origin = "credentials directory " + folder;
  return Found{credential_of(id->reveal(), key->reveal(), token ? token->reveal() : "", origin),
               origin};
}

// Source 2.
std::optional<Found> in_credentials_directory(const Settings& settings) {
  const std::optional<std::string> folder = settings.environment("CREDENTIALS_DIRECTORY");
  if (!folder || folder->empty()) return std::nullopt;
  return in_folder(*folder, false, settings);
}

// The token has three names; more than one may be set if they agree.
std::string token_in_environment(const Settings& settings) {
  std::string token;
  const char* taken = nullptr;
  for (const char* name :
       {"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"}) {
    const std::optional<std::string> value = settings.environment(name);
    if (!value) continue;
    if (trimmed(*value).empty()) throw Error(std::string(name) + " is set but empty");
    if (taken != nullptr && token != *value) {
      throw Error(std::string(taken) + " and " + name + " differ");
    }
    token = *value;
    taken = name;
  }
  return token;
}

// Source 3.
std::optional<Found> in_environment(const Settings& settings) {
  const std::optional<std::string> id = settings.environment("TENCENTCLOUD_SECRET_ID");
  const std::optional<std::string> key = settings.environment("TENCENTCLOUD_SECRET_KEY");
  if (!id && !key) return std::nullopt;
  if (!id) throw Error("TENCENTCLOUD_SECRET_KEY is set but TENCENTCLOUD_SECRET_ID is not");
  if (!key) throw Error("TENCENTCLOUD_SECRET_ID is set but TENCENTCLOUD_SECRET_KEY is not");
  const std::string origin = "environment TENCENTCLOUD_SECRET_ID";
  return Found{credential_of(*id, *key, token_in_environment(settings), origin), origin};
}

Found in_profile_text(const std::string& path, std::string_view text, const std::string& profile) {
  const std::string origin = "profile " + profile + " in " + path;
  const Profile values = parse_profile(text, profile, path);
  return {credential_of(values.secret_id, values.secret_key, values.token, origin), origin};
}

// Source 4.  A file that was named must be there; the usual places may be empty.
std::optional<Found> in_profile(const Settings& settings) {
  if (const auto named = settings.environment("TENCENTCLOUD_CREDENTIALS_FILE")) {
    if (named->empty()) throw Error("TENCENTCLOUD_CREDENTIALS_FILE is set but empty");
    return in_profile_text(*named, read(*named).reveal(), settings.profile);
  }
  std::vector<std::string> places{settings.system_profile_file};
  const std::optional<std::string> home = settings.environment("HOME");
  if (home && !home->empty()) places.insert(places.begin(), *home + "/.tencentcloud/credentials");
  for (const std::string& path : places) {
    if (const std::optional<base::Secret> text = read_if_present(path)) {
      return in_profile_text(path, text->reveal(), settings.profile);
    }
  }
  return std::nullopt;
}

bool closed(const std::string& folder) {
  return ::access(folder.c_str(), X_OK) != 0 && errno == EACCES;
}

// Source 5.  Whom the store is closed to is not meant to use it.
std::optional<Found> in_credential_store(const Settings& settings) {
  if (closed(settings.credential_store)) return std::nullopt;
  return in_folder(settings.credential_store, true, settings);
}

// Nothing where the folder is closed to us.
std::optional<Part> part_in(const std::string& folder, bool shared, const std::string& part,
                            const Settings& settings) {
  if (folder.empty() || closed(folder)) return std::nullopt;
  auto content = part_of(folder, shared, settings, part);
  if (!content) return std::nullopt;
  return Part{*std::move(content), part + " in " + folder};
}

std::string checked(std::string_view value, const char* part, const std::string& origin) {
  const std::string_view text = trimmed(value);
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!printable) {
    throw Error(origin + ": the " + part + " contains a blank, or what is not printable ASCII");
  }
  return std::string(text);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

tc3::Credential credential_of(std::string_view secret_id, std::string_view secret_key,
                              std::string_view token, const std::string& origin) {
  tc3::Credential credential{checked(secret_id, "secret id", origin),
                             base::Secret(checked(secret_key, "secret key", origin)),
                             base::Secret(checked(token, "token", origin))};
  if (credential.secret_id.empty()) throw Error(origin + ": the secret id is missing or empty");
  if (credential.secret_key.empty()) throw Error(origin + ": the secret key is missing or empty");
  return credential;
}

std::optional<Part> find_part(const std::string& part, const std::string& file,
                              const Settings& settings) {
  std::optional<Part> found;
  if (!file.empty()) {
    found = Part{read(file), file};
  } else {
    const std::string folder = settings.environment("CREDENTIALS_DIRECTORY").value_or("");
    found = part_in(folder, false, part, settings);
    if (!found) found = part_in(settings.credential_store, true, part, settings);
  }
  if (!found) return std::nullopt;
  found->secret = base::Secret(checked(found->secret.reveal(), part.c_str(), found->origin));
  if (found->secret.empty()) throw Error(found->origin + " is empty");
  return found;
}

std::optional<Found> find(const Settings& settings) {
  for (auto* const source : {&in_configuration, &in_credentials_directory, &in_environment,
                             &in_profile, &in_credential_store}) {
    if (std::optional<Found> found = source(settings)) return found;
  }
  return std::nullopt;
}

}  // namespace credentials
