// check where callbacks are received: each finding provoked.
#include "e2e/callbacks.h"
#include "e2e/doctor.h"

#include <filesystem>

namespace {

using Catch::Contains;
using namespace std::chrono_literals;

struct Receiving : e2e::Callbacks {
  e2e::Doctor doctor;

  e2e::Report check(const e2e::Arguments& options = {}, const e2e::Arguments& before = {}) {
    std::filesystem::copy_file(folder / "vodeventd.toml", doctor.folder / "vodeventd.toml",
                               std::filesystem::copy_options::overwrite_existing);
    return doctor.check(options, {}, before);
  }
};

}  // namespace

TEST_CASE_METHOD(Receiving, "check tells that callbacks are received, and that nothing is pulled") {
  configure_push();
  const e2e::Report report = check();
  INFO(report.json());
  CHECK(report.status() == 0);
  CHECK(report.state("receiver") == "ok");
  CHECK_THAT(report.text("receiver"), Contains(socket + " can be had; every program"));
  CHECK(report.state("credential") == "ok");
  CHECK_THAT(report.text("credential"), Contains("none is needed"));
  CHECK_FALSE(std::filesystem::exists(socket));
  CHECK(check({"--online"}).state("service") == "unknown");
  address = "127.0.0.1:0";
  configure_push();
  CHECK(check().state("receiver") == "ok");
  address = "systemd";
  configure_push();
  CHECK_THAT(check().text("receiver"), Contains("vodeventd-receiver.socket"));
  address = "unix:/run/vodeventd-check-test/receiver.sock";
  configure_push();
  CHECK_THAT(check().text("receiver"), Contains("whose folder the service manager makes"));
}

TEST_CASE_METHOD(Receiving,
                 "check says nothing of a receiver that is off, unless nothing is left") {
  configure();
  CHECK(check().state("receiver").empty());
  address = "";
  configure_push();
  const e2e::Report report = check();
  CHECK(report.status() == 78);
  CHECK_THAT(report.text("receiver"), Contains("there is nothing to do"));
  CHECK(check({"--configuration"}).status() == 78);
}

TEST_CASE_METHOD(Receiving, "check tells of an address that another program has") {
  const httpd::Listener other("127.0.0.1:0");
  address = other.address();
  configure_push();
  const e2e::Report report = check();
  CHECK(report.status() == 78);
  CHECK(report.state("receiver") == "bad");
  CHECK_THAT(report.text("receiver"), Contains(address) && Contains("in use"));
  address = "unix:" + folder.write("file", "precious");
  configure_push();
  CHECK(check().state("receiver") == "bad");
  address = "unix:" + folder / "missing/receiver.sock";
  configure_push();
  CHECK(check().state("receiver") == "bad");
}

TEST_CASE_METHOD(Receiving, "beside the daemon itself its address is no trouble") {
  address = httpd::Listener("127.0.0.1:0").address();
  configure_push();
  auto process = daemon("run");
  await_log("receiving callbacks");
  const e2e::Report report = check();
  CHECK(report.state("receiver") == "ok");
  CHECK_THAT(report.text("receiver"), Contains("a daemon is at work"));
  end(process);
}

TEST_CASE_METHOD(Receiving, "check tells what guards the receiver, and what guards it not enough") {
  address = "0.0.0.0:0";
  configure_push();
  const e2e::Report open = check();
  CHECK(open.status() == 78);
  CHECK_THAT(open.text("receiver"), Contains("anyone could have his own stored"));

  configure_push("path = \"/3f1c9e0a77d24b58\"\n");
  std::filesystem::permissions(folder / "vodeventd.toml", std::filesystem::perms(0644));
  const e2e::Report readable = check();
  CHECK(readable.status() == 0);
  CHECK(readable.state("receiver") == "ok warn");
  CHECK_THAT(readable.text("receiver"), Contains("whoever knows the path") &&
                                            Contains("everyone on this machine may read its path"));
  CHECK_THAT(readable.json(), !Contains("3f1c9e0a77d24b58"));
  std::filesystem::permissions(folder / "vodeventd.toml", std::filesystem::perms(0640));
  CHECK(check().state("receiver") == "ok");

  const std::string key = folder.write("sign-key", "5T1cVrK7mPqX");
  configure_push("sign_key_file = \"" + key + "\"\n");
  std::filesystem::permissions(key, std::filesystem::perms(0604));
  const e2e::Report with_key = check();
  CHECK_THAT(with_key.text("receiver"), Contains("has to be signed"));
  CHECK(with_key.state("key file") == "warn");
  CHECK_THAT(with_key.text("key file"), Contains(key));
  std::filesystem::remove(key);
  const e2e::Report gone = check();
  CHECK(gone.state("receiver") == "bad");
  CHECK_THAT(gone.text("receiver"), Contains(key));
}

TEST_CASE_METHOD(Receiving,
                 "check --online takes PUSH mode for good where callbacks are received") {
  simulate({"--mode", "PUSH", "--notification-url", "https://example.org/3f1c9e0a77d24b58"});
  configure_both();
  const e2e::Report report = check({"--online"});
  INFO(report.json());
  CHECK(report.state("delivery") == "ok");
  CHECK_THAT(report.text("delivery"), Contains("https://example.org,"));
  CHECK_THAT(report.json(), !Contains("3f1c9e0a77d24b58"));
}
