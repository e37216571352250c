// One profile of a credentials file:
//
//   # or ; begins a comment line
//   [default]
//   secret_id = AKID…                 blanks around name and value do not count, quotes are part of
//   it secret_key = … token = …                         only of a temporary key
#pragma once

#include <string>
#include <string_view>

namespace credentials {

// Slices of the text that was parsed; empty when absent.
struct Profile {
  std::string_view secret_id;
  std::string_view secret_key;
  std::string_view token;
};

// Other sections and other names are skipped unseen.  Throws Error, with `path` and the line's
// number but nothing of its text, when the section is missing, or a line of it is no `name = value`
// or gives a name again.
Profile parse_profile(std::string_view text, const std::string& section, const std::string& path);

}  // namespace credentials
