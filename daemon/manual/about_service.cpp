// What the service's errors mean and what is done about them.
#include "daemon/manual/facts.h"
#include "daemon/manual/roff.h"
#include "vod/errors.h"

namespace manual {
namespace {

std::string codes_of(vod::ErrorClass error_class) {
  std::string text;
  for (const vod::CodeRow& row : vod::error_codes()) {
    if (row.error_class != error_class) continue;
    text += (text.empty() ? "" : ",\n") + bold(row.code);
    if (row.only) text += " (" + literal(to_string(*row.only)) + " alone)";
  }
  return text + '.';
}

}  // namespace

std::string error_classes() {
  std::string text;
  for (const vod::ClassRow& row : vod::error_classes())
    text += item(bold(row.name),
                 "Reaction: " + prose(vod::sentence_of(row.reaction)) + ".\n" + prose(row.advice));
  return text;
}

std::string error_codes() {
  std::string text;
  for (const vod::ClassRow& row : vod::error_classes())
    text += item(bold(row.name), codes_of(row.error_class));
  return text;
}

std::string troubles() {
  std::string text;
  for (const vod::TroubleRow& row : vod::troubles())
    text += item(bold(row.code), prose(row.advice));
  return text;
}

}  // namespace manual
