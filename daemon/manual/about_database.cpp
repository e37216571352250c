// Tables and views: names and types as SQLite has them after all scripts have run, their meaning
// from the scripts' comments.
#include "daemon/manual/facts.h"
#include "daemon/manual/roff.h"
#include "daemon/manual/sql_comments.h"
#include "inbox/audit.h"
#include "inbox/schema.h"
#include "sqlite/statement.h"
#include "vod/events.h"

#include <cctype>
#include <span>

namespace manual {
namespace {

using Comments = std::map<std::string, Commented>;

std::span<const std::string_view> migrations() {
  return {inbox::migrations, inbox::migration_count};
}

sqlite::Database made() {
  sqlite::Database database(":memory:", sqlite::Database::Mode::create);
  for (const std::string_view script : migrations()) database.run(script);
  database.run(inbox::common_views);
  database.run(inbox::views);
  return database;
}

Comments all_comments() {
  Comments comments;
  for (const std::string_view script : migrations()) add_comments(comments, script);
  add_comments(comments, inbox::common_views);
  add_comments(comments, inbox::views);
  return comments;
}

std::string type_of(const sqlite::Rows& column) {
  std::string type(column.text(1));
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (type.empty()) return "computed";
  return column.integer(2) + column.integer(3) == 0 ? type + ", may be null" : type;
}

std::string columns_of(sqlite::Database& database, const std::string& table,
                       const Commented& comments) {
  std::string text;
  sqlite::Statement columns(database,
                            "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?1)");
  for (sqlite::Rows rows = columns.query(table); rows.next();) {
    const auto comment = comments.columns.find(std::string(rows.text(0)));
    std::string body = "(" + type_of(rows) + ")";
    if (comment != comments.columns.end()) body += ' ' + prose(capital(comment->second));
    text += item(bold(rows.text(0)), body);
  }
  return text;
}

std::string names_of(sqlite::Database& database, const std::string& view) {
  std::string text;
  sqlite::Statement columns(database, "SELECT name FROM pragma_table_info(?1)");
  for (sqlite::Rows rows = columns.query(view); rows.next();)
    text += (text.empty() ? "" : ",\n") + bold(rows.text(0));
  return text;
}

std::string body_of(const sqlite::Rows& column) {
  std::string text = "(" + literal(column.text(1)) + ")";
  if (!column.is_null(2)) text += ' ' + prose(column.text(2));
  return text;
}

// The columns that are the event's own, of a view and of each of its lists.
std::string members(sqlite::Database& database, std::string_view event_type) {
  std::string text, view;
  sqlite::Statement columns(database,
                            "SELECT column_name, type, meaning, view_name FROM schema_doc"
                            " WHERE event_type = ?1 AND member IS NOT NULL ORDER BY rowid");
  for (sqlite::Rows rows = columns.query(event_type); rows.next();) {
    if (rows.text(3) != view) {
      view = rows.text(3);
      text += ".SS " + literal(view) + '\n';
    }
    text += item(bold(rows.text(0)), body_of(rows));
  }
  return text;
}

// A view reads every spelling of its type.
std::string older_types(const vod::EventType& type) {
  std::string text;
  for (const vod::EventType& other : vod::event_types())
    if (other.member == type.member && other.name != type.name)
      text += (text.empty() ? "" : ", ") + bold(other.name);
  return text;
}

}  // namespace

std::string tables() {
  sqlite::Database database = made();
  Comments comments = all_comments();
  std::string text;
  sqlite::Statement names(database,
                          "SELECT name FROM sqlite_master WHERE type = 'table'"
                          " AND name NOT LIKE 'sqlite_%' ORDER BY rowid");
  for (sqlite::Rows rows = names.query(); rows.next();) {
    const std::string name(rows.text(0));
    text += ".SS " + literal(name) + '\n';
    if (!comments[name].comment.empty()) text += prose(comments[name].comment) + '\n';
    text += columns_of(database, name, comments[name]);
  }
  return text;
}

std::string common_views() {
  sqlite::Database database = made();
  Comments comments = comments_in(inbox::common_views);
  std::string text;
  for (const auto& [name, commented] : comments)
    text += ".SS " + literal(name) + '\n' + prose(commented.comment) + "\nColumns:\n" +
            names_of(database, name) + ".\n";
  return text;
}

std::string event_views() {
  sqlite::Database database = made();
  std::string text;
  for (const vod::EventType& type : vod::event_types()) {
    const std::string shown = members(database, type.name);
    text += shown;
    const std::string older = older_types(type);
    if (!shown.empty() && !older.empty()) text += ".PP\nHolds events of type " + older + " too.\n";
  }
  return text;
}

std::string audit_rules() {
  std::string text;
  for (const inbox::Rule& rule : inbox::rules())
    text += item(bold(rule.name), prose(capital(rule.sentence)));
  return text;
}

}  // namespace manual
