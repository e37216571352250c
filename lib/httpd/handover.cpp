#include "httpd/handover.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace httpd {
namespace {

constexpr int first = 3;  // by the protocol, behind the standard streams

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

int number_in(const std::string& text) {
  int number = -1;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : -1;
}

}  // namespace

Handover Handover::of_environment() {
  return {variable("LISTEN_PID"), variable("LISTEN_FDS"), variable("LISTEN_FDNAMES")};
}

int Handover::find(std::string_view name, pid_t self) const {
  const int sockets = number_in(pid) == self ? number_in(count) : 0;
  if (sockets < 1)
    throw NotHandedOver(
        "the service manager has handed over no socket: enable and start the socket "
        "unit");
  int found = sockets == 1 ? 0 : -1;
  std::string_view rest = names;
  for (int i = 0, hits = 0; sockets > 1 && i < sockets; ++i) {
    const std::string_view each = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(each.size() + 1, rest.size()));
    if (each != name) continue;
    if (++hits > 1)
      throw NotHandedOver("more than one socket was handed over as " + std::string(name));
    found = i;
  }
  if (found < 0)
    throw NotHandedOver("of the sockets that were handed over none has FileDescriptorName=" +
                        std::string(name));
  return first + found;
}

}  // namespace httpd
