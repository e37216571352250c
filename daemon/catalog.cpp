#include "daemon/catalog.h"

#include "daemon/messages.h"
#include "receiver/messages.h"
#include "relay/messages.h"
#include "vod/messages.h"

#include <string_view>

namespace vodeventd {
namespace {

// The journal indents each line a little.
constexpr std::size_t columns = 76;

// One paragraph, broken between words.
void append_wrapped(std::string& out, std::string_view paragraph) {
  while (paragraph.size() > columns) {
    std::size_t blank = paragraph.rfind(' ', columns);
    if (blank == paragraph.npos) blank = paragraph.find(' ');
    if (blank == paragraph.npos) break;
    out.append(paragraph.substr(0, blank)).append("\n");
    paragraph.remove_prefix(blank + 1);
  }
  out.append(paragraph).append("\n");
}

void append_entry(std::string& out, const base::Message& message) {
  out.append("-- ").append(message.id).append("\n");
  out.append("Subject: ").append(message.text).append("\n");
  out += "Defined-By: vodeventd\nDocumentation: man:vodeventd(8)\n";
  std::string_view text = message.explanation;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    out += '\n';
    append_wrapped(out, text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 2);
  }
  out += '\n';
}

}  // namespace

std::vector<const base::Message*> all_messages() {
  std::vector<const base::Message*> list(messages::all.begin(), messages::all.end());
  list.insert(list.end(), relay::messages::all.begin(), relay::messages::all.end());
  list.insert(list.end(), receiver::messages::all.begin(), receiver::messages::all.end());
  list.insert(list.end(), vod::messages::all.begin(), vod::messages::all.end());
  return list;
}

std::string catalog() {
  std::string text;
  for (const base::Message* message : all_messages())
    if (!message->id.empty()) append_entry(text, *message);
  return text;
}

}  // namespace vodeventd
