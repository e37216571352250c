#include "daemon/config.h"

#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace {

using vodeventd::Config;
using vodeventd::ConfigError;

struct Fixture {
  support::TempFolder folder;
  std::string path = (folder / "c.toml");
  vodeventd::Environment environment;

  Config load(const std::string& text) {
    std::ofstream(path) << text;
    return vodeventd::load_config(path, true, environment);
  }
  std::string complaint(const std::string& text) {
    try {
      load(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "taken";
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "an empty file gives the defaults") {
  const Config config = load("");
  CHECK(config.api.endpoint == "vod.tencentcloudapi.com");
  CHECK_FALSE(config.api.sub_app_id);
  CHECK(config.poll.max_pulls_in_flight == 32);
  CHECK(config.log_level == base::Level::info);
}

TEST_CASE_METHOD(Fixture, "only a file that is not there leaves the defaults in force") {
  CHECK_FALSE(vodeventd::load_config(path, false, environment).origin.read);
  CHECK_FALSE(vodeventd::load_config(folder / "missing/c.toml", false, environment).origin.read);
  CHECK_THROWS_AS(vodeventd::load_config(path, true, environment), ConfigError);
  load("");
  CHECK(vodeventd::load_config(path, false, environment).origin.read);
  CHECK_THROWS_WITH(vodeventd::load_config(path + "/below", false, environment),
                    path + "/below: " + std::strerror(ENOTDIR));
  std::filesystem::create_symlink("nowhere", folder / "link");
  CHECK_THROWS_WITH(vodeventd::load_config(folder / "link", false, environment),
                    (folder / "link") + ": " + std::strerror(ENOENT));
  std::filesystem::create_symlink("circle", folder / "circle");
  CHECK_THROWS_AS(vodeventd::load_config(folder / "circle", false, environment), ConfigError);
}

TEST_CASE_METHOD(Fixture, "an instance has a database of its own") {
  std::ofstream(path) << "[api]\nsub_app_id = 1\n";
  const Config shop = vodeventd::load_config(path, true, environment, "shop");
  CHECK(shop.store.path == "/var/lib/vodeventd/shop/events.db");
  CHECK(vodeventd::load_again(shop).store.path == shop.store.path);
  std::ofstream(path) << "[store]\npath = \"/x\"\n";
  CHECK(vodeventd::load_config(path, true, environment, "shop").store.path == "/x");
  CHECK(vodeventd::config_of("shop") == "/etc/vodeventd/shop.toml");
  CHECK(vodeventd::service_of("shop") == "vodeventd.shop");
  CHECK_NOTHROW(vodeventd::check_instance("shop-1.test_2"));
  for (const char* name : {"", "a/b", "..", ".x", "a b", "a\n"})
    CHECK_THROWS_AS(vodeventd::check_instance(name), ConfigError);
}

TEST_CASE_METHOD(Fixture, "each key is read") {
  const Config config = load(
      "[api]\nsub_app_id = 1500000001\ntimeout_s = 8.5\n[poll]\ninterval_s = 2\n[log]\nlevel = "
      "\"debug\"\n");
  CHECK(config.api.sub_app_id == 1500000001u);
  CHECK(config.api.timeout == std::chrono::milliseconds(8500));
  CHECK(config.poll.interval == std::chrono::seconds(2));
  CHECK(config.log_level == base::Level::debug);
}

TEST_CASE_METHOD(Fixture, "retention is without bounds until some are given") {
  CHECK(load("").retention.age == std::chrono::milliseconds(0));
  const Config config = load("[retention]\nage_days = 0.05\nrows = 5\nbytes = 20000000000\n");
  CHECK(config.retention.age == std::chrono::minutes(72));
  CHECK(config.retention.rows == 5);
  CHECK(config.retention.bytes == 20'000'000'000);
  CHECK(load("[retention]\nage_days = 0\n").retention.age == std::chrono::milliseconds(0));
  CHECK(complaint("[retention]\nage_days = 0.01\n") ==
        path + ":2:12: retention.age_days must be 0 or at least 0.05");
  CHECK_THAT(complaint("[retention]\nrows = -1\n"), Catch::Contains("from 0 to"));
}

TEST_CASE_METHOD(Fixture, "a section that is not there is told with those that are") {
  const std::string told = complaint("[apy]\n");
  for (const vodeventd::Key& key : vodeventd::config_keys())
    CHECK_THAT(told, Catch::Contains("[" + std::string(key.section) + "]"));
}

TEST_CASE_METHOD(Fixture, "the environment goes before the file") {
  environment["VODEVENTD_API_SUB_APP_ID"] = "7";
  environment["VODEVENTD_STORE_PATH"] = "/x";
  const Config config = load("[api]\nsub_app_id = 8\n");
  CHECK(config.api.sub_app_id == 7u);
  CHECK(config.store.path == "/x");
  environment["VODEVENTD_API_SUB_APP_ID"] = "seven";
  CHECK_THAT(complaint(""), Catch::Contains("VODEVENTD_API_SUB_APP_ID must be a whole number"));
}

TEST_CASE_METHOD(Fixture, "what is wrong is told with file, line and column") {
  CHECK(complaint("[api]\n\nendpiont = \"x\"\n") == path + ":3:1: there is no key api.endpiont");
  CHECK_THAT(complaint("[apy]\n"),
             Catch::StartsWith(path + ":1:") && Catch::Contains("[apy]") &&
                 Catch::Contains("[api], [credentials], [store], [poll], [retention], [receiver], "
                                 "[metrics], [log]"));
  CHECK(complaint("[poll]\ninterval_s = \"1\"\n") ==
        path + ":2:14: poll.interval_s must be a number");
  CHECK(complaint("[api]\nsub_app_id = 1.5\n") ==
        path + ":2:14: api.sub_app_id must be a whole number");
  CHECK(complaint("[api]\ntimeout_s = 3\n") == path + ":2:13: api.timeout_s must be from 6 to 28");
  CHECK_THAT(complaint("[log]\nlevel = \"loud\"\n"), Catch::Contains(":2:9: log.level is none of"));
  CHECK_THAT(complaint("[api\n"), Catch::StartsWith(path + ":1:"));
  CHECK_THAT(complaint("endpoint = \"x\"\n"), Catch::StartsWith(path + ":1:1:"));
}

TEST_CASE_METHOD(Fixture, "values that cannot work are refused before anything starts") {
  CHECK_THAT(complaint("[api]\nendpoint = \"ftp://x\"\n"), Catch::Contains(":2:12: api.endpoint"));
  CHECK_THAT(complaint("[api]\nendpoint = \"http://example.com\"\n"), Catch::Contains("loopback"));
  CHECK_THAT(complaint("[api]\nendpoint = \"\"\n"), Catch::Contains("no host name"));
  CHECK_THAT(complaint("[api]\nendpoint = \"foo bar\"\n"), Catch::Contains("no host name"));
  CHECK(complaint("[api]\nendpoint = \"http://127.0.0.1:8700\"\n") == "taken");
  CHECK(complaint("[api]\nendpoint = \"https://vod.example.com/\"\n") == "taken");
  CHECK_THAT(complaint("[store]\npath = \"\"\n"), Catch::Contains("must not be empty"));
  CHECK_THAT(complaint("[store]\npath = \"~/x\"\n"), Catch::Contains("full path"));
  CHECK_THAT(complaint("[poll]\ninterval_s = nan\n"), Catch::Contains("from 0 to 3600"));
  CHECK(complaint("[metrics]\nlisten = \"0.0.0.0:9100\"\n") ==
        path +
            ":2:10: metrics.listen must be 127.0.0.1:PORT, [::1]:PORT or unix:/path: it is for "
            "this machine alone");
  CHECK(complaint("[metrics]\nlisten = \"unix:/run/vodeventd/metrics.sock\"\n") == "taken");
  CHECK_THAT(complaint("[metrics]\ntextfile = \"/x/vodeventd.txt\"\n"), Catch::Contains(".prom"));
  CHECK_THAT(complaint("[metrics]\ntextfile = \"vodeventd.prom\"\n"), Catch::Contains("full path"));
  CHECK_THAT(complaint("[metrics]\ntextfile_interval_s = 4\n"), Catch::Contains("from 5 to 3600"));
  environment["VODEVENTD_POLL_INTERVAL"] = "5";
  CHECK_THAT(complaint(""), Catch::Contains("VODEVENTD_POLL_INTERVAL belongs to no key"));
  CHECK_THROWS_WITH(vodeventd::load_config(folder.path(), true, {}),
                    Catch::Contains(std::strerror(EISDIR)));
}

TEST_CASE_METHOD(Fixture, "an address for callbacks may be anyone's to reach, a path is plain") {
  const auto listen = [&](const std::string& address) {
    return complaint("[receiver]\nlisten = \"" + address + "\"\n");
  };
  for (const char* address : {"127.0.0.1:8710", "0.0.0.0:80", "[::]:80", "192.0.2.7:8710",
                              "unix:/run/vodeventd/receiver.sock", "systemd", ""}) {
    CAPTURE(address);
    CHECK(listen(address) == "taken");
  }
  CHECK(listen("example.com:80") ==
        path +
            ":2:10: receiver.listen must be ADDRESS:PORT, with an IPv6 address in brackets, or "
            "unix:/path, or systemd");
  for (const char* odd : {"callbacks", "", "/a b", "/a?b", "/a%20b", "/a#b", "/\\u00e4"}) {
    CAPTURE(odd);
    CHECK_THAT(complaint("[receiver]\npath = \"" + std::string(odd) + "\"\n"),
               Catch::Contains("receiver.path must begin with /"));
  }
  CHECK(complaint("[receiver]\npath = \"/vod/3f1c9e0a77d24b58\"\n") == "taken");
  CHECK_THAT(complaint("[receiver]\nbody_bytes_max = 100\n"), Catch::Contains("from 4096 to"));
  CHECK(complaint("[poll]\nmax_pulls_in_flight = 0\n") == "taken");
}

TEST_CASE_METHOD(Fixture, "a file that was asked for must be there, the usual one need not") {
  CHECK_THROWS_AS(vodeventd::load_config((folder / "none"), true, {}), ConfigError);
  CHECK_NOTHROW(vodeventd::load_config((folder / "none"), false, {}));
}

TEST_CASE_METHOD(Fixture, "the defaults that are told are the ones that hold") {
  std::string text;
  std::string_view section;
  for (const vodeventd::Key& key : vodeventd::config_keys()) {
    if (key.section != section) text += "[" + std::string(section = key.section) + "]\n";
    if (key.standard.empty()) continue;
    const bool quoted = key.kind == vodeventd::Kind::text;
    text += std::string(key.name) + " = " + (quoted ? "\"" : "") + std::string(key.standard) +
            (quoted ? "\"" : "") + "\n";
  }
  const Config told = load(text);
  const Config standard = load("");
  CHECK(told.api.endpoint == standard.api.endpoint);
  CHECK(told.api.timeout == standard.api.timeout);
  CHECK(told.api.reply_bytes_max == standard.api.reply_bytes_max);
  CHECK(told.credentials.profile == standard.credentials.profile);
  CHECK(told.credentials.metadata_endpoint == standard.credentials.metadata_endpoint);
  CHECK(told.store.path == standard.store.path);
  CHECK(told.poll.interval == standard.poll.interval);
  CHECK(told.poll.max_pulls_in_flight == standard.poll.max_pulls_in_flight);
  CHECK(told.receiver.path == standard.receiver.path);
  CHECK(told.receiver.body_bytes_max == standard.receiver.body_bytes_max);
  CHECK(told.metrics.textfile_interval == standard.metrics.textfile_interval);
  CHECK(told.log_level == standard.log_level);
}

TEST_CASE_METHOD(Fixture, "what changed in the file is found, and taken over key by key") {
  Config running = load("[api]\ntimeout_s = 10\n[poll]\ninterval_s = 1\n[store]\npath = \"/a\"\n");
  const Config fresh = load("[log]\nlevel = \"debug\"\n[store]\npath = \"/b\"\n");
  std::vector<std::string> names;
  for (const vodeventd::Key* key : vodeventd::changes(running, fresh)) {
    names.emplace_back(key->name);
    if (key->when == vodeventd::When::reload) vodeventd::take(*key, fresh, running);
  }
  CHECK(names == std::vector<std::string>{"path", "interval_s", "level"});
  CHECK(running.poll.interval == std::chrono::milliseconds(0));
  CHECK(running.log_level == base::Level::debug);
  CHECK(running.store.path == "/a");
  REQUIRE(vodeventd::changes(running, fresh).size() == 1);
}

TEST_CASE_METHOD(Fixture, "a value means the same in the file and in the environment") {
  const Config file = load("[api]\nsub_app_id = 7\ntimeout_s = 9\n");
  environment = {{"VODEVENTD_API_SUB_APP_ID", "7"}, {"VODEVENTD_API_TIMEOUT_S", "9.0"}};
  CHECK(vodeventd::changes(file, load("")).empty());
}

TEST_CASE_METHOD(Fixture, "reading again uses the same file and environment, and keeps no other") {
  environment = {{"VODEVENTD_API_REGION", "r"}, {"TENCENTCLOUD_SECRET_KEY", "key"}};
  const Config running = load("");
  CHECK(running.origin.environment.size() == 1);
  std::ofstream(path) << "[log]\nlevel = \"error\"\n";
  const Config fresh = vodeventd::load_again(running);
  CHECK(fresh.log_level == base::Level::error);
  CHECK(fresh.api.region == "r");
  std::ofstream(path) << "[log]\nlevel = 3\n";
  CHECK_THROWS_WITH(vodeventd::load_again(running), Catch::Contains("c.toml:2:9: log.level must"));
}

TEST_CASE("help tells which values take a new start") {
  const std::string text = vodeventd::describe_config();
  CHECK_THAT(text, Catch::Contains("(vod.tencentcloudapi.com) *\n") &&
                       Catch::Contains("(info)\n") && Catch::Contains("by SIGHUP too\n"));
}
