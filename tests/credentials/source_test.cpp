// Sources 1 to 5: files, environment, profiles.
#include "credentials/source.h"

#include "sources.h"

#include <sys/stat.h>
#include <unistd.h>

using credentials::Error;
using credentials::Settings;
using credentials::Source;
using support::TempFolder;

namespace {

// Every source at once; a test takes away from the top.
struct AllSources {
  AllSources() {
    settings =
        settings_with({{"CREDENTIALS_DIRECTORY", folder / "systemd"},
                       {"TENCENTCLOUD_SECRET_ID", "env-id"},
                       {"TENCENTCLOUD_SECRET_KEY", "env-key"},
                       {"TENCENTCLOUD_CREDENTIALS_FILE", folder.write("named", profile("named"))},
                       {"HOME", folder / "home"}});
    folder.write("systemd/secret-id", "dir-id\n");
    folder.write("systemd/secret-key", "dir-key\n");
    folder.write("home/.tencentcloud/credentials", profile("home"));
    settings.system_profile_file = folder.write("system", profile("system"));
    settings.secret_id = "conf-id";
    settings.secret_key_file = folder.write("key", "conf-key\n");
    settings.cvm_role = "auto";
  }
  static std::string profile(const std::string& name) {
    return "[default]\nsecret_id = " + name + "-id\nsecret_key = " + name + "-key\n";
  }
  void drop(std::initializer_list<const char*> names) {
    settings.environment = [inner = settings.environment,
                            gone = std::vector<std::string>(names.begin(), names.end())](
                               const char* name) -> std::optional<std::string> {
      for (const std::string& each : gone) {
        if (each == name) return std::nullopt;
      }
      return inner(name);
    };
  }

  TempFolder folder;
  Settings settings;
};

Settings with_key_file(const TempFolder& folder, std::string_view content) {
  Settings settings = settings_with({});
  settings.secret_id = "id";
  settings.secret_key_file = folder.write("key", content);
  return settings;
}

Settings with_profile(const TempFolder& folder, std::string_view content) {
  return settings_with({{"TENCENTCLOUD_CREDENTIALS_FILE", folder.write("profiles", content)}});
}

}  // namespace

TEST_CASE("the first source that is present is used, and says which it is") {
  AllSources all;
  CHECK(triple(all.settings) == "conf-id/conf-key/");
  CHECK(Source(all.settings).origin() == "secret_key_file " + all.folder / "key");

  all.settings.secret_id = all.settings.secret_key_file = "";
  CHECK(triple(all.settings) == "dir-id/dir-key/");
  CHECK(contains(Source(all.settings).origin(), all.folder / "systemd"));

  all.drop({"CREDENTIALS_DIRECTORY"});
  CHECK(triple(all.settings) == "env-id/env-key/");
  CHECK(contains(Source(all.settings).origin(), "TENCENTCLOUD_SECRET_ID"));

  all.drop({"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"});
  CHECK(triple(all.settings) == "named-id/named-key/");
  CHECK(Source(all.settings).origin() == "profile default in " + all.folder / "named");

  all.drop({"TENCENTCLOUD_CREDENTIALS_FILE"});
  CHECK(triple(all.settings) == "home-id/home-key/");

  all.drop({"HOME"});
  CHECK(triple(all.settings) == "system-id/system-key/");

  all.settings.system_profile_file = all.folder / "nothing";
  const Source role(all.settings);
  CHECK(role.current() == nullptr);
  CHECK(role.origin() == "CVM role auto");
}

TEST_CASE("without any source the error says what can be set") {
  const std::string error = error_of(settings_with({{"HOME", "/nonexistent"}}));
  for (const char* word :
       {"secret_key_file", "TENCENTCLOUD_SECRET_ID", "credentials file", "cvm_role"}) {
    CAPTURE(error, word);
    CHECK(contains(error, word));
  }
}

TEST_CASE("a credentials directory that holds other secrets is not a source") {
  const TempFolder folder;
  folder.write("systemd/tls-key", "x");
  CHECK(triple(settings_with({{"CREDENTIALS_DIRECTORY", folder / "systemd"},
                              {"TENCENTCLOUD_SECRET_ID", "env-id"},
                              {"TENCENTCLOUD_SECRET_KEY", "env-key"}})) == "env-id/env-key/");
}

TEST_CASE("blanks and line ends around a key are no part of it") {
  const TempFolder folder;
  const char* content = GENERATE("key", "key\n", "key\r\n", "  key \t\n\n", "\nkey");
  CHECK(triple(with_key_file(folder, content)) == "id/key/");
}

TEST_CASE("a key file may be readable by all") {
  const TempFolder folder;
  const Settings settings = with_key_file(folder, "key");
  REQUIRE(::chmod(settings.secret_key_file.c_str(), 0644) == 0);
  CHECK(triple(settings) == "id/key/");
}

TEST_CASE("a token is read with its key, from every source") {
  const TempFolder folder;
  Settings settings = with_key_file(folder, "key");
  settings.token_file = folder.write("token", " token\n");
  CHECK(triple(settings) == "id/key/token");

  folder.write("systemd/secret-id", "id");
  folder.write("systemd/secret-key", "key");
  folder.write("systemd/token", "token\n");
  CHECK(triple(settings_with({{"CREDENTIALS_DIRECTORY", folder / "systemd"}})) == "id/key/token");

  const char* name =
      GENERATE("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SESSION_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN");
  CHECK(triple(settings_with({{"TENCENTCLOUD_SECRET_ID", "id"},
                              {"TENCENTCLOUD_SECRET_KEY", "key"},
                              {name, "token"}})) == "id/key/token");

  CHECK(triple(with_profile(folder, "[default]\nsecret_id=id\nsecret_key=key\ntoken=token")) ==
        "id/key/token");
}

TEST_CASE("a file under the service's own name goes before one without") {
  const TempFolder folder;
  folder.write("systemd/secret-id", "id");
  folder.write("systemd/secret-key", "plain");
  folder.write("systemd/vodeventd.secret-key", "decrypted");
  folder.write("systemd/vodeventd.shop.secret-key", "the shop's");
  Settings settings = settings_with({{"CREDENTIALS_DIRECTORY", folder / "systemd"}});
  CHECK(triple(settings) == "id/decrypted/");
  folder.write("systemd/vodeventd.secret-key.cred", "encrypted once");
  CHECK(contains(error_of(settings), "contains a blank"));
  settings.name = "vodeventd.shop";
  CHECK(contains(error_of(settings), "contains a blank"));
  folder.write("systemd/vodeventd.shop.secret-key", "shop-key");
  CHECK(triple(settings) == "id/shop-key/");
}

TEST_CASE("the credential store is the last of the files, for whoever may read it") {
  const TempFolder folder;
  folder.write("store/vodeventd.secret-id", "store-id");
  folder.write("store/vodeventd.secret-key", "store-key");
  folder.write("store/other.secret-key", "not ours");
  folder.write("store/secret-id", "not ours either");
  folder.write("store/secret-key", "not ours either");
  Settings settings = settings_with({});
  settings.credential_store = folder / "store";
  CHECK(triple(settings) == "store-id/store-key/");
  CHECK(triple(with_profile(folder, "[default]\nsecret_id=id\nsecret_key=key")) == "id/key/");
  settings.name = "vodeventd.shop";
  CHECK(contains(error_of(settings), "no credential"));
}

TEST_CASE("an error names the file that is encrypted for the service") {
  const TempFolder folder;
  Settings settings = settings_with({});
  settings.credential_store = folder / "store";
  CHECK(contains(error_of(settings), "no credential"));
  folder.write("store/vodeventd.secret-id", "store-id");
  CHECK(error_of(settings) == folder / "store/vodeventd.secret-key is missing");
  folder.write("store.encrypted/vodeventd.secret-key.cred", "unreadable");
  CHECK(error_of(settings) == (folder / "store.encrypted/vodeventd.secret-key.cred") +
                                  " is encrypted for the service, which alone can read it");
  CHECK_THROWS_AS(credentials::Source(settings), credentials::Encrypted);
  folder.write("store/vodeventd.secret-key", "store-key");
  CHECK(triple(settings) == "store-id/store-key/");
}

TEST_CASE("a configuration that is half there is an error and not the next source") {
  AllSources all;
  const auto [part, word] = GENERATE(table<std::string Settings::*, const char*>(
      {{&Settings::secret_id, "secret_id is missing"},
       {&Settings::secret_key_file, "secret_key_file is missing"}}));
  all.settings.*part = "";
  CHECK(contains(error_of(all.settings), word));
}

TEST_CASE("a credentials directory that is half there is an error and not the next source") {
  AllSources all;
  all.settings.secret_id = all.settings.secret_key_file = "";
  const char* file = GENERATE("secret-id", "secret-key");
  REQUIRE(::unlink((all.folder / "systemd/" + file).c_str()) == 0);
  CHECK(contains(error_of(all.settings), std::string(file) + " is missing"));
}

TEST_CASE("an environment that is half there, or empty, is an error and not the next source") {
  AllSources all;
  const char* name = GENERATE("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY");
  all.settings.secret_id = all.settings.secret_key_file = "";
  SECTION("missing") {
    all.drop({"CREDENTIALS_DIRECTORY", name});
    CHECK(contains(error_of(all.settings), std::string(name) + " is not"));
  }
  SECTION("empty") {
    Variables variables{{"TENCENTCLOUD_SECRET_ID", "id"}, {"TENCENTCLOUD_SECRET_KEY", "key"}};
    variables[name] = GENERATE("", " \n");
    CHECK(contains(error_of(settings_with(variables)), "missing or empty"));
  }
}

TEST_CASE("tokens in the environment that are empty or differ are errors") {
  Variables variables{{"TENCENTCLOUD_SECRET_ID", "id"},
                      {"TENCENTCLOUD_SECRET_KEY", "key"},
                      {"TENCENTCLOUD_TOKEN", "one"}};
  variables["TENCENTCLOUD_SECURITY_TOKEN"] = "one";
  CHECK(triple(settings_with(variables)) == "id/key/one");
  variables["TENCENTCLOUD_SECURITY_TOKEN"] = "another";
  CHECK(error_of(settings_with(variables)) ==
        "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SECURITY_TOKEN differ");
  variables["TENCENTCLOUD_SECURITY_TOKEN"] = "";
  CHECK(error_of(settings_with(variables)) == "TENCENTCLOUD_SECURITY_TOKEN is set but empty");
}

TEST_CASE("a file that cannot be read is an error that names it") {
  const TempFolder folder;
  Settings settings = with_key_file(folder, "key");
  SECTION("missing") { settings.secret_key_file = folder / "nothing"; }
  SECTION("a folder") { settings.secret_key_file = folder.path(); }
  SECTION("too long") { settings.secret_key_file = folder.write("long", std::string(70'000, 'x')); }
  SECTION("a token file") {
    settings.token_file = folder / "no-token";
    CHECK(contains(error_of(settings), "no-token"));
    settings.token_file.clear();
    settings.secret_key_file = folder / "nothing";
  }
  CHECK(contains(error_of(settings), settings.secret_key_file));
}

TEST_CASE("a named profile file must be there") {
  CHECK(contains(error_of(settings_with({{"TENCENTCLOUD_CREDENTIALS_FILE", "/nonexistent/x"}})),
                 "/nonexistent/x"));
  CHECK(error_of(settings_with({{"TENCENTCLOUD_CREDENTIALS_FILE", ""}})) ==
        "TENCENTCLOUD_CREDENTIALS_FILE is set but empty");
}

TEST_CASE("a value that is empty or cannot stand in a header is an error") {
  const TempFolder folder;
  const std::string content = GENERATE(as<std::string>(), "", " \n", "two words", "two\nlines",
                                       std::string("nul\0nul", 7), "umlaut\xc3\xa4", "tab\there");
  CAPTURE(content);
  CHECK(contains(error_of(with_key_file(folder, content)), "the secret key"));
  Settings settings = with_key_file(folder, "key");
  settings.token_file = folder.write("token", content);
  CHECK(contains(error_of(settings), "token"));
}

TEST_CASE("a profile is read with its comments, blanks and neighbours") {
  const TempFolder folder;
  Settings settings = with_profile(folder,
                                   "\xef\xbb\xbf# comment = no\r\n"
                                   "; neither\r\n"
                                   "stray = value\r\n"
                                   "[ other ]\r\n"
                                   "secret_id = other-id\r\n"
                                   "secret_key=other-key\r\n"
                                   "no equals sign here\r\n"
                                   "\r\n"
                                   "  [default]  \r\n"
                                   "\tsecret_id\t=\tid \r\n"
                                   "role_arn = ignored\r\n"
                                   "  # secret_key = commented\r\n"
                                   ";secret_key = commented too\r\n"
                                   "secret_key = key=with;both#signs\r\n"
                                   "[third]\r\n"
                                   "token = of-another");
  CHECK(triple(settings) == "id/key=with;both#signs/");
  settings.profile = "other";
  CHECK(contains(error_of(settings), "line 7"));
  settings.profile = "missing";
  CHECK(contains(error_of(settings), "no section [missing]"));
  settings.profile = "third";
  CHECK(contains(error_of(settings), "the secret id is missing"));
}

TEST_CASE("a profile that gives a name twice, or no key, is an error") {
  const TempFolder folder;
  CHECK(contains(error_of(with_profile(folder, "[default]\nsecret_id=a\nsecret_id=b\n")),
                 "line 3: the name is given twice"));
  CHECK(contains(error_of(with_profile(folder, "[default]\nsecret_id=a\n")),
                 "the secret key is missing or empty"));
  CHECK(contains(error_of(with_profile(folder, "[default\nsecret_id=a\n")), "no section"));
  CHECK(contains(error_of(with_profile(folder, "[")), "no section"));
}

TEST_CASE("a rotated key is read again; one that broke keeps the old", "[fault-22]") {
  const TempFolder folder;
  Source source(with_key_file(folder, "first"));
  folder.write("key", "second");
  CHECK(triple(source) == "id/first/");
  source.reload();
  CHECK(triple(source) == "id/second/");
  const std::string origin = source.origin();
  folder.write("key", "");
  CHECK_THROWS_AS(source.reload(), Error);
  CHECK(triple(source) == "id/second/");
  CHECK(source.origin() == origin);
}

TEST_CASE("sources 1 to 5 never ask the network") {
  const TempFolder folder;
  Source source(with_key_file(folder, "key"));
  CHECK(source.due_at() == base::Utc::max());
  CHECK_FALSE(source.due(base::Utc::max() - std::chrono::hours(1)));
}

TEST_CASE("the process's own environment is the one that is read by default") {
  REQUIRE(::setenv("TENCENTCLOUD_SECRET_ID", "process-id", 1) == 0);
  REQUIRE(::setenv("TENCENTCLOUD_SECRET_KEY", "process-key", 1) == 0);
  CHECK(triple(Settings()) == "process-id/process-key/");
  ::unsetenv("TENCENTCLOUD_SECRET_ID");
  ::unsetenv("TENCENTCLOUD_SECRET_KEY");
}

// A broken source must not tell its secret to a log: neither whole nor in parts.
TEST_CASE("no message holds any part of a key or a token") {
  const TempFolder folder;
  const std::string secret = "Gu5t9xGARNpq86cd98joQYCN3";
  std::vector<Settings> broken{with_key_file(folder, secret + " " + secret)};
  broken.push_back(settings_with({{"TENCENTCLOUD_SECRET_KEY", secret}}));
  broken.push_back(settings_with(
      {{"TENCENTCLOUD_SECRET_ID", "id"}, {"TENCENTCLOUD_SECRET_KEY", secret + "\x01"}}));
  broken.push_back(settings_with({{"TENCENTCLOUD_SECRET_ID", "id"},
                                  {"TENCENTCLOUD_SECRET_KEY", "key"},
                                  {"TENCENTCLOUD_TOKEN", secret},
                                  {"TENCENTCLOUD_SESSION_TOKEN", secret + "x"}}));
  for (const std::string& text :
       {"[default]\n" + secret + "\n", "[default]\nsecret_key=" + secret + "\n",
        "[default]\nsecret_key=" + secret + "\nsecret_key=" + secret, "secret_key=" + secret}) {
    Settings settings = settings_with({});
    settings.system_profile_file = folder.write("p" + std::to_string(broken.size()), text);
    broken.push_back(settings);
  }
  for (const Settings& settings : broken) {
    const std::string error = error_of(settings);
    CAPTURE(error);
    for (std::size_t at = 0; at + 5 <= secret.size(); ++at) {
      CHECK_FALSE(contains(error, secret.substr(at, 5)));
    }
  }
}
