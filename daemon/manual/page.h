// A page is a template with places for facts, each by its name between two @.
#pragma once

#include <functional>
#include <istream>
#include <map>
#include <string>

namespace manual {

// What a name stands for, in the language of the page.
using Facts = std::map<std::string, std::function<std::string()>, std::less<>>;

// `name`: of the template, for complaints.  Throws std::runtime_error with name and line for a
// place that no fact fills.  The template itself can't hold an @; in roff
// it writes \(at.
std::string fill(std::istream& in, const std::string& name, const Facts& facts);

}  // namespace manual
