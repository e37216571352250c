// Secrets that stand beside the credential.
#include "credentials/find.h"
#include "sources.h"

namespace {

using credentials::find_part;
using credentials::Settings;
using support::TempFolder;

std::string part(const Settings& settings, const std::string& file = {}) {
  const auto found = find_part("sign-key", file, settings);
  return found ? std::string(found->secret.reveal()) + " of " + found->origin : "none";
}

}  // namespace

TEST_CASE("a part comes from its file, else from where the credential's parts lie") {
  const TempFolder folder;
  Settings settings = settings_with({{"CREDENTIALS_DIRECTORY", folder / "systemd"}});
  settings.credential_store = folder / "store";
  CHECK(part(settings) == "none");
  folder.write("store/sign-key", "not ours");
  CHECK(part(settings) == "none");
  folder.write("store.encrypted/vodeventd.sign-key.cred", "unreadable");
  CHECK_THROWS_AS(part(settings), credentials::Encrypted);
  folder.write("store/vodeventd.sign-key", "stored\n");
  CHECK(part(settings) == "stored of sign-key in " + folder / "store");
  folder.write("systemd/secret-key", "another");
  CHECK(part(settings) == "stored of sign-key in " + folder / "store");
  folder.write("systemd/sign-key", " given \n");
  CHECK(part(settings) == "given of sign-key in " + folder / "systemd");
  folder.write("systemd/vodeventd.sign-key.cred", "decrypted");
  CHECK(part(settings) == "decrypted of sign-key in " + folder / "systemd");
  const std::string file = folder.write("file", "named");
  CHECK(part(settings, file) == "named of " + file);
}

TEST_CASE("a part that is there and broken is an error that names it, and holds nothing of it") {
  const TempFolder folder;
  const Settings settings = settings_with({{"CREDENTIALS_DIRECTORY", folder.path()}});
  const auto error = [&](const std::string& file) {
    return error_of([&] { find_part("sign-key", file, settings); });
  };
  CHECK(contains(error("/nonexistent/key"), "/nonexistent/key"));
  CHECK(contains(error(folder.write("empty", "\n")), "is empty"));
  const std::string odd = error(folder.write("odd", "two words"));
  CHECK(contains(odd, "the sign-key contains a blank"));
  CHECK_FALSE(contains(odd, "words"));
  folder.write("sign-key", "");
  CHECK(contains(error(""), "sign-key in " + folder.path() + " is empty"));
}

TEST_CASE("without a source there is no credential, and none is fetched") {
  credentials::Source none;
  CHECK(none.current() == nullptr);
  CHECK(none.origin().empty());
  CHECK_FALSE(none.due(base::Utc{std::chrono::hours(1'000'000)}));
}
