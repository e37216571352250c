// The mark that a callback bears where the application has a SignKey:
//
//   Sign = hex of MD5(SignKey T)        T = the second, since 1970, up to which it is good
//
// Where the two stand is not documented: in the body's top level, as samples have it, or in the
// query.  It says that whoever sent this knows the key, or has seen the mark within ten minutes; of
// the body it says nothing.
#pragma once

#include "base/clock.h"
#include "base/secret.h"

#include <string_view>

namespace receiver {

// As they came; empty where they are missing.
struct Mark {
  std::string_view sign, time;
};

// The first two members of these names.  T may be a number or a string.
Mark mark_in(std::string_view body);

enum class Verdict { good, expired, wrong, missing };

Verdict judge(const Mark& mark, const base::Secret& key, base::Utc now);

}  // namespace receiver
