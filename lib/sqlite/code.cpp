#include "sqlite/code.h"

#include <sqlite3.h>

#include <algorithm>
#include <iterator>

namespace sqlite {
namespace {

struct Name {
  int code;
  const char* text;
};

#define NAME(code) \
  { code, #code }

constexpr Name names[] = {
    NAME(SQLITE_OK),
    NAME(SQLITE_ERROR),
    NAME(SQLITE_INTERNAL),
    NAME(SQLITE_PERM),
    NAME(SQLITE_ABORT),
    NAME(SQLITE_BUSY),
    NAME(SQLITE_LOCKED),
    NAME(SQLITE_NOMEM),
    NAME(SQLITE_READONLY),
    NAME(SQLITE_INTERRUPT),
    NAME(SQLITE_IOERR),
    NAME(SQLITE_CORRUPT),
    NAME(SQLITE_NOTFOUND),
    NAME(SQLITE_FULL),
    NAME(SQLITE_CANTOPEN),
    NAME(SQLITE_PROTOCOL),
    NAME(SQLITE_SCHEMA),
    NAME(SQLITE_TOOBIG),
    NAME(SQLITE_CONSTRAINT),
    NAME(SQLITE_MISMATCH),
    NAME(SQLITE_MISUSE),
    NAME(SQLITE_AUTH),
    NAME(SQLITE_RANGE),
    NAME(SQLITE_NOTADB),
    NAME(SQLITE_BUSY_RECOVERY),
    NAME(SQLITE_BUSY_SNAPSHOT),
    NAME(SQLITE_READONLY_DBMOVED),
    NAME(SQLITE_READONLY_CANTLOCK),
    NAME(SQLITE_IOERR_READ),
    NAME(SQLITE_IOERR_SHORT_READ),
    NAME(SQLITE_IOERR_WRITE),
    NAME(SQLITE_IOERR_FSYNC),
    NAME(SQLITE_IOERR_DIR_FSYNC),
    NAME(SQLITE_IOERR_TRUNCATE),
    NAME(SQLITE_IOERR_FSTAT),
    NAME(SQLITE_IOERR_LOCK),
    NAME(SQLITE_IOERR_SHMOPEN),
    NAME(SQLITE_IOERR_SHMSIZE),
    NAME(SQLITE_IOERR_SHMMAP),
    NAME(SQLITE_CANTOPEN_ISDIR),
};

#undef NAME

}  // namespace

std::string name_of(int extended_code) {
  const auto find = [](int code) {
    return std::find_if(std::begin(names), std::end(names),
                        [code](const Name& name) { return name.code == code; });
  };
  if (const auto* name = find(extended_code); name != std::end(names)) return name->text;
  const auto* primary = find(extended_code & 0xff);
  const std::string base = primary == std::end(names) ? "SQLITE" : primary->text;
  return base + '-' + std::to_string(extended_code);
}

}  // namespace sqlite
