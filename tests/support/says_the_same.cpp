#include "support/says_the_same.h"

#include "json/slice.h"

#include <cstdlib>

namespace support {
namespace {

// Null and the empty list are absent.
bool is_absent(std::string_view value) {
  json::Cursor cursor(value);
  return value == "null" || (cursor.peek() == '[' && cursor.enter_array() && !cursor.element());
}

bool same_members(json::Cursor received, json::Cursor written, std::string& place) {
  received.enter_object();
  written.enter_object();
  std::string_view name, written_name;
  while (received.member(name)) {
    const std::string_view value = received.value();
    if (is_absent(value)) continue;
    if (!written.member(written_name) || name != written_name) return place = name, false;
    if (!says_the_same(value, written.value(), place))
      return place = std::string(name) + '.' + place, false;
  }
  return !written.member(written_name);
}

bool same_elements(json::Cursor received, json::Cursor written, std::string& place) {
  received.enter_array();
  written.enter_array();
  while (received.element()) {
    const std::string_view value = received.value();
    if (!written.element() || !says_the_same(value, written.value(), place)) return false;
  }
  return !written.element();
}

}  // namespace

bool says_the_same(std::string_view received, std::string_view written, std::string& place) {
  if (received.front() == '{')
    return same_members(json::Cursor(received), json::Cursor(written), place);
  if (received.front() == '[')
    return same_elements(json::Cursor(received), json::Cursor(written), place);
  if (received == written) return true;
  const bool number =
      received.front() == '-' || (received.front() >= '0' && received.front() <= '9');
  return number && std::strtod(std::string(received).c_str(), nullptr) ==
                       std::strtod(std::string(written).c_str(), nullptr);
}

}  // namespace support
