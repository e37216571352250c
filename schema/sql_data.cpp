// SQL as C++ data.
#include "emit.h"

#include <stdexcept>

namespace {

// One literal of a compiler that takes no longer ones; neighbours are joined.
constexpr std::size_t literal_bytes_max = 8000;

std::string literal(const std::string& text) {
  if (text.find(")sql\"") != std::string::npos)
    throw std::runtime_error("SQL holds the text )sql\"");
  std::string out;
  for (std::size_t at = 0; at < text.size() || at == 0; at += literal_bytes_max) {
    out += "\n    R\"sql(" + text.substr(at, literal_bytes_max) + ")sql\"";
  }
  return out;
}

}  // namespace

std::string sql_data(const std::vector<std::string>& migrations, const std::string& common_views,
                     const std::string& views) {
  std::string list;
  for (const std::string& migration : migrations) list += literal(migration) + ',';
  return "// Generated from events.schema and the SQL beside it.\n"
         // No compiler in use has the standard's modest limit.
         "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
         "#include <cstddef>\n#include <string_view>\n\nnamespace inbox {\n\n"
         "extern const std::string_view migrations[];\n"
         "extern const std::size_t migration_count;\n"
         "extern const std::string_view common_views;\n"
         "extern const std::string_view views;\n\n"
         "// The last one is empty, so that there is always one.\n"
         "constinit const std::string_view migrations[] = {" +
         list +
         "\n    {}};\n"
         "constinit const std::size_t migration_count = " +
         std::to_string(migrations.size()) +
         ";\n"
         "constinit const std::string_view common_views =" +
         literal(common_views) +
         ";\n"
         "constinit const std::string_view views =" +
         literal(views) + ";\n\n}  // namespace inbox\n";
}
