// What the daemon itself tells the log.
#pragma once

#include "base/message.h"

#include <span>

namespace vodeventd::messages {

using base::Level;

// ---- the process ------------------------------------------------------------------------------

inline constexpr base::Message started{
    .level = Level::notice,
    .text = "started",
    .id = "97b580ca342a4aa4ba4d65efede3c74c",
    .explanation =
        "The daemon has its configuration, its credential and its database, has proved that the "
        "database can be written, and begins to pull from @VODEVENTD_ENDPOINT@, unless "
        "poll.max_pulls_in_flight is 0.\n\n"
        "Whether the service accepts the key shows with the first pull. There is nothing to do."};

inline constexpr base::Message stopping{
    .level = Level::notice,
    .text = "stopping",
    .id = "a90447781dc54f9c8e768b3fa552a3c2",
    .explanation =
        "The daemon was told to stop by @VODEVENTD_SIGNAL@.\n\n"
        "It lets the open pull end, stores and confirms what that brings, and exits after eight "
        "seconds at most. There is nothing to do."};

inline constexpr base::Message stopped{
    .level = Level::notice,
    .text = "stopped",
    .id = "a3df3c84cb164eb2869aba6605a2cf63",
    .explanation =
        "The daemon has ended in good order: @VODEVENTD_REASON@. Since its start it has pulled "
        "@VODEVENTD_PULLED@ deliveries and confirmed @VODEVENTD_CONFIRMED@.\n\n"
        "What is stored and not confirmed comes again at the next start and is recognised. Events "
        "wait at the service for four days."};

inline constexpr base::Message running_already{
    .level = Level::error,
    .text = "another vodeventd works on this database",
    .id = "f8c665f9872c42c5b0110977b48f6291",
    .explanation =
        "The lock file beside @VODEVENTD_PATH@ is held by another process of this program.\n\n"
        "This one ends with status 75; the other one is not disturbed.\n\n"
        "Stop the other one first, or give this one a database of its own (store.path). Find it "
        "with \"systemctl status vodeventd\" and \"pgrep -a vodeventd\"."};

inline constexpr base::Message could_not_record{
    .level = Level::warning,
    .text = "could not record the last confirms",
    .id = "780b47eef0d149a5838e277f66caaf5e",
    .explanation =
        "The daemon is about to end and could not write which confirms have succeeded: "
        "@VODEVENTD_ERROR@ (@VODEVENTD_ERROR_CODE@).\n\n"
        "The events themselves are stored. Their confirms count as unknown at the next start, "
        "which may link a redelivery without being certain of it.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

inline constexpr base::Message lost_lines{
    .level = Level::warning,
    .text = "lost lines that the log did not take",
    .id = "2fbcab5e2f2d4c7894c79e77235ffd94",
    .explanation =
        "The journal, or whoever reads the daemon's standard error, did not take "
        "@VODEVENTD_LINES@ lines.\n\n"
        "The daemon never waits for its log: it drops the lines, counts them and goes on. Events "
        "are not affected.\n\n"
        "If it happens again, see why the reader is slow (systemctl status systemd-journald)."};

// ---- configuration ----------------------------------------------------------------------------

inline constexpr base::Message read_again{
    .level = Level::notice,
    .text = "read configuration and credential again",
    .id = "5c1d1f7a80b44894bf9ea9068e84d52c",
    .explanation =
        "On SIGHUP the daemon has read its configuration, its credential and the CA bundle again. "
        "Another value than before has: @VODEVENTD_CHANGED@.\n\n"
        "It works with the new values and tries at once what had to wait. There is nothing to do."};

// Answers to what a person has asked for are told each by itself.
inline constexpr int answers_burst = 64;

inline constexpr base::Message needs_new_start{
    .level = Level::warning,
    .text = "a change takes effect at the next start only",
    .id = "0addf4827fed48b0afe5a33dcf42fd75",
    .explanation =
        "Keys of the configuration were changed that can't change while the daemon works: "
        "@VODEVENTD_KEYS@.\n\n"
        "The daemon works on with their old values.\n\n"
        "\"systemctl restart vodeventd\" makes them take effect; no event is lost by it.",
    .burst = answers_burst};

inline constexpr base::Message kept_configuration{
    .level = Level::error,
    .text = "kept configuration and credential: could not read them again",
    .id = "c1781f2911a3473d9dadbeee028e75b7",
    .explanation =
        "On SIGHUP something could not be read: @VODEVENTD_ERROR@.\n\n"
        "The daemon works on with the configuration and the credential it had, all of it.\n\n"
        "Mend what the error names and reload once more. \"vodeventd check\" tries a configuration "
        "without touching the daemon. A new start would fail as it is now.",
    .burst = answers_burst};

inline constexpr base::Message configuration_wrong{
    .level = Level::error,
    .text = "configuration is wrong",
    .id = "4daa2d1d53404e4b87a98bd6501a61eb",
    .explanation =
        "@VODEVENTD_ERROR@\n\n"
        "The daemon ends with status 78 and is not started again by itself.\n\n"
        "Mend the file or the variable that the error names; \"vodeventd --help\" lists the keys, "
        "\"vodeventd check\" tries them. Then \"systemctl start vodeventd\"."};

inline constexpr base::Message no_usable_credential{
    .level = Level::error,
    .text = "no usable credential",
    .id = "7881dd6dc71944d4a88019d77dc5fce2",
    .explanation =
        "@VODEVENTD_ERROR@\n\n"
        "The daemon ends with status 78 and is not started again by itself.\n\n"
        "Give it a key: under systemd in /etc/credstore/vodeventd.secret-id and "
        "vodeventd.secret-key. "
        "\"vodeventd check --online\" tells whether the service accepts it."};

// ---- callbacks --------------------------------------------------------------------------------

inline constexpr base::Message receiving{
    .level = Level::notice,
    .text = "receiving callbacks",
    .id = "125e9728c1a14a52a8e2df395479a94a",
    .explanation =
        "The daemon takes normal callbacks (PUSH mode) at @VODEVENTD_ADDRESS@. Whether they have "
        "to be signed with the application's SignKey: @VODEVENTD_SIGNED@.\n\n"
        "NotificationUrl in the service's callback settings must lead there. There is nothing to "
        "do."};

inline constexpr base::Message could_not_receive{
    .level = Level::error,
    .text = "could not listen for callbacks; trying again every 5 s",
    .id = "05cbbc72d8ef449d89f049983c4fa51b",
    .explanation =
        "The daemon can't listen at @VODEVENTD_ADDRESS@: @VODEVENTD_ERROR@\n\n"
        "Callbacks that the service sends meanwhile are lost after their third time. The daemon "
        "tries again every five seconds; pulling is not affected.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

// ---- metrics ----------------------------------------------------------------------------------

inline constexpr base::Message could_not_serve_metrics{
    .level = Level::error,
    .text = "could not serve the metrics",
    .id = "28f0117e406948b7b25c0eec26a110a3",
    .explanation =
        "The daemon can't listen at @VODEVENTD_ADDRESS@: @VODEVENTD_ERROR@\n\n"
        "Events are not affected: it pulls, stores and confirms without serving metrics until it "
        "is "
        "started again.\n\n"
        "See who has the address (ss -ltnp), or give [metrics] listen another one, and restart."};

inline constexpr base::Message could_not_write_metrics{
    .level = Level::warning,
    .text = "could not write the metrics",
    .id = "f88e0d13866c4b2da54a24c68eb7bf33",
    .explanation =
        "The file for node_exporter's textfile collector can't be replaced: @VODEVENTD_ERROR@\n\n"
        "Events are not affected. The daemon tries again at the next interval.\n\n"
        "The folder must exist, be writable for the user vodeventd, and be named in a "
        "ReadWritePaths= of the unit (systemctl edit vodeventd)."};

inline constexpr base::Message wrote_metrics_again{
    .level = Level::notice,
    .text = "wrote the metrics again",
    .id = "6fc90f7e4d1343b58945e4883cdc24c0",
    .explanation =
        "The file for node_exporter's textfile collector is up to date again.\n\n"
        "There is nothing to do.",
    .ends = &could_not_write_metrics};

// ---- what ends the process --------------------------------------------------------------------

inline constexpr base::Message database_refused{
    .level = Level::error,
    .text = "database refused",
    .id = "02b1ddac00fc477297a9e88c89636c01",
    .explanation =
        "The database is damaged, made by a newer version, or not this program's: "
        "@VODEVENTD_ERROR@\n\n"
        "The daemon has left it alone, ends with status 78 and is not started again by itself. "
        "Events wait at the service for four days.\n\n"
        "Do as the error says. \"vodeventd audit\" proves afterwards that nothing is missing."};

inline constexpr base::Message could_not_go_on{
    .level = Level::error,
    .text = "could not go on",
    .id = "9e803dcea2404eb2876446093ef92145",
    .explanation =
        "The system or the database refused what the daemon can't do without: @VODEVENTD_ERROR@ "
        "(@VODEVENTD_ERROR_CODE@).\n\n"
        "The daemon ends, with status 74 where a new start may help: systemd starts it again, and "
        "it begins from what is truly on the disk. Nothing that was not stored was confirmed. With "
        "status 78 a path is wrong, and a person has to act.\n\n"
        "Advice: @VODEVENTD_ADVICE@"};

inline constexpr base::Message unexpected_error{
    .level = Level::error,
    .text = "unexpected error",
    .id = "0093a19ecd184383af1038ab2d7306e8",
    .explanation =
        "Something went wrong that the daemon has no rule for: @VODEVENTD_ERROR@\n\n"
        "It ends with status 74; systemd starts it again. Nothing that was not stored was "
        "confirmed.\n\n"
        "If it happens again, report it with the lines before this one."};

inline constexpr const base::Message* list[] = {&started,
                                                &stopping,
                                                &stopped,
                                                &running_already,
                                                &could_not_record,
                                                &lost_lines,
                                                &read_again,
                                                &needs_new_start,
                                                &kept_configuration,
                                                &configuration_wrong,
                                                &no_usable_credential,
                                                &receiving,
                                                &could_not_receive,
                                                &could_not_serve_metrics,
                                                &could_not_write_metrics,
                                                &wrote_metrics_again,
                                                &database_refused,
                                                &could_not_go_on,
                                                &unexpected_error};

inline constexpr std::span<const base::Message* const> all = list;

}  // namespace vodeventd::messages
