#include "daemon/check/files.h"

#include "credentials/source.h"
#include "daemon/parts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace vodeventd {
namespace {

// Permissions of everybody else; 0 when there is no such file.
mode_t open_to_others(const std::string& path) {
  struct stat status {};
  return !path.empty() && stat(path.c_str(), &status) == 0 ? status.st_mode & S_IRWXO : 0;
}

void check_certificates(const Config& config, Findings& findings) {
  const std::string& bundle = config.api.ca_file;
  if (bundle.empty() || access(bundle.c_str(), R_OK) == 0) return;
  findings.bad("ca_file", bundle + ": " + std::strerror(errno),
               "Put the certificates there, readable for this user, or leave api.ca_file out",
               exit_configuration);
}

std::string in_folder(const char* variable, const char* name) {
  const char* folder = std::getenv(variable);
  return folder && *folder ? std::string(folder) + name : std::string();
}

// Every file that a key may be read from, whichever is used in the end.
std::vector<std::string> key_files(const Config& config) {
  const char* profile = std::getenv("TENCENTCLOUD_CREDENTIALS_FILE");
  return {config.credentials.secret_key_file,
          config.credentials.token_file,
          config.receiver.sign_key_file,
          in_folder("CREDENTIALS_DIRECTORY", "/secret-key"),
          in_folder("CREDENTIALS_DIRECTORY", "/token"),
          profile ? profile : "",
          in_folder("HOME", "/.tencentcloud/credentials"),
          "/etc/tencentcloud/credentials"};
}

void check_key_files(const Config& config, Findings& findings) {
  for (const std::string& path : key_files(config)) {
    const mode_t others = open_to_others(path);
    if (others == 0) continue;
    const std::string may = (others & S_IWOTH) == 0   ? "read"
                            : (others & S_IROTH) == 0 ? "write"
                                                      : "read and write";
    findings.warn("key file", "everyone on this machine may " + may + ' ' + path,
                  "chmod o-rwx " + path);
  }
}

}  // namespace

std::optional<Config> check_configuration(const std::string& path, bool required,
                                          const Environment& environment,
                                          const std::string& instance, Findings& findings) try {
  Config config = load_config(path, required, environment, instance);
  std::string text =
      config.origin.read ? "read from " + path : path + " is not there: the defaults hold";
  if (const std::size_t variables = config.origin.environment.size(); variables > 0)
    text += ", with " + std::to_string(variables) + " of VODEVENTD_… in the environment";
  findings.ok("configuration", text);
  if ((open_to_others(path) & S_IWOTH) != 0)
    findings.warn("configuration", "everyone on this machine may write " + path,
                  "chmod o-w " + path);
  check_certificates(config, findings);
  return config;
} catch (const ConfigError& error) {
  findings.bad("configuration", error.what(),
               "Mend it there; vodeventd --help lists the keys and what they take",
               exit_configuration);
  return std::nullopt;
}

bool check_credential(const Config& config, Findings& findings) {
  check_key_files(config, findings);
  if (!pulls(config)) {
    findings.ok("credential", "none is needed: poll.max_pulls_in_flight is 0, nothing is pulled");
    return false;
  }
  try {
    const credentials::Source source(credential_settings(config));
    findings.ok("credential",
                source.origin() + (source.current() ? "" : ", which is asked when it is needed"));
    return true;
  } catch (const credentials::Encrypted& error) {
    findings.unknown("credential", error.what(),
                     "Start the service: its journal tells whether the key is accepted");
    return false;
  } catch (const credentials::Error& error) {
    findings.bad("credential", error.what(),
                 "The service's key stands in /etc/credstore/vodeventd.secret-id and "
                 "vodeventd.secret-key, which root alone reads (sudo vodeventd check); where they "
                 "are not there, write them as README shows",
                 exit_configuration);
    return false;
  }
}

}  // namespace vodeventd
