#include "vodsim/reply.h"

#include "json/write.h"

#include <cstdio>

namespace vodsim {

std::string Replies::success(std::string_view members) {
  std::string body = "{\"Response\":{";
  body.reserve(body.size() + members.size() + 64);
  body += members;
  if (!members.empty()) body += ',';
  return body + "\"RequestId\":\"" + request_id() + "\"}}";
}

std::string Replies::failure(const Error& error) {
  return success("\"Error\":{\"Code\":" + json::quote(error.code) +
                 ",\"Message\":" + json::quote(error.message) + "}");
}

// A random UUID, RFC 4122 version 4.
std::string Replies::request_id() {
  const std::uint64_t high = (random_() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random_() & ~(3ULL << 62)) | (2ULL << 62);
  char text[40];
  std::snprintf(text, sizeof text, "%08x-%04x-%04x-%04x-%012llx", unsigned(high >> 32),
                unsigned(high >> 16) & 0xffff, unsigned(high) & 0xffff, unsigned(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text;
}

}  // namespace vodsim
