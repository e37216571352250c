#include "crypto/digest.h"

#include "base/owned.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits>
#include <string>

namespace crypto {
namespace {

struct OpensslCategory final : std::error_category {
  [[nodiscard]] const char* name() const noexcept override { return "openssl"; }
  [[nodiscard]] std::string message(int value) const override {
    char text[256];
    ERR_error_string_n(static_cast<unsigned long>(value), text, sizeof text);
    return text;
  }
};

// The oldest entry of the queue is the cause; the rest, which would be blamed on a later call,
// goes.
[[noreturn]] void refuse(const char* what) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  throw std::system_error(static_cast<int>(code & std::numeric_limits<int>::max()),
                          openssl_category(), what);
}

// Looked up once: EVP_sha256() is looked up again by each use, which takes longer than a short
// text.
const EVP_MD* sha256_method() {
  static const base::Owned<EVP_MD, EVP_MD_free> method(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  if (!method) refuse("SHA-256");
  return method.get();
}

}  // namespace

const std::error_category& openssl_category() noexcept {
  static const OpensslCategory category;
  return category;
}

Digest sha256(std::string_view data) {
  Digest digest;
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, sha256_method(), nullptr) != 1) {
    refuse("SHA-256");
  }
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view data) {
  if (key.size() > std::numeric_limits<int>::max()) {
    throw std::system_error(std::make_error_code(std::errc::value_too_large), "HMAC-SHA-256 key");
  }
  Digest digest;
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(),
           &length) == nullptr) {
    refuse("HMAC-SHA-256");
  }
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view data) {
  return hmac_sha256({reinterpret_cast<const std::uint8_t*>(key.data()), key.size()}, data);
}

std::array<std::uint8_t, 16> md5(std::string_view data) {
  std::array<std::uint8_t, 16> digest;
  if (EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_md5(), nullptr) != 1)
    refuse("MD5");
  return digest;
}

bool equal(std::string_view one, std::string_view other) noexcept {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace crypto
