// SQL from the schema: views in which the members of an event are columns.
//
// They stand on events and payloads and hold nothing.  Each starts at the index over event_type;
// SQLite parses a payload once a row and only for the columns that are asked for.
#include "emit.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace {

struct Column {
  std::string name, value, type, record, member, meaning;
};

struct View {
  std::string name, event_type, from, where;
  std::vector<Column> columns;
};

// One type of event as a view sees it.
struct Source {
  std::string format, name;           // name: of the view
  std::string event_type, spellings;  // '…', '…'
  const Member* member = nullptr;     // of EventContent or OldEvent
};

std::string text(const std::string& value) {
  std::string out = "'";
  for (char c : value) out += c == '\'' ? "''" : std::string(1, c);
  return out + '\'';
}

// The columns that stand before the members, whose names are therefore taken.
enum Own { id, event_handle, received_at, confirmed_at, item };
const std::array<Column, 5> own = {
    {{"id", "e.id", "integer", "", "", "Cursor: grows, is never used twice."},
     {"event_handle", "e.event_handle", "text", "", "", "Confirm token."},
     {"received_at", "e.received_at", "text", "", "", "When it came, UTC."},
     {"confirmed_at", "e.confirmed_at", "text", "", "", "When it was confirmed, UTC."},
     {"item", "i.key", "integer", "", "", "Place in the list, from 0."}}};

// SQL does not tell capitals from small letters.
std::string column_name(const std::string& member) {
  std::string folded = member;
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::count(own, folded, &Column::name) ? member + '_' : member;
}

Column column(const std::string& value, const Record& record, const Member& member) {
  const std::string meaning = member.doc.empty() && member.record ? member.record->doc : member.doc;
  return {column_name(member.name),
          value,
          member.type + (member.list ? "[]" : ""),
          record.name,
          member.name,
          meaning};
}

// Where the event stands in its JSON.
const std::string& holder(const Source& source) {
  return source.member->json.empty() ? source.member->name : source.member->json;
}

std::string path(const std::string& holder, const Member& member) {
  return text("$." + holder + '.' + member.name);
}

// The member's value wherever it stands: under the name of today or an older one.
std::string extract(const Source& source, const Member& member) {
  auto from = [&](const std::string& name) {
    return "json_extract(p.json, " + path(name, member) + ")";
  };
  std::string value = from(holder(source));
  for (const std::string& older : source.member->older) value += ", " + from(older);
  return source.member->older.empty() ? value : "coalesce(" + value + ")";
}

View event_view(const Source& source) {
  View view{.name = source.name,
            .event_type = source.event_type,
            .from = "events AS e JOIN payloads AS p ON p.event_id = e.id",
            .where = "e.event_type IN (" + source.spellings + ") AND e.format = " +
                     text(source.format) + " AND e.redelivery_certain IS NOT 1",
            .columns = {own[id], own[event_handle], own[received_at], own[confirmed_at]}};
  for (const Member& member : source.member->record->members) {
    view.columns.push_back(column(extract(source, member), *source.member->record, member));
  }
  return view;
}

// The path of a list, under whichever name its event came.
std::string list_path(const Source& source, const Member& list) {
  std::string out = path(holder(source), list);
  for (const std::string& older : source.member->older) {
    out = "iif(json_type(p.json, " + text("$." + older) + ") = 'object', " + path(older, list) +
          ", " + out + ")";
  }
  return out;
}

// One row for each element.  What is no list, or no record in it, is passed over: one odd event
// must not spoil a query over all.
View list_view(const Source& source, const Member& list) {
  View view = event_view(source);
  view.name += '_' + list.name;
  view.from += ",\n       json_each(p.json, " + list_path(source, list) + ") AS i";
  view.where += " AND typeof(i.key) = 'integer'";
  view.columns = {own[id], own[event_handle], own[received_at], own[item]};
  if (!list.record) {
    view.columns.push_back(
        {"value", "i.value", list.type, source.member->record->name, list.name, list.doc});
    return view;
  }
  view.where += " AND i.type = 'object'";
  for (const Member& member : list.record->members) {
    view.columns.push_back(
        column("json_extract(i.value, " + text("$." + member.name) + ")", *list.record, member));
  }
  return view;
}

std::vector<Source> new_sources(const Schema& schema) {
  std::vector<Source> all;
  auto root = std::ranges::find(schema.records, event_record, &Record::name);
  for (const Event& event : schema.events) {
    if (event.member == "-") continue;
    auto known = std::ranges::find_if(
        all, [&](const Source& source) { return source.member->name == event.member; });
    if (known != all.end()) {
      known->spellings += ", " + text(event.type);
    } else {
      auto member = std::ranges::find(root->members, event.member, &Member::name);
      all.push_back({"v3.0", event.type, event.type, text(event.type), &*member});
    }
  }
  return all;
}

std::vector<Source> old_sources(const Schema& schema) {
  std::vector<Source> all;
  for (const Record& record : schema.records) {
    for (const Member& member : record.members) {
      if (member.json.empty()) continue;
      all.push_back({"v2.0", "v2_" + member.name, member.name, text(member.name), &member});
    }
  }
  return all;
}

std::string create(const View& view) {
  std::string out =
      "DROP VIEW IF EXISTS \"" + view.name + "\";\nCREATE VIEW \"" + view.name + "\" AS\nSELECT ";
  for (const Column& column : view.columns) {
    if (&column != view.columns.data()) out += ",\n       ";
    out += column.value + " AS \"" + column.name + '"';
  }
  return out + "\nFROM " + view.from + "\nWHERE " + view.where + ";\n\n";
}

std::string doc_rows(const View& view) {
  std::string out;
  for (const Column& column : view.columns) {
    auto known = [](const std::string& word) { return word.empty() ? "NULL" : text(word); };
    out += ",\n  (" + text(view.event_type) + ", " + known(column.record) + ", " +
           known(column.member) + ", " + text(view.name) + ", " + text(column.name) + ", " +
           text(column.type) + ", " + known(column.meaning) + ')';
  }
  return out;
}

}  // namespace

std::string views(const Schema& schema) {
  std::vector<View> all;
  for (const auto& sources : {new_sources(schema), old_sources(schema)}) {
    for (const Source& source : sources) {
      all.push_back(event_view(source));
      for (const Member& member : source.member->record->members) {
        if (member.list) all.push_back(list_view(source, member));
      }
    }
  }
  std::string script, docs;
  for (const View& view : all) {
    script += create(view);
    docs += doc_rows(view);
  }
  if (all.empty()) return script;
  // A table: each opening of the database would have to parse a view of this size.
  return script +
         "DROP TABLE IF EXISTS schema_doc;\n"
         "-- What each column of the views above means.\n"
         "CREATE TABLE schema_doc (event_type TEXT, record TEXT, member TEXT, view_name TEXT,\n"
         "                         column_name TEXT, type TEXT, meaning TEXT) STRICT;\n"
         "INSERT INTO schema_doc VALUES" +
         docs.substr(1) + ";\n";
}
