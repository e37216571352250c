#include "httpd/request.h"

#include "httpd/name.h"

#include <microhttpd.h>
#include <strings.h>

#include <charconv>
#include <cstdint>

namespace httpd {
namespace {

std::optional<std::string_view> value_of(MHD_Connection* connection, MHD_ValueKind kind,
                                         const char* name) {
  const char* value = MHD_lookup_connection_value(connection, kind, name);
  return value ? std::optional<std::string_view>(value) : std::nullopt;
}

struct Last {
  std::string_view name, value;
};

MHD_Result note_last(void* last, MHD_ValueKind, const char* name, const char* value) noexcept {
  auto& found = *static_cast<Last*>(last);
  const std::string_view key = name;
  const bool same =
      key.size() == found.name.size() && strncasecmp(name, found.name.data(), key.size()) == 0;
  if (same && value) found.value = value;
  return MHD_YES;
}

bool is(std::optional<std::string_view> value, std::string_view wanted) {
  return value && value->size() == wanted.size() &&
         strncasecmp(value->data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace

std::optional<std::string_view> Request::header(const char* name) const {
  return value_of(connection, MHD_HEADER_KIND, name);
}

std::string_view Request::last_header(std::string_view name) const {
  Last last{name, {}};
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &note_last, &last);
  return last.value;
}

std::string_view Request::argument(const char* name) const {
  return value_of(connection, MHD_GET_ARGUMENT_KIND, name).value_or("");
}

std::string Request::peer() const {
  const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info && info->client_addr ? host_of(info->client_addr) : std::string();
}

// A length that is no number is refused by the library, unheard.
int objection_to_body(const Request& request, std::size_t bytes_max) {
  const auto coding = request.header("Transfer-Encoding");
  const auto length = request.header("Content-Length");
  if (coding && length) return 400;
  if (coding && !is(coding, "chunked")) return 501;
  if (!coding && !length) return 411;
  const auto encoding = request.header("Content-Encoding");
  if (encoding && !encoding->empty() && !is(encoding, "identity")) return 415;
  if (!length) return 0;
  std::uint64_t bytes = 0;
  const auto read = std::from_chars(length->data(), length->data() + length->size(), bytes);
  return read.ec != std::errc() || bytes > bytes_max ? 413 : 0;
}

}  // namespace httpd
