// What this room tells the log.
#pragma once

#include "base/message.h"

#include <span>

namespace relay::messages {

using base::Level;

// Lines that each name an event: so many before they are summarised.
inline constexpr int events_burst = 16;

// ---- events -----------------------------------------------------------------------------------

inline constexpr base::Message stored{
    .level = Level::info,
    .text = "stored",
    .id = "ac22050db39749a8908fe20aae07ff05",
    .explanation =
        "What came with one or more pulls is durably in the database: @VODEVENTD_EVENTS@ new "
        "events, @VODEVENTD_REDELIVERED@ that were known already, @VODEVENTD_QUARANTINED@ that are "
        "no events and stand in the table quarantine. With diagnostics are those that depart from "
        "the schema; they are stored all the same.\n\n"
        "The daemon confirms them now. There is nothing to do."};

inline constexpr base::Message quarantined{
    .level = Level::error,
    .text = "quarantined",
    .id = "ee33a748801748019cfb19f36ed051a1",
    .explanation =
        "An element of a reply is no event that can be read: @VODEVENTD_REASON@.\n\n"
        "Its bytes stand in the table quarantine as they came, and it is confirmed, so that it "
        "does not come for ever. It holds nothing else up.\n\n"
        "Look at it (SELECT * FROM quarantine ORDER BY id DESC) and find out by its handle what "
        "the application misses. If the service sends it like that, its support needs the "
        "RequestId @VODEVENTD_REQUEST_ID@.",
    .burst = events_burst};

inline constexpr base::Message quarantined_for_ever{
    .level = Level::critical,
    .text = "quarantined, without a handle to confirm it by",
    .id = "c8763624de8e429ca076f006c2a92700",
    .explanation =
        "A reply, or an element of one, has no handle that can be read: @VODEVENTD_REASON@.\n\n"
        "Its bytes stand in the table quarantine as they came. It can't be confirmed, so the "
        "service will send its events again, perhaps for four days, and drop them then.\n\n"
        "Look at it (SELECT * FROM quarantine ORDER BY id DESC). If it comes again and again, give "
        "the RequestId @VODEVENTD_REQUEST_ID@ to the service's support.",
    .burst = events_burst};

inline constexpr base::Message conflict{
    .level = Level::critical,
    .text = "quarantined: the handle of a stored event came with another content",
    .id = "03db4e6d83ee45ef92dc855f8d5d3bd6",
    .explanation =
        "The service gave the handle @VODEVENTD_EVENT_HANDLE@ to two different contents. That "
        "breaks what its documents promise.\n\n"
        "The row of the first one stays as it is; the second one stands in the table quarantine, "
        "byte for byte, and the handle is confirmed.\n\n"
        "\"vodeventd explain @VODEVENTD_EVENT_HANDLE@\" tells the story of the first. Compare the "
        "two, and give both and the RequestId to the service's support.",
    .burst = events_burst};

inline constexpr base::Message given_up{
    .level = Level::notice,
    .text = "not confirmed: refused or too late; the events are stored and await redelivery",
    .id = "b1f2d18256ae4f9d8a5f68d0e30895c2",
    .explanation =
        "The leases of @VODEVENTD_EVENTS@ events ended before their confirm was accepted. The "
        "events are in the database.\n\n"
        "The service delivers them again; the daemon recognises them and confirms them then.\n\n"
        "There is nothing to do unless it goes on: then the way to the service is too slow for "
        "leases of 30 seconds, or another program pulls from the same application."};

inline constexpr base::Message abandoned{
    .level = Level::warning,
    .text = "abandoned pulls at the end; their events come again",
    .id = "3916d0382f6e49f28cd8f0b7c0f2b76d",
    .explanation =
        "The daemon was told to stop and @VODEVENTD_PULLS@ pulls had no answer in time.\n\n"
        "Events that they may have taken are not confirmed: the service delivers them again after "
        "their lease, and the next start stores them.\n\nThere is nothing to do."};

// ---- pulls ------------------------------------------------------------------------------------

inline constexpr base::Message could_not_pull{
    .level = Level::warning,
    .text = "could not pull",
    .id = "171f4cf5c48b4f93adc0698385eefd77",
    .explanation =
        "The service could not be reached, or refused to give events: @VODEVENTD_ERROR_CODE@, of "
        "the class @VODEVENTD_ERROR_CLASS@. This was failure number @VODEVENTD_ATTEMPT@ in a "
        "row.\n\n"
        "The daemon tries again by itself for as long as it takes, the next time in "
        "@VODEVENTD_BACKOFF_MS@ ms. Events wait at the service meanwhile; it drops them after four "
        "days.\n\n"
        "Advice: @VODEVENTD_ADVICE@\n\n"
        "After a repair \"systemctl reload vodeventd\" makes it try at once. The service's support "
        "finds the request by its RequestId @VODEVENTD_REQUEST_ID@."};

inline constexpr base::Message pulled_again{
    .level = Level::notice,
    .text = "pulled again",
    .id = "9e2c610291454b12bbf49e4e7cf5dda3",
    .explanation =
        "Pulling works again, after @VODEVENTD_AFTER_S@ seconds and @VODEVENTD_ATTEMPTS@ failed "
        "attempts.\n\nWhat had waited at the service is pulled now. There is nothing to do.",
    .ends = &could_not_pull};

inline constexpr base::Message not_found_at_once{
    .level = Level::warning,
    .text =
        "the service says at once and again that something was not found; if events are "
        "missing, check sub_app_id",
    .id = "acbdc8f2d2ab462bb3bad61e717bffff",
    .explanation =
        "An empty queue is answered after some seconds and with words about events. These answers "
        "come at once and say something else: @VODEVENTD_MESSAGE@.\n\n"
        "The daemon takes the queue for empty and goes on asking, once a second.\n\n"
        "Check sub_app_id in the configuration: the application may be another one, or gone. "
        "\"vodeventd check --online\" asks the service about it."};

// ---- the store --------------------------------------------------------------------------------

inline constexpr base::Message could_not_store{
    .level = Level::error,
    .text = "could not store; nothing more is pulled until it works",
    .id = "7bc2af3b964f4f50a804f19e7799cb2b",
    .explanation =
        "The database could not be written: @VODEVENTD_ERROR@ (@VODEVENTD_ERROR_CODE@). This was "
        "failure number @VODEVENTD_ATTEMPT@ in a row.\n\n"
        "The daemon pulls nothing more and confirms nothing that is not stored, and tries again by "
        "itself, the next time in @VODEVENTD_BACKOFF_MS@ ms. What it could not store within its "
        "lease is let go and comes again. Nothing is lost as long as this ends within four "
        "days.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

inline constexpr base::Message stored_again{
    .level = Level::notice,
    .text = "stored again",
    .id = "21667c87f31b4a419ff3fdfcd12f051d",
    .explanation =
        "The database can be written again, after @VODEVENTD_AFTER_S@ seconds and "
        "@VODEVENTD_ATTEMPTS@ failed attempts.\n\n"
        "Pulling and confirming go on. There is nothing to do.",
    .ends = &could_not_store};

inline constexpr base::Message promise_broken{
    .level = Level::critical,
    .text = "the database does not hold what was promised",
    .id = "f33ad8cdee204b989e39f5da808aed61",
    .explanation =
        "Once a minute the daemon compares its newest rows with its counters, and found what can't "
        "be: @VODEVENTD_FOUND@. Someone has changed the database by hand, its disk is failing, or "
        "the daemon has a fault.\n\n"
        "The daemon goes on; it stores events first and confirms them then, as always.\n\n"
        "\"vodeventd audit\" looks at every row and says what is wrong. Keep a copy of the "
        "database as it is now.",
    .burst = events_burst};

inline constexpr base::Message log_grows{
    .level = Level::warning,
    .text = "the write-ahead log grows and can't be taken in",
    .id = "6c7788c2fa3f42ccbba386311592d0e8",
    .explanation =
        "A reader of the database has kept one transaction open for long: @VODEVENTD_FOUND@.\n\n"
        "The daemon goes on until the log has reached its limit, and stores nothing more from "
        "there on.\n\n"
        "End that reader's transaction; the log is taken in by itself then."};

inline constexpr base::Message deleted{
    .level = Level::info,
    .text = "deleted what is beyond [retention]",
    .id = "a26da7a0669a4cec8a418bff4a92ab7a",
    .explanation =
        "@VODEVENTD_EVENTS@ events and @VODEVENTD_QUARANTINED@ rows of quarantine were older, or "
        "more, than [retention] in the configuration allows. All of them were confirmed. "
        "@VODEVENTD_BYTES_GIVEN_BACK@ bytes went back to the disk.\n\n"
        "There is nothing to do. To keep more, raise the bounds and reload."};

// ---- confirms ---------------------------------------------------------------------------------

inline constexpr base::Message could_not_confirm{
    .level = Level::warning,
    .text = "could not confirm yet",
    .id = "3dbaff5b3b784f1e9396d409e607aba8",
    .explanation =
        "A confirm was not accepted: @VODEVENTD_ERROR_CODE@, of the class @VODEVENTD_ERROR_CLASS@. "
        "Its events are in the database.\n\n"
        "The daemon confirms them once more in @VODEVENTD_BACKOFF_MS@ ms, as long as their lease "
        "lasts; after that the service delivers them again, and they are recognised and confirmed "
        "then.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

inline constexpr base::Message confirmed_again{
    .level = Level::notice,
    .text = "confirmed again",
    .id = "0c3eda0178824142bc2475ac9bd404e3",
    .explanation =
        "Confirms are accepted again, after @VODEVENTD_ATTEMPTS@ that were not.\n\n"
        "What was too late for its lease is delivered again. There is nothing to do.",
    .ends = &could_not_confirm};

inline constexpr const base::Message* list[] = {
    &stored,          &quarantined,  &quarantined_for_ever,
    &conflict,        &given_up,     &abandoned,
    &could_not_pull,  &pulled_again, &not_found_at_once,
    &could_not_store, &stored_again, &promise_broken,
    &log_grows,       &deleted,      &could_not_confirm,
    &confirmed_again};

inline constexpr std::span<const base::Message* const> all = list;

}  // namespace relay::messages
