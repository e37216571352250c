// What the tests of credentials share: an environment of the test's own, and a look inside.
#pragma once

#include "credentials/source.h"
#include "support/temp_folder.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

using Variables = std::map<std::string, std::string>;

inline credentials::Settings settings_with(Variables variables) {
  credentials::Settings settings;
  settings.system_profile_file = "/nonexistent/credentials";
  settings.credential_store = "/nonexistent/credstore";
  settings.environment = [=](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return settings;
}

// id/key/token of what it signs with now; "none" without one.
inline std::string triple(const credentials::Source& source) {
  const tc3::Credential* credential = source.current();
  if (credential == nullptr) return "none";
  return credential->secret_id + "/" + std::string(credential->secret_key.reveal()) + "/" +
         std::string(credential->token.reveal());
}

inline std::string triple(const credentials::Settings& settings) {
  return triple(credentials::Source(settings));
}

// The message of the Error that `what` throws.
template <class What>
std::string error_of(What what) {
  try {
    what();
  } catch (const credentials::Error& error) {
    return error.what();
  }
  FAIL("no credentials::Error was thrown");
  return {};
}

inline std::string error_of(const credentials::Settings& settings) {
  return error_of([&] { credentials::Source source(settings); });
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != text.npos;
}
