#include "crypto/digest.h"

#include "base/hex.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using base::hex;
using crypto::hmac_sha256;
using crypto::sha256;

// NIST's example messages, and the empty one.
TEST_CASE("SHA-256 gives the published digests") {
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 takes every byte, a NUL too") {
  using namespace std::string_view_literals;
  CHECK(sha256("a\0b"sv) != sha256("a"sv));
  CHECK(sha256("\0"sv) != sha256(""sv));
  CHECK(sha256(std::string_view()) == sha256(""sv));
}

// RFC 4231, cases 1, 2, 3 and 6.
TEST_CASE("HMAC-SHA-256 gives the digests of RFC 4231") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha256(std::string(20, '\xaa'), std::string(50, '\xdd'))) ==
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  CHECK(hex(hmac_sha256(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("a key of bytes is the same key as text") {
  const std::vector<std::uint8_t> key{'J', 'e', 'f', 'e'};
  CHECK(hmac_sha256(key, "x") == hmac_sha256("Jefe", "x"));
}

TEST_CASE("an empty key is a key, not the one of the call before") {
  const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  CHECK(hex(hmac_sha256("", "")) == expected);
  CHECK(hex(hmac_sha256("another", "")) != expected);
  CHECK(hex(hmac_sha256(std::span<const std::uint8_t>(), "")) == expected);
}

// RFC 1321, A.5.
TEST_CASE("MD5 gives the digests of RFC 1321") {
  CHECK(hex(crypto::md5("")) == "d41d8cd98f00b204e9800998ecf8427e");
  CHECK(hex(crypto::md5("message digest")) == "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST_CASE("texts are equal in every byte, or not") {
  using namespace std::string_view_literals;
  CHECK(crypto::equal("", ""));
  CHECK(crypto::equal("a\0b"sv, "a\0b"sv));
  CHECK_FALSE(crypto::equal("a\0b"sv, "a\0c"sv));
  CHECK_FALSE(crypto::equal("ab", "b"));
  CHECK_FALSE(crypto::equal("a", "ab"));
  CHECK_FALSE(crypto::equal("ba", "bb"));
}
