// check without the service: each finding provoked on a real file, disk or process.
#include "e2e/broken_disk.h"
#include "e2e/doctor.h"
#include "inbox/schema.h"
#include "sqlite/library.h"
#include "support/skip.h"

#include <signal.h>
#include <sys/timex.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

using namespace std::chrono_literals;

using Catch::Contains;
using e2e::Arguments;
using e2e::Doctor;
using e2e::Report;
using perms = std::filesystem::perms;

void mode(const std::string& path, unsigned bits) {
  std::filesystem::permissions(path, static_cast<perms>(bits));
}

const Arguments as_nobody = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};

bool nobody_may_run(const std::string& program) {
  Arguments command = as_nobody;
  command.insert(command.end(), {"test", "-x", program});
  return support::Process(command).wait(10s) == 0;
}

}  // namespace

TEST_CASE_METHOD(Doctor, "check finds nothing bad where all is well") {
  configure();
  mode(folder / "secret-key", 0600);
  const Report report = check();
  CHECK(report.status() == 0);
  CHECK(report.bad() == 0);
  for (const char* name : {"configuration", "credential", "database", "room", "sync"})
    CHECK(report.state(name) == "ok");
  CHECK(report.state("key file").empty());
  CHECK_THAT(report.text("configuration"), Contains("vodeventd.toml"));
  CHECK_THAT(report.text("credential"), Contains(folder / "secret-key"));
  CHECK_THAT(report.text("database"), Contains("will be made"));
  CHECK(report.state("resolve").empty());  // that is asked online only
  CHECK_FALSE(std::filesystem::exists(database));
  CHECK_FALSE(std::filesystem::exists(database + ".lock"));
  auto lines = run({});
  CHECK(lines.wait(10s) == 0);
  CHECK_THAT(lines.out(), Contains("ok   credential ") && !Contains("\033"));
}

TEST_CASE_METHOD(Doctor, "check aligns its lines, and colours them on a terminal alone") {
  configure();
  const std::string started = "PROGRAM=" + program, file = "FILE=" + (folder / "vodeventd.toml");
  const std::string command = "exec \"$PROGRAM\" --config \"$FILE\" check";
  support::Process terminal({"env", started, file, "script", "-qec", command, "/dev/null"});
  CHECK(terminal.wait(10s) == 0);
  CHECK_THAT(terminal.out(), Contains("\033[32mok  \033[m credential     "));
  support::Process plain(
      {"env", started, file, "NO_COLOR=1", "script", "-qec", command, "/dev/null"});
  CHECK(plain.wait(10s) == 0);
  CHECK_THAT(plain.out(), Contains("ok   credential     ") && !Contains("\033"));
}

TEST_CASE_METHOD(Doctor, "check tells of a configuration that is wrong, and looks on") {
  configure("interval = 3\n");
  const Report report = check();
  CHECK(report.status() == 78);
  CHECK_THAT(report.text("configuration"), Contains("vodeventd.toml:9:1: there is no key"));
  CHECK(report.state("database").empty());
  CHECK_FALSE(report.state("sqlite").empty());
  CHECK_FALSE(report.state("clock").empty());
  mode(configure(), 0666);
  CHECK(check().state("configuration") == "ok warn");
  CHECK_THAT(check().advice("configuration"), Contains("chmod o-w " + (folder / "vodeventd.toml")));
  CHECK(check({}, {"VODEVENTD_API_CA_FILE=/nonexistent"}).state("ca_file") == "bad");
}

TEST_CASE_METHOD(Doctor, "a configuration that the user cannot reach ends check and run") {
  if (geteuid() != 0) return support::skip("needs root, to become another user");
  program = program_for_all();
  if (!nobody_may_run(program)) return support::skip("needs a TMPDIR that every user may enter");
  for (const char* verb : {"check", "run"}) {
    Arguments command = with(
        "mount -t tmpfs none /etc; echo nobody:x:65534:65534::/: >/etc/passwd;"
        " chmod 644 /etc/passwd; mkdir -m 700 /etc/vodeventd");
    command.insert(command.end(), as_nobody.begin(), as_nobody.end());
    command.insert(command.end(), {program, verb});
    support::Process process(command);
    CHECK(process.wait(15s) == 78);
    CHECK_THAT(process.out() + process.err(),
               Contains("/etc/vodeventd/vodeventd.toml: Permission denied:"
                        " user nobody may not enter /etc/vodeventd"));
  }
}

TEST_CASE_METHOD(Doctor, "check --configuration reads that alone, as a reload does") {
  configure();
  std::filesystem::remove(folder / "secret-key");
  std::ofstream(database) << "no database";
  const Report right = check({"--configuration"});
  CHECK(right.status() == 0);
  CHECK(right.state("configuration") == "ok");
  for (const char* name : {"credential", "database", "sync", "clock", "sqlite"})
    CHECK(right.state(name).empty());
  configure("max_pulls_in_flight = 257\n");
  CHECK(check({"--configuration"}).status() == 78);
  auto both = run({"--configuration", "--online"});
  CHECK(both.wait(10s) == 64);
}

TEST_CASE_METHOD(Doctor, "check tells which key file is open to everyone") {
  configure();
  std::ofstream(folder / "token") << "token\n";
  const Arguments token = {"VODEVENTD_CREDENTIALS_TOKEN_FILE=" + (folder / "token")};
  mode(folder / "secret-key", 0600);
  mode(folder / "token", 0640);
  CHECK(check({}, token).state("key file").empty());
  mode(folder / "secret-key", 0644);
  CHECK(check({}, token).state("key file") == "warn");
  CHECK(check({}, token).advice("key file") == "chmod o-rwx " + (folder / "secret-key"));
  mode(folder / "token", 0602);
  CHECK(check({}, token).state("key file") == "warn warn");
  CHECK_THAT(check({}, token).text("key file"), Contains("may read /") && Contains("may write /"));
  CHECK(check({}, token).status() == 0);
}

TEST_CASE_METHOD(Doctor, "check tells of a key that can't be used, and looks on") {
  const std::string key = GENERATE("", "  \n", "two words", "k\xc3\xa9y");
  configure({}, key);
  const Report report = check();
  CHECK(report.status() == 78);
  CHECK(report.state("credential") == "bad");
  CHECK_THAT(report.text("credential"), Contains(folder / "secret-key"));
  CHECK_THAT(report.json(), !Contains("two words"));
  CHECK(report.state("database") == "ok");
  CHECK(report.state("sync") == "ok");
  std::filesystem::remove(folder / "secret-key");
  CHECK_THAT(check().text("credential"), Contains("there is no such file"));
}

TEST_CASE_METHOD(Doctor, "check looks into the database, and changes nothing") {
  simulate({"--generate", "7", "--hold-s", "0.1"});
  configure();
  fill();
  const auto before = std::filesystem::last_write_time(database);
  CHECK_THAT(check().text("database"),
             Contains("version " + std::to_string(inbox::migration_count) +
                      ", 7 events, the last is 7 of 20"));
  CHECK_THAT(check().text("lock"), Contains("no daemon"));
  CHECK(std::filesystem::last_write_time(database) == before);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(database + end);
  std::ofstream(database, std::ios::binary) << std::string(8192, 'x');
  const Report damaged = check();
  CHECK(damaged.status() == 78);
  CHECK_THAT(damaged.text("database"), Contains("no SQLite database"));
  std::filesystem::remove(database);
  sqlite::Database(database, sqlite::Database::Mode::create).run("CREATE TABLE t (x)");
  CHECK_THAT(check().advice("database"), Contains("a file of its own"));
}

TEST_CASE_METHOD(Doctor, "check tells whether this user may write where the daemon has to") {
  const auto at = [&](const std::string& path, const Arguments& before = {}) {
    return check({}, {"VODEVENTD_STORE_PATH=" + path}, before);
  };
  configure();
  CHECK(at("/nonexistent/events.db").state("database") == "bad");
  CHECK(at("/nonexistent/events.db").status() == 78);
  CHECK(at("/nonexistent/events.db").state("sync") == "unknown");
  if (geteuid() != 0) return support::skip("needs root");
  program = program_for_all();
  if (!nobody_may_run(program)) return support::skip("needs a TMPDIR that every user may enter");
  mode(folder / "vodeventd.toml", 0644);
  mode(folder / "secret-key", 0644);
  const Report missing = check({}, {}, as_nobody);
  CHECK(missing.state("database") == "bad");
  CHECK_THAT(missing.text("database"), Contains("not writable for this user (nobody)"));
  sqlite::Database(database, sqlite::Database::Mode::create).run("PRAGMA user_version = 0");
  mode(database, 0644);
  const Report foreign = check({}, {}, as_nobody);
  CHECK(foreign.state("writable") == "warn");
  CHECK_THAT(foreign.text("writable"), Contains("it belongs to root"));
  CHECK(foreign.status() == 0);
  mode(database, 0600);
  CHECK(check({}, {}, as_nobody).status() == 78);
  CHECK_THAT(check({}, {}, as_nobody).advice("database"), Contains("sudo -u vodeventd"));
  CHECK(check().state("writable").empty());
}

TEST_CASE_METHOD(Doctor, "check by root tells what the service's user may not reach") {
  if (geteuid() != 0) return support::skip("needs root, which may reach everything");
  configure();
  const std::string closed = folder / "closed", textfile = closed + "/vodeventd.prom";
  folder.write("bundle.pem", "");
  mode(folder / "bundle.pem", 0640);
  std::filesystem::create_directory(closed);
  mode(closed, 0750);
  mode(folder.path(), 0755);
  mode(folder / "vodeventd.toml", 0640);
  mode(folder / "secret-key", 0600);
  const Arguments environment = {"VODEVENTD_API_CA_FILE=" + (folder / "bundle.pem"),
                                 "VODEVENTD_METRICS_TEXTFILE=" + textfile};
  CHECK(check({}, environment).state("rights").empty());  // the daemon is root's
  REQUIRE(chown(folder.path().c_str(), 65534, 65534) == 0);
  const Report report = check({}, environment);
  CHECK(report.status() == 78);
  CHECK(report.state("rights") == "bad bad bad bad");
  const auto may_not = [&](const std::string& what, const std::string& path) {
    return Contains("user nobody may not " + what + ' ' + path);
  };
  CHECK_THAT(report.text("rights"),
             may_not("read", folder / "vodeventd.toml") && may_not("read", folder / "bundle.pem") &&
                 may_not("read", folder / "secret-key") && may_not("write", closed));
  CHECK_THAT(report.advice("rights"),
             Contains("sudo chgrp nogroup " + (folder / "secret-key") + " && sudo chmod g+r"));
}

TEST_CASE_METHOD(Doctor, "check tells who works on the database") {
  simulate({"--generate", "3", "--hold-s", "0.1"});
  configure();
  auto process = daemon("run");
  await_log("stored events=");
  const Report busy = check();
  CHECK(busy.status() == 0);
  CHECK(busy.state("lock") == "ok");
  CHECK(busy.text("lock") == "in use by pid " + std::to_string(process.pid()) + " (vodeventd)");
  std::filesystem::rename(database, database + ".away");
  CHECK(check().state("database") == "bad");
  CHECK_THAT(check().text("database"),
             Contains("is gone, and pid " + std::to_string(process.pid())));
  std::filesystem::rename(database + ".away", database);
  CHECK(process.running());
  process.signal(SIGTERM);
  REQUIRE(process.wait(15s) == 0);
  support::Process other({"flock", database + ".lock", "sh", "-c", "echo held; exec sleep 60"});
  REQUIRE(other.read_line(10s) == "held");
  CHECK(check().state("lock") == "warn");
  CHECK_THAT(check().text("lock"), Contains("pid " + std::to_string(other.pid()) + " (flock)"));
}

TEST_CASE_METHOD(Doctor, "check tells who may read the database") {
  if (geteuid() != 0) return support::skip("needs root");
  configure();
  sqlite::Database(database, sqlite::Database::Mode::create).run("PRAGMA user_version = 0");
  std::ofstream(folder / "group") << "root:x:0:\noperators:x:54321:alice,bob\nlonely:x:54322:\n";
  const auto with_groups = with("mount --bind \"$0/group\" /etc/group");
  const auto owned_by = [&](gid_t group) {
    for (const std::string& path : {folder.path(), database})
      REQUIRE(chown(path.c_str(), 0, group) == 0);
    return check({}, {}, with_groups);
  };
  mode(database, 0640);
  mode(folder.path(), 0750);
  CHECK(owned_by(54321).text("readers") == "group operators: alice, bob");
  CHECK(owned_by(54321).state("readers") == "ok");
  CHECK(owned_by(54322).advice("readers") == "sudo usermod -aG lonely alice");
  CHECK(owned_by(0).state("readers") == "warn");
  mode(folder.path(), 0700);
  CHECK_THAT(owned_by(54321).advice("readers"), Contains("chmod g+rx"));
  mode(database, 0600);
  CHECK(owned_by(54321).advice("readers") == "chmod g+r " + database);
  mode(database, 0644);
  CHECK_THAT(owned_by(54321).advice("readers"), Contains("chmod o-rwx " + database));
}

TEST_CASE_METHOD(Doctor, "check tells where SQLite's side files are another's") {
  simulate({"--generate", "3", "--hold-s", "0.1"});
  configure();
  fill();
  REQUIRE(std::filesystem::exists(database + "-shm"));
  CHECK(check().state("side files").empty());
  mode(database + "-shm", 0600);
  CHECK(check().state("side files") == "warn");
  CHECK_THAT(check().advice("side files"), Contains("chmod --reference"));
  if (geteuid() != 0) return support::skip("needs root");
  REQUIRE(chown((database + "-wal").c_str(), 65534, 65534) == 0);
  CHECK(check().state("side files") == "warn warn");
}

TEST_CASE_METHOD(Doctor, "check tells of disks that are small, full, in memory or a container's") {
  if (geteuid() != 0) return support::skip("needs root");
  configure();
  const std::string place = folder / "disk";
  std::filesystem::create_directories(place);
  const Arguments environment = {"VODEVENTD_STORE_PATH=" + place + "/events.db"};
  const auto on = [&](const std::string& commands) {
    return check({}, environment, with(commands));
  };
  const std::string tmpfs = "mount -t tmpfs none \"$0/disk\" -o size=";
  const Report tiny = on(tmpfs + "32m");
  CHECK(tiny.status() == 78);
  CHECK(tiny.state("room") == "bad");
  CHECK(tiny.state("file system") == "warn");
  CHECK_THAT(tiny.text("file system"), Contains("tmpfs"));
  CHECK(on(tmpfs + "512m").state("room") == "warn");
  CHECK(on(tmpfs + "512m").status() == 0);
  const Report full = on(tmpfs + "4m; cat /dev/zero >\"$0/disk/filler\" 2>/dev/null || true");
  CHECK(full.state("sync") == "warn");
  CHECK_THAT(full.text("sync"), Contains("No space left"));
  const Report layer =
      on("cd \"$0/disk\"; mount -t tmpfs none \"$PWD\"; mkdir \"$PWD/u\" \"$PWD/w\" \"$PWD/l\";"
         " mount -t overlay none \"$PWD\""
         " -o \"upperdir=$PWD/u,workdir=$PWD/w,lowerdir=$PWD/l\"");
  CHECK(layer.state("file system") == "warn");
  CHECK_THAT(layer.text("file system"), Contains("overlay"));
  CHECK_THAT(layer.advice("file system"), Contains("volume"));
}

TEST_CASE_METHOD(Doctor, "check tells of a disk whose syncs are slow") {
  configure();
  std::ofstream(folder / "rule") << "sync (deleted) SLOW 0\n";
  const Report slow = check({}, e2e::broken_disk(folder / "rule"));
  CHECK(slow.state("sync") == "warn");
  const std::string text = slow.text("sync"), before = "fsync take ";  // 150 ms and what else runs
  REQUIRE_THAT(text, Contains(before));
  CHECK(std::stod(text.substr(text.find(before) + before.size())) >= 150);
  CHECK(slow.status() == 0);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    CHECK_THAT(entry.path().filename().string(), !Contains("vodeventd-check"));
}

TEST_CASE_METHOD(Doctor, "check tells of the library and the clock as they are here") {
  configure();
  const Report report = check();
  CHECK_THAT(report.text("sqlite"), Contains(std::string(sqlite::library_version())));
  CHECK(Contains("WAL-reset bug").match(report.text("sqlite")) ==
        sqlite::has_wal_reset_bug(sqlite::library_number()));
  timex clock{};
  const int state = adjtimex(&clock);
  CHECK(report.state("clock") == (state < 0 ? "unknown"
                                  : state == TIME_ERROR || (clock.status & STA_UNSYNC) != 0
                                      ? "warn"
                                      : "ok"));
}
