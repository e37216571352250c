// generate SCHEMA OUT_DIR [SQL...]: writes below OUT_DIR
//   vod/events.h, vod/events.cpp   structs, rows and event types of the schema
//   inbox/schema.cpp               the SQL files and the generated views, as data
// An SQL file is inbox-<n>.sql, a migration, of which none may be missing from 1 on; or views.sql.
#include "emit.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

// Leaves a file alone that says the same already, so that nothing is compiled without need.
void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path) && read(path) == text) return;
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// 12 of inbox-12.sql
int migration_number(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string_view prefix = "inbox-", suffix = ".sql";
  int number = 0;
  if (name.starts_with(prefix) && name.ends_with(suffix)) {
    const char* end = name.data() + name.size() - suffix.size();
    auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
    if (error == std::errc() && stop == end && number > 0) return number;
  }
  throw std::runtime_error(name + " is neither inbox-<n>.sql nor views.sql");
}

struct Sql {
  std::vector<std::string> migrations;
  std::string common_views;
};

Sql read_sql(const std::vector<std::string>& paths) {
  Sql sql;
  std::map<int, std::string> numbered;
  for (const fs::path path : paths) {
    if (path.filename() == "views.sql") {
      sql.common_views = read(path);
    } else {
      numbered[migration_number(path)] = read(path);
    }
  }
  for (auto& [number, text] : numbered) {
    sql.migrations.push_back(text);
    if (number != static_cast<int>(sql.migrations.size())) {
      throw std::runtime_error("inbox-" + std::to_string(sql.migrations.size()) +
                               ".sql is missing");
    }
  }
  return sql;
}

Schema read_schema(const std::string& path) {
  std::istringstream text(read(path));
  return parse(text);
}

void generate(const std::string& schema_path, const fs::path& out,
              const std::vector<std::string>& sql_paths) {
  const Schema schema = read_schema(schema_path);
  const Sql sql = read_sql(sql_paths);
  write(out / "vod/events.h", structs(schema));
  write(out / "vod/events.cpp", rows(schema));
  write(out / "inbox/schema.cpp", sql_data(sql.migrations, sql.common_views, views(schema)));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    std::cerr << "usage: generate SCHEMA OUT_DIR [SQL...]\n";
    return 2;
  }
  try {
    generate(arguments[0], arguments[1], {arguments.begin() + 2, arguments.end()});
  } catch (const Wrong& wrong) {
    std::cerr << arguments[0] << ':' << wrong.line << ": " << wrong.what() << '\n';
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "generate: " << error.what() << '\n';
    return 1;
  }
}
