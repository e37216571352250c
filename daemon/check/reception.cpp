#include "daemon/check/reception.h"

#include "base/descriptor.h"
#include "base/file.h"
#include "credentials/source.h"
#include "daemon/lock.h"
#include "daemon/parts.h"
#include "daemon/reception.h"
#include "httpd/name.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace vodeventd {
namespace {

constexpr std::string_view path_prefix = "unix:";

std::string how_guarded(const receiver::Settings& settings) {
  if (!settings.sign_key.empty()) return "what is sent there has to be signed";
  if (receiver::guarded(settings)) return "whoever knows the path may send there";
  return "every program that gets there may have its own stored";
}

// Why the port can't be had, 0 when it can.  Nothing listens meanwhile.
int try_port(const std::string& address) {
  const httpd::Name name = httpd::Name::of_port(address).value();
  const base::Descriptor socket(::socket(name.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return bind(socket.get(), name.generic(), name.length) == 0 ? 0 : errno;
}

// What a daemon has left there it replaces; anything else is in its way.
int try_path(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) return S_ISSOCK(status.st_mode) ? 0 : EADDRINUSE;
  if (errno != ENOENT) return errno;
  return access(base::folder_of(path).c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

int try_address(const std::string& address) {
  if (address.starts_with(path_prefix)) return try_path(address.substr(path_prefix.size()));
  return try_port(address);
}

// A path is a secret only as far as the file is.
void check_secrecy(const Config& config, const receiver::Settings& settings, Findings& findings) {
  struct stat status {};
  const std::string& file = config.origin.path;
  const bool open = stat(file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
  if (!open || !settings.sign_key.empty() || !receiver::guarded(settings)) return;
  findings.warn("receiver", "everyone on this machine may read its path in " + file,
                "sudo chgrp vodeventd " + file + " && sudo chmod o-r " + file);
}

void check_address(const Config& config, const std::string& guard, Findings& findings) {
  const std::string& address = config.receiver.listen;
  const int error = try_address(address);
  const std::optional<Holder> daemon = Lock::holder(config.store.path);
  if (error == 0)
    findings.ok("receiver", address + " can be had; " + guard);
  else if (error == ENOENT && address.starts_with("unix:/run/vodeventd"))
    findings.ok("receiver", address + ", whose folder the service manager makes; " + guard);
  else if (error == EADDRINUSE && daemon)
    findings.ok("receiver", address + " is in use, and a daemon is at work; " + guard);
  else
    findings.bad("receiver", address + ": " + std::strerror(error),
                 error == EACCES ? "Leave ports below 1024 to vodeventd-receiver.socket: set "
                                   "receiver.listen to systemd"
                                 : "See who has it (ss -ltnp), or give [receiver] listen another",
                 exit_configuration);
}

}  // namespace

void check_work(const Config& config, Findings& findings) try {
  require_work(config);
} catch (const ConfigError& error) {
  findings.bad("receiver", error.what(),
               "Set [receiver] listen, or [poll] max_pulls_in_flight to more than 0",
               exit_configuration);
}

// Of a socket that is handed over only the daemon gets to know where it is.
void check_reception(const Config& config, Findings& findings) try {
  const std::string& address = config.receiver.listen;
  if (address.empty()) return;
  const bool handed_over = address == "systemd";
  const receiver::Settings settings =
      receiver_settings(config, handed_over ? httpd::Reach::machine : httpd::reach_of(address));
  if (handed_over)
    findings.ok("receiver",
                "the socket unit says where: systemctl status vodeventd-receiver.socket; " +
                    how_guarded(settings));
  else
    check_address(config, how_guarded(settings), findings);
  check_secrecy(config, settings, findings);
} catch (const credentials::Encrypted& error) {
  findings.unknown("receiver", error.what(), "Start the service: its journal tells the rest");
} catch (const ConfigError& error) {
  findings.bad("receiver", error.what(), "Mend it there; sudo vodeventd check may read more files",
               exit_configuration);
}

}  // namespace vodeventd
