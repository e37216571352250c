// SHA-256, HMAC-SHA-256 and MD5 of bytes in memory; the only room that knows OpenSSL.  They throw
// std::system_error, with OpenSSL's own words, when the library refuses (out of memory, a FIPS
// policy).  Nothing is kept: a caller who derives a key from a digest wipes it himself.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

namespace crypto {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view data);

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view data);
Digest hmac_sha256(std::string_view key, std::string_view data);

// Good for nothing but to check what others have signed with it.
std::array<std::uint8_t, 16> md5(std::string_view data);

// Takes as long wherever they differ; that lengths do may show.
bool equal(std::string_view one, std::string_view other) noexcept;

// Of the errors thrown; a value is the low 31 bits of OpenSSL's packed error code.
const std::error_category& openssl_category() noexcept;

}  // namespace crypto
