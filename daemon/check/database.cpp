#include "daemon/check/database.h"

#include "base/file.h"
#include "daemon/lock.h"
#include "daemon/names.h"
#include "inbox/inbox.h"
#include "inbox/open.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace vodeventd {
namespace {

std::optional<struct stat> look_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

// There is no database: whether one can be made, unless a daemon works on it all the same.
void check_place(const std::string& path, Findings& findings) {
  if (const std::optional<Holder> holder = Lock::holder(path)) {
    findings.bad("database",
                 path + " is gone, and pid " + std::to_string(holder->pid) + " (" +
                     holder->program + ") works on it",
                 "Bring it back with its -wal file, or restart the daemon to begin a new one",
                 exit_configuration);
    return;
  }
  const std::string folder = base::folder_of(path);
  const bool usual = path == Config().store.path;
  const int error = access(folder.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
  if (error == 0)
    findings.ok("database", path + " will be made at the first start");
  else if (usual && access(folder.c_str(), F_OK) != 0)
    findings.ok("database", path + ", whose folder the service manager makes at the first start");
  else
    findings.bad("database",
                 "folder " + folder + " is missing or not writable for this user (" +
                     user_name(geteuid()) + "): " + std::strerror(error),
                 "Make it and give it to the daemon's user, or set [store] path",
                 exit_configuration);
}

void check_content(const std::string& path, Findings& findings) try {
  const int unreadable = access(path.c_str(), R_OK) == 0 ? 0 : errno;
  if (unreadable == 0)
    findings.ok("database", inbox::describe(path));
  else
    findings.bad("database",
                 path + " can't be read by this user (" + user_name(geteuid()) +
                     "): " + std::strerror(unreadable),
                 "Run this as the daemon's user: sudo -u vodeventd vodeventd check",
                 exit_configuration);
} catch (const inbox::Refused& error) {  // what is wrong; what to do
  const std::string text = error.what();
  const std::size_t end = text.find("; ");
  findings.bad("database", text.substr(0, end), end == text.npos ? "" : text.substr(end + 2),
               exit_configuration);
} catch (const std::system_error& error) {
  findings.bad("database", path + ": " + error.what(),
               "Run this as the daemon's user; if that fails too, give [store] path another place",
               exit_configuration);
}

// Another's file may well be right, and only this user the wrong one to ask.
void check_writable(const std::string& path, const struct stat& file, Findings& findings) {
  const std::string folder = base::folder_of(path);
  const bool place = access(folder.c_str(), W_OK | X_OK) == 0;
  if (place && access(path.c_str(), W_OK) == 0) return;
  const std::string text = (place ? path : "folder " + folder) +
                           " is not writable for this user (" + user_name(geteuid()) + ')';
  if (file.st_uid == geteuid())
    findings.bad("writable", text, "chmod u+rwx " + folder + " && chmod u+rw " + path,
                 exit_configuration);
  else
    findings.warn("writable", text + "; it belongs to " + user_name(file.st_uid),
                  "Nothing, if the daemon runs as " + user_name(file.st_uid) +
                      "; else sudo chown -R vodeventd:vodeventd " + folder);
}

void check_lock(const std::string& path, Findings& findings) {
  const std::optional<Holder> holder = Lock::holder(path);
  if (!holder) {
    findings.ok("lock", "no daemon works on it");
    return;
  }
  const std::string who =
      "in use by pid " + std::to_string(holder->pid) + " (" + holder->program + ')';
  if (holder->program == "vodeventd")
    findings.ok("lock", who);
  else
    findings.warn("lock", who + ", which is no vodeventd: a daemon would end with status 75",
                  "See what it is with ps " + std::to_string(holder->pid) + ", and end it");
}

// Operators read by the group of the file.
void check_readers(const std::string& path, const struct stat& file, Findings& findings) {
  const std::string group = group_name(file.st_gid), folder = base::folder_of(path);
  const std::optional<struct stat> place = look_at(folder);
  const bool by_group = place && place->st_gid == file.st_gid;
  if ((file.st_mode & S_IRWXO) != 0)
    findings.warn("readers", "everyone on this machine may open " + path, "chmod o-rwx " + path);
  if ((file.st_mode & S_IRGRP) == 0)
    findings.warn("readers", "the group " + group + " can't read " + path, "chmod g+r " + path);
  else if (place && (place->st_mode & (by_group ? S_IXGRP : S_IXOTH)) == 0)
    findings.warn("readers", "the group " + group + " can't enter the folder " + folder,
                  by_group ? "chmod g+rx " + folder
                           : "chgrp " + group + ' ' + folder + " && chmod g+rx " + folder);
  else if (file.st_gid == 0)
    findings.warn("readers", path + " belongs to the group root, in which no operator should be",
                  "Let the daemon run as a user of its own, as its unit does");
  else if (const std::string members = group_members(file.st_gid); members.empty())
    findings.warn("readers", "nobody is in group " + group + ", whose members may query it",
                  "sudo usermod -aG " + group + " alice");
  else
    findings.ok("readers", "group " + group + ": " + members);
}

// SQLite gives them the database's; where they differ a reader is refused, or the daemon.
void check_side_files(const std::string& path, const struct stat& file, Findings& findings) {
  for (const char* end : {"-wal", "-shm"}) {
    const std::optional<struct stat> side = look_at(path + end);
    if (!side) continue;
    const bool mode = (side->st_mode & 0777) != (file.st_mode & 0777);
    if (!mode && side->st_uid == file.st_uid && side->st_gid == file.st_gid) continue;
    findings.warn("side files", path + end + " has another owner, group or mode than the database",
                  "sudo chown --reference=" + path + ' ' + path + end +
                      " && sudo chmod --reference=" + path + ' ' + path + end);
  }
}

}  // namespace

void check_database(const Config& config, Findings& findings) {
  const std::string& path = config.store.path;
  const std::optional<struct stat> file = look_at(path);
  if (!file) {
    check_place(path, findings);
    return;
  }
  check_writable(path, *file, findings);
  check_lock(path, findings);
  check_readers(path, *file, findings);
  check_side_files(path, *file, findings);
  check_content(path, findings);  // last: opened by root, SQLite mends the side files' owner
}

}  // namespace vodeventd
