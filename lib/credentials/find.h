// Looks through sources 1 to 5 of source.h, in their order.
#pragma once

#include "base/secret.h"
#include "credentials/source.h"
#include "tc3/sign.h"

#include <optional>
#include <string>
#include <string_view>

namespace credentials {

struct Found {
  tc3::Credential credential;
  std::string origin;
};

// Empty when none is present.  Throws Error when the first that is present is broken.
std::optional<Found> find(const Settings& settings);

// A secret of the service's that is no part of the credential, such as `sign-key`.
struct Part {
  base::Secret secret;
  std::string origin;
};

// From `file`, or where none is named from sources 2 and 5, beside the credential; blanks around it
// are left out.  Empty when there is none.  Throws Error when it is broken or empty.
std::optional<Part> find_part(const std::string& part, const std::string& file,
                              const Settings& settings);

// Makes a credential of values as they were found, blanks around them left out.  Throws Error, with
// `origin` and the part's name, when id or key is empty or one of them cannot stand in a header.
tc3::Credential credential_of(std::string_view secret_id, std::string_view secret_key,
                              std::string_view token, const std::string& origin);

std::string_view trimmed(std::string_view text);

}  // namespace credentials
