// Faults 26 to 28: what becomes of an event when the answer to its confirm is lost, when a handle
// of the batch is dead, and when the service forgets that it was confirmed.
#include "faults/api.h"

namespace {

using Catch::Contains;
using faults::Arguments;

}  // namespace

// In the middle of the reply: a request whose connection ends before it, libcurl repeats by itself.
TEST_CASE_METHOD(faults::Api, "fault 26: a confirm whose reply is lost is sent again as it was",
                 "[api]") {
  serve(16, {"--fault", "reset-within@ConfirmEvents", "--again", "accept"});
  start();
  await_total("confirms", 2);
  end();
  check_ledger(16);
  CHECK(total("confirms") == 2);
  CHECK_THAT(log(), Contains("error_code=interrupted"));
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NULL") == 0);
}

TEST_CASE_METHOD(faults::Api, "fault 26: so is one that is not answered in time", "[api]") {
  serve(16, {"--fault", "stall@ConfirmEvents", "--again", "accept"});
  start({"VODEVENTD_API_TIMEOUT_S=6"});
  await_total("confirms", 2);
  end();
  check_ledger(16);
  CHECK_THAT(log(), Contains("error_code=timeout"));
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NULL") == 0);
}

// Asked one by one, each handle is refused: it was confirmed, or it comes again.  Both are known of
// the row, and nothing is asked a third time.
TEST_CASE_METHOD(faults::Api, "fault 26: handles that are refused after a lost reply are let go",
                 "[api]") {
  const auto lost = GENERATE(Arguments{"--fault", "reset-within@ConfirmEvents"},
                             Arguments{"--redeliver", "100", "--lose", "reply"});
  CAPTURE(lost);
  serve(16, lost);  // with the simulator's defaults: it refuses what is confirmed, and all with it
  start();
  constexpr int halves = 16 + 8 + 4 + 2 + 1;
  await_total("confirms_refused", halves);
  end();
  check_ledger(16);
  CHECK(total("confirms") == 1 + halves);
  CHECK(number("SELECT count(*) FROM events WHERE confirmed_at IS NULL AND confirm_unknown") == 16);
}

TEST_CASE_METHOD(faults::Api,
                 "fault 27: one dead handle does not keep the others from their confirm", "[api]") {
  const auto* handles = GENERATE("new", "same");
  const auto* batch = GENERATE("atomic", "partial");
  CAPTURE(handles, batch);
  const bool partial = batch == std::string("partial");
  serve(16, {"--redeliver", "7", "--lose", "lease", "--handles", handles, "--batch", batch});
  start();
  finish(16);
  REQUIRE(total("redelivered") == 1);
  // Halves down to the one; where the others have been confirmed in passing, to each of them, and
  // the one comes again with what was its handle before.
  CHECK(total("confirms_refused") >= 1);
  CHECK(total("confirms_refused") <= (partial ? 32 : 5));
}

TEST_CASE_METHOD(faults::Api,
                 "fault 28: an event that comes again after its confirm is confirmed again",
                 "[api]") {
  SECTION("with the same handle it is counted on its row") {
    serve(16, {"--redeliver", "100", "--lose", "confirm", "--handles", "same", "--lease-s", "1"});
    start();
    finish(16);
    CHECK(number("SELECT count(*) FROM events WHERE pull_count = 2") == 16);
  }
  SECTION("with a new one it can't be told from an equal event, and is kept as one") {
    serve(16, {"--redeliver", "100", "--lose", "confirm", "--handles", "new", "--lease-s", "1"});
    start();
    await_confirmed(16);
    end();
    CHECK(total("witness_violations") == 0);
    CHECK(number("SELECT count(*) FROM events WHERE redelivery_of IS NULL") == 32);
    CHECK(number("SELECT count(DISTINCT fingerprint) FROM events") == 16);
  }
  CHECK(total("confirmed") == 16);
  CHECK(total("redelivered") == 16);
}
