// Statement: prepared once, run often.  All parameters are bound in one checked call; Rows resets
// the statement and forgets the bindings when its scope ends, so no path can leave a read open.
//
//   Statement insert(database, "INSERT INTO t VALUES (?1, ?2)");
//   insert.run(7, "seven");
//   for (Rows rows = select.query(7); rows.next();) use(rows.text(0));
//
// Texts and blobs are bound without a copy: they must live until run() returns or Rows is gone.
#pragma once

#include "sqlite/database.h"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sqlite {

struct Blob {
  std::string_view bytes;
};

class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) noexcept : statement_(statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  bool next();

  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  // Good until the next call of next().
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] std::string_view blob(int column) const noexcept;

 private:
  sqlite3_stmt* statement_;
};

class Statement {
 public:
  Statement(Database& database, std::string_view sql);

  // Runs a statement to its end, passing over rows it may give.
  template <class... Args>
  void run(const Args&... args) {
    Rows rows = query(args...);
    while (rows.next()) {
    }
  }

  template <class... Args>
  [[nodiscard]] Rows query(const Args&... args) {
    check_count(static_cast<int>(sizeof...(args)));
    int index = 0;
    (bind(++index, args), ...);
    return Rows(statement_.get());
  }

 private:
  void check_count(int given) const;
  void bind(int, std::nullptr_t) {}  // null is what was not bound, or has been cleared since
  void bind(int index, std::string_view text);
  void bind(int index, const Blob& blob);
  void bind(int index, std::integral auto number) {
    bind_integer(index, static_cast<std::int64_t>(number));
  }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    value ? bind(index, *value) : bind(index, nullptr);
  }
  void bind_integer(int index, std::int64_t number);
  void check_bind(int result) const;

  base::Owned<sqlite3_stmt, sqlite3_finalize> statement_;
};

}  // namespace sqlite
