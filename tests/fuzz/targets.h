// The fuzz targets: what a stranger may send, through the code that takes it.  Each function takes
// any bytes and throws, Broken or whatever else, when a law does not hold for them.  libFuzzer
// finds such inputs, and the suite runs the ones that are checked in through the same functions.
#pragma once

#include <stdexcept>
#include <string_view>

namespace fuzz {

struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool holds, const char* law) {
  if (!holds) throw Broken(law);
}

void reply(std::string_view input);      // a reply's body, through every action, to the arrivals
void canonical(std::string_view input);  // one element of an EventSet
void contents(std::string_view input);   // a text of unknown origin, to the arrivals
void slice(std::string_view input);      // the outline of a JSON text, beside a second parser
void split(std::string_view input);      // a text of many values, in chunks of any size
void import(std::string_view input);     // a file to be imported, to its arrivals
void http(std::string_view input);       // all that a server sends, from the status line on
void date(std::string_view input);       // the Date of a refusal, from which the clock is learned
void config(std::string_view input);     // the configuration file and the environment

}  // namespace fuzz
