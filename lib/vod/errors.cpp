#include "vod/errors.h"

#include <algorithm>
#include <cassert>

namespace vod {
namespace {

using enum ErrorClass;

constexpr ClassRow classes[] = {
    {nothing_queued, "nothing queued", Reaction::poll_on, "The queue is empty."},
    {throttled, "throttled", Reaction::slow_down,
     "The account's request limit is reached; other programs share it."},
    {transient, "transient", Reaction::back_off,
     "The service or the network has trouble; nothing to do unless it lasts."},
    {clock_skew, "clock skew", Reaction::sign_again,
     "This machine's clock is more than 5 minutes off: check its time synchronisation."},
    {credential, "credential", Reaction::wait,
     "The key is wrong, disabled or expired: replace it and reload (systemctl reload vodeventd)."},
    {permission, "permission", Reaction::wait,
     "The key may not do this: allow name/vod:PullEvents and name/vod:ConfirmEvents."},
    {configuration, "configuration", Reaction::wait,
     "The service refuses the request itself: check sub_app_id, endpoint and that the account has "
     "VOD."},
    {handle_refused, "handle refused", Reaction::split,
     "The lease of an event ran out; it is stored and will be confirmed when it comes again."},
};

constexpr CodeRow codes[] = {
    {"ResourceNotFound", nothing_queued, Action::pull_events},
    {"ResourceNotFound", configuration, {}},
    {"ResourceNotFound.ServiceNotExist", configuration, {}},
    {"ResourceNotFound.UserNotExist", configuration, {}},

    {"RequestLimitExceeded", throttled, {}},
    {"RequestLimitExceeded.IPLimitExceeded", throttled, {}},
    {"RequestLimitExceeded.UinLimitExceeded", throttled, {}},
    {"RequestLimitExceeded.GlobalRegionUinLimitExceeded", throttled, {}},

    {"InternalError", transient, {}},
    {"FailedOperation", transient, {}},
    {"FailedOperation.DBError", transient, {}},
    {"FailedOperation.NetWorkError", transient, {}},
    {"ServiceUnavailable", transient, {}},
    {"ResourceUnavailable", transient, {}},
    {"ResourceInsufficient", transient, {}},
    {"ResponseSizeLimitExceeded", transient, {}},

    {"AuthFailure.SignatureExpire", clock_skew, {}},

    {"AuthFailure", credential, {}},
    {"AuthFailure.SecretIdNotFound", credential, {}},
    {"AuthFailure.InvalidSecretId", credential, {}},
    {"AuthFailure.SignatureFailure", credential, {}},
    {"AuthFailure.TokenFailure", credential, {}},
    {"AuthFailure.InvalidAuthorization", credential, {}},
    {"AuthFailure.MFAFailure", credential, {}},

    {"AuthFailure.UnauthorizedOperation", permission, {}},
    {"UnauthorizedOperation", permission, {}},
    {"IpInBlacklist", permission, {}},
    {"IpNotInWhitelist", permission, {}},
    {"FailedOperation.NoPrivileges", permission, {}},

    {"InvalidParameterValue", handle_refused, Action::confirm_events},
    {"InvalidParameter", handle_refused, Action::confirm_events},
    {"4000", handle_refused, Action::confirm_events},
    {"InvalidParameterValue", configuration, {}},
    {"InvalidParameter", configuration, {}},
    {"4000", configuration, {}},
    {"InvalidParameterValue.SubAppId", configuration, {}},
    {"InvalidParameterValue.AppId", configuration, {}},
    {"FailedOperation.InvalidVodUser", configuration, {}},
    {"FailedOperation.InvalidAccount", configuration, {}},
    {"FailedOperation.UserStatusInavlid", configuration, {}},  // spelled so by the service
    {"UnsupportedRegion", configuration, {}},
    {"UnsupportedProtocol", configuration, {}},
    {"UnsupportedOperation", configuration, {}},
    {"NoSuchProduct", configuration, {}},
    {"NoSuchVersion", configuration, {}},
    {"InvalidAction", configuration, {}},
    {"ActionOffline", configuration, {}},
    {"UnknownParameter", configuration, {}},
    {"MissingParameter", configuration, {}},
    {"InvalidRequest", configuration, {}},
    {"RequestSizeLimitExceeded", configuration, {}},
    {"LimitExceeded", configuration, {}},
    {"ResourceInUse", configuration, {}},
    {"DryRunOperation", configuration, {}},
};

constexpr TroubleRow trouble_rows[] = {
    {"resolve",
     "The DNS does not know the host, or does not answer: check endpoint and /etc/resolv.conf."},
    {"connect", "Nothing accepts connections there: check endpoint, route and firewall."},
    {"tls",
     "The server is not who it should be, and is sent nothing: check this machine's clock, "
     "ca_file, "
     "and whether something on the way inspects TLS."},
    {"not-an-answer",
     "Something else answers in the API's place, such as a portal or a proxy: check endpoint and "
     "the way to it."},
};

// A row for the action alone goes before one for all actions.
const CodeRow* find(std::string_view code, Action action) {
  const CodeRow* general = nullptr;
  for (const CodeRow& row : codes) {
    if (row.code != code) continue;
    if (row.only == action) return &row;
    if (!row.only) general = &row;
  }
  return general;
}

}  // namespace

std::string_view to_string(Action action) {
  switch (action) {
    case Action::pull_events:
      return "PullEvents";
    case Action::confirm_events:
      return "ConfirmEvents";
    case Action::describe_event_config:
      return "DescribeEventConfig";
    case Action::describe_events_state:
      return "DescribeEventsState";
  }
  return "";
}

std::span<const ClassRow> error_classes() { return classes; }
std::span<const CodeRow> error_codes() { return codes; }
std::span<const TroubleRow> troubles() { return trouble_rows; }

const ClassRow& row_of(ErrorClass error_class) {
  const auto* row = std::find_if(std::begin(classes), std::end(classes),
                                 [&](const ClassRow& r) { return r.error_class == error_class; });
  assert(row != std::end(classes));
  return *row;
}

std::string_view sentence_of(Reaction reaction) {
  switch (reaction) {
    case Reaction::poll_on:
      return "poll on";
    case Reaction::slow_down:
      return "fewer requests, then gradually more";
    case Reaction::back_off:
      return "again after a random wait that grows to 20 s";
    case Reaction::sign_again:
      return "sign again with the server's time, once; then wait";
    case Reaction::wait:
      return "again every 60 s";
    case Reaction::split:
      return "split the batch; a single handle awaits its redelivery";
  }
  return "";
}

std::string_view advice_on(const Failure& failure) {
  for (const TroubleRow& row : trouble_rows)
    if (row.code == failure.code) return row.advice;
  return row_of(failure.error_class).advice;
}

ErrorClass classify(std::string_view code, Action action) {
  if (const CodeRow* row = find(code, action)) return row->error_class;
  const CodeRow* row = find(code.substr(0, code.find('.')), action);
  if (!row) return transient;
  // Only the exact code says that the queue is empty: a dead account must not look like one.
  return row->error_class == nothing_queued ? configuration : row->error_class;
}

}  // namespace vod
