#include "daemon/manual/page.h"

#include <stdexcept>

namespace manual {
namespace {

// Throws std::runtime_error with what is wrong.
std::string fill_line(const std::string& line, const Facts& facts) {
  std::string out;
  std::size_t end = 0;
  for (std::size_t at; (at = line.find('@', end)) != line.npos;) {
    const std::size_t close = line.find('@', at + 1);
    if (close == line.npos) throw std::runtime_error("an @ without a second one");
    const std::string place = line.substr(at + 1, close - at - 1);
    const auto fact = facts.find(place);
    if (fact == facts.end()) throw std::runtime_error("there is no fact @" + place + '@');
    std::string text = fact->second();
    if (text.ends_with('\n')) text.pop_back();
    out += line.substr(end, at - end) + text;
    end = close + 1;
  }
  return out + line.substr(end);
}

}  // namespace

std::string fill(std::istream& in, const std::string& name, const Facts& facts) {
  std::string out;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    try {
      out += fill_line(line, facts) + '\n';
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(name + ':' + std::to_string(number) + ": " + error.what());
    }
  }
  if (number == 0) throw std::runtime_error(name + ": is empty or can't be read");
  return out;
}

}  // namespace manual
