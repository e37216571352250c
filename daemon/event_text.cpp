#include "daemon/event_text.h"

#include "base/hex.h"
#include "inbox/selection.h"
#include "json/write.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace vodeventd {
namespace {

using inbox::Column;

std::span<const Column> columns(bool without_json) {
  const std::span<const Column> all = inbox::selected_columns();
  return without_json ? all.first(all.size() - 1) : all;
}

std::string hex(std::string_view bytes) {
  const void* data = bytes.data();
  return base::hex({static_cast<const std::uint8_t*>(data), bytes.size()});
}

// In valid JSON a line ends between two tokens only, and nothing has to stand there.
void append_on_one_line(std::string_view json, std::string& out) {
  for (std::size_t end; (end = json.find_first_of("\r\n")) != json.npos;
       json.remove_prefix(end + 1))
    out.append(json.substr(0, end));
  out.append(json);
}

void append_json_value(const sqlite::Rows& row, int at, Column::Kind kind, std::string& out) {
  if (row.is_null(at))
    out += "null";
  else if (kind == Column::Kind::integer)
    out += std::to_string(row.integer(at));
  else if (kind == Column::Kind::json)
    append_on_one_line(row.text(at), out);
  else
    out += json::quote(kind == Column::Kind::blob ? hex(row.blob(at)) : row.text(at));
}

void append_csv_text(std::string_view text, std::string& out) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (std::size_t quote; (quote = text.find('"')) != text.npos; text.remove_prefix(quote + 1))
    out.append(text.substr(0, quote + 1)).append(1, '"');
  out.append(text) += '"';
}

void append_csv_value(const sqlite::Rows& row, int at, Column::Kind kind, std::string& out) {
  if (row.is_null(at)) return;
  if (kind == Column::Kind::integer)
    out += std::to_string(row.integer(at));
  else if (kind == Column::Kind::blob)
    out += hex(row.blob(at));
  else
    append_csv_text(row.text(at), out);
}

}  // namespace

void EventText::append_head(std::string& out) const {
  if (!csv) return;
  const char* comma = "";
  for (const Column& column : columns(without_json)) {
    out.append(comma).append(column.name);
    comma = ",";
  }
  out += "\r\n";
}

void EventText::append(const sqlite::Rows& row, std::string& out) const {
  char before = '{';
  int at = 0;
  for (const Column& column : columns(without_json)) {
    if (csv) {
      if (at > 0) out += ',';
      append_csv_value(row, at, column.kind, out);
    } else {
      out += before;
      out.append(1, '"').append(column.name).append("\":");
      append_json_value(row, at, column.kind, out);
      before = ',';
    }
    ++at;
  }
  out += csv ? "\r\n" : "}\n";
}

}  // namespace vodeventd
