// What this room tells the log.
#pragma once

#include "base/message.h"

#include <span>

namespace receiver::messages {

using base::Level;

inline constexpr base::Message stored{
    .level = Level::info,
    .text = "stored callbacks",
    .id = "b4374eadd56a4744979b3dac9da5ca37",
    .explanation =
        "Callbacks that were sent to [receiver] are durably in the database: @VODEVENTD_EVENTS@ "
        "new events, @VODEVENTD_REDELIVERED@ that were sent again, @VODEVENTD_QUARANTINED@ that "
        "are no events and stand in the table quarantine. Their senders are told so now.\n\n"
        "There is nothing to do."};

inline constexpr base::Message quarantined{
    .level = Level::error,
    .text = "quarantined a callback",
    .id = "4737b440787f4db183ed9617e48871cf",
    .explanation =
        "What @VODEVENTD_ORIGIN@ sent to [receiver] is no event: @VODEVENTD_REASON@.\n\n"
        "Its bytes stand in the table quarantine as they came. The sender is answered as for an "
        "event, since it would only send the same once more.\n\n"
        "Look at it (SELECT * FROM quarantine ORDER BY id DESC). Where it does not come from the "
        "service, someone else knows the address: give [receiver] a secret path or a SignKey.",
    .burst = 16};

inline constexpr base::Message refused{
    .level = Level::warning,
    .text = "refused what was sent to the receiver",
    .id = "bf1d048d725b4b4e80a96d2ab0dd1b9b",
    .explanation =
        "@VODEVENTD_ORIGIN@ sent something that can be no callback, and was answered with status "
        "@VODEVENTD_STATUS@: @VODEVENTD_REASON@.\n\n"
        "Nothing was stored; other callbacks are not affected.\n\n"
        "On an address that the internet reaches this is everyday noise. If callbacks are missing, "
        "hold NotificationUrl in the service's callback settings against [receiver] listen and "
        "path, and what stands between the two."};

inline constexpr base::Message too_long{
    .level = Level::error,
    .text = "refused a callback that is too long; its event is lost unless the limit is raised",
    .id = "bfd304303e91409180dc2f5407af436e",
    .explanation =
        "@VODEVENTD_ORIGIN@ sent a callback of @VODEVENTD_BODY_BYTES@ bytes; at most "
        "@VODEVENTD_BODY_BYTES_MAX@ are accepted. It was answered with status 413 and not "
        "stored.\n\n"
        "The service sends a callback up to three times, within about 15 seconds, and then drops "
        "its event.\n\n"
        "Raise [receiver] body_bytes_max, and client_max_body_size of an nginx in front, then "
        "restart. Ask the service for the task or file that the event told of."};

inline constexpr base::Message not_signed{
    .level = Level::warning,
    .text = "refused a callback for its signature",
    .id = "db622a54c7b64655b8a51fae09c5a65f",
    .explanation =
        "@VODEVENTD_ORIGIN@ sent a callback whose Sign is @VODEVENTD_ERROR_CODE@, and was answered "
        "with status 403. Nothing was stored.\n\n"
        "The service signs with the application's SignKey, and sends a callback up to three times; "
        "what was refused each time is lost.\n\n"
        "Missing: set SignKey by ModifyEventConfig, or take the key from [receiver]. Wrong: hold "
        "the key against the application's, then reload. Expired: check this machine's clock. Else "
        "it is someone who does not know the key, and this is as it should be."};

inline constexpr base::Message could_not_store{
    .level = Level::error,
    .text = "could not store callbacks; their senders are asked to send them again",
    .id = "5447de91a5d94938949a2bf7bdb69bef",
    .explanation =
        "The database could not be written: @VODEVENTD_ERROR@ (@VODEVENTD_ERROR_CODE@).\n\n"
        "Callbacks are answered with status 503 until it can, and tried again with each new one, "
        "once a second at most. The service sends a callback up to three times, within about 15 "
        "seconds: if this lasts longer, callbacks are lost.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

inline constexpr base::Message stored_again{
    .level = Level::notice,
    .text = "stored callbacks again",
    .id = "f40fd96466124f6c993479615f1acf44",
    .explanation =
        "The database takes callbacks again, after @VODEVENTD_AFTER_S@ seconds in which "
        "@VODEVENTD_CALLBACKS@ were turned away.\n\n"
        "What their senders did not send once more is lost; ask the service for the media or "
        "tasks of that time.",
    .ends = &could_not_store};

inline constexpr const base::Message* list[] = {
    &stored, &quarantined, &refused, &too_long, &not_signed, &could_not_store, &stored_again};

inline constexpr std::span<const base::Message* const> all = list;

}  // namespace receiver::messages
