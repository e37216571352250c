// What the service manager hands over, by the variables that it sets.
#include "httpd/handover.h"

#include <catch2/catch.hpp>

namespace {

using Catch::Contains;
using httpd::Handover;
using httpd::NotHandedOver;

}  // namespace

TEST_CASE("the only socket is taken, whatever its name") {
  CHECK(Handover{"4711", "1", "receiver"}.find("receiver", 4711) == 3);
  CHECK(Handover{"4711", "1", "vodeventd-receiver.socket"}.find("receiver", 4711) == 3);
  CHECK(Handover{"4711", "1", ""}.find("receiver", 4711) == 3);
}

TEST_CASE("of several the one that has the name is taken") {
  CHECK(Handover{"4711", "3", "a:receiver:b"}.find("receiver", 4711) == 4);
  CHECK(Handover{"4711", "3", "a:b:receiver"}.find("receiver", 4711) == 5);
  CHECK(Handover{"4711", "2", "receiver"}.find("receiver", 4711) == 3);
  CHECK_THROWS_WITH((Handover{"4711", "3", "a:b:c"}.find("receiver", 4711)),
                    Contains("FileDescriptorName=receiver"));
  CHECK_THROWS_WITH((Handover{"4711", "2", ""}.find("receiver", 4711)),
                    Contains("FileDescriptorName=receiver"));
  CHECK_THROWS_WITH((Handover{"4711", "2", "receiver:receiver"}.find("receiver", 4711)),
                    Contains("more than one"));
}

TEST_CASE("what was handed over to another process, or not at all, is not taken") {
  for (const Handover& none :
       {Handover{"4712", "1", "receiver"}, Handover{"", "1", "receiver"},
        Handover{"4711", "", "receiver"}, Handover{"4711", "0", ""}, Handover{"4711", "x", ""},
        Handover{"4711x", "1", ""}, Handover{"4711", "-1", ""}, Handover{"", "", ""}}) {
    CAPTURE(none.pid, none.count);
    CHECK_THROWS_AS(none.find("receiver", 4711), NotHandedOver);
    CHECK_THROWS_WITH(none.find("receiver", 4711), Contains("socket unit"));
  }
}
