// Who is taken for the sender.
#include "receiver/origin.h"

#include <catch2/catch.hpp>

using receiver::origin_of;

TEST_CASE("who comes from elsewhere is the sender, whatever the head says") {
  CHECK(origin_of("192.0.2.7", "") == "192.0.2.7");
  CHECK(origin_of("192.0.2.7", "198.51.100.1") == "192.0.2.7");
  CHECK(origin_of("2001:db8::7", "198.51.100.1") == "2001:db8::7");
}

TEST_CASE("a proxy on this machine names the last hop, as an address") {
  CHECK(origin_of("127.0.0.1", "198.51.100.1") == "198.51.100.1");
  CHECK(origin_of("::1", "203.0.113.9, 198.51.100.1 ") == "198.51.100.1");
  CHECK(origin_of("", "2001:db8::7") == "2001:db8::7");
  CHECK(origin_of("", "[2001:DB8::7]:4711") == "2001:db8::7");
  CHECK(origin_of("", "[2001:db8::7]") == "2001:db8::7");
  CHECK(origin_of("", "198.51.100.1:4711") == "198.51.100.1");
  CHECK(origin_of("", "::ffff:198.51.100.1") == "198.51.100.1");
}

TEST_CASE("what is no address is not believed") {
  for (const char* odd : {"", ",", "198.51.100.1,", "unknown", "_hidden", "198.51.100.1x",
                          "'; DROP TABLE events", "999.1.1.1", "198.51.100.1:port"}) {
    CAPTURE(odd);
    CHECK(origin_of("127.0.0.1", odd) == "127.0.0.1");
    CHECK(origin_of("", odd) == "unix");
  }
}
