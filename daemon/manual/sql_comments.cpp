#include "daemon/manual/sql_comments.h"

#include <sstream>
#include <utility>

namespace manual {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

// The rest of a line behind its --.
std::string comment_in(const std::string& line) {
  const std::size_t at = line.find("--");
  return at == line.npos ? "" : trimmed(std::string_view(line).substr(at + 2));
}

void append(std::string& text, const std::string& more) {
  if (!text.empty() && !more.empty()) text += ' ';
  text += more;
}

class Reader {
 public:
  explicit Reader(std::map<std::string, Commented>& all) : all_(all) {}

  void read(const std::string& line) {
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (table_)
      read_column(line, first);
    else if (first.starts_with("--"))
      append(above_, comment_in(line));
    else if (first == "CREATE" && (second == "TABLE" || second == "VIEW"))
      begin(third, second == "TABLE" && line.find(");") == line.npos);
    else if (first == "ALTER" && second == "TABLE")
      read_addition(line, third);
    else if (first != "DROP")
      above_.clear();
  }

 private:
  void begin(const std::string& name, bool columns_follow) {
    Commented& here = all_[name];
    here.comment = std::exchange(above_, {});
    if (columns_follow) table_ = &here;
    column_.clear();
  }

  void read_column(const std::string& line, const std::string& name) {
    if (name.starts_with(')') || line.find(");") != line.npos) {
      table_ = nullptr;
      return;
    }
    if (!name.starts_with("--")) column_ = name;
    const std::string comment = comment_in(line);
    if (!comment.empty()) append(table_->columns[column_], comment);
  }

  // ALTER TABLE events ADD COLUMN name TEXT;  -- comment
  void read_addition(const std::string& line, const std::string& table) {
    const std::size_t at = line.find("ADD COLUMN ");
    std::string comment = std::exchange(above_, {});
    append(comment, comment_in(line));
    if (at == line.npos || comment.empty()) return;
    std::istringstream rest(line.substr(at));
    std::string name;
    rest >> name >> name >> name;
    all_[table].columns[name] = comment;
  }

  std::map<std::string, Commented>& all_;
  Commented* table_ = nullptr;  // whose columns are being read
  std::string column_, above_;
};

}  // namespace

void add_comments(std::map<std::string, Commented>& all, std::string_view sql) {
  std::istringstream lines{std::string(sql)};
  Reader reader(all);
  for (std::string line; std::getline(lines, line);) reader.read(line);
}

std::map<std::string, Commented> comments_in(std::string_view sql) {
  std::map<std::string, Commented> all;
  add_comments(all, sql);
  return all;
}

}  // namespace manual
