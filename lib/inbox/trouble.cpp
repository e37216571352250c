#include "inbox/trouble.h"

#include "sqlite/code.h"
#include "sqlite/database.h"

#include <cerrno>
#include <cstring>

namespace inbox {
namespace {

struct Row {
  int code;
  std::string_view advice;
};

// By primary code.
constexpr Row of_sqlite[] = {
    {SQLITE_FULL, "The disk is full: free some room."},
    {SQLITE_BUSY, "Another program holds the database's lock: end its transaction."},
    {SQLITE_READONLY,
     "The database can't be written: check the mount, the owner and the permissions of its "
     "folder."},
    {SQLITE_CANTOPEN,
     "A file beside the database can't be opened: check its folder, and how many files may be "
     "open."},
    {SQLITE_IOERR, "The disk failed: look at journalctl -k, at the mount and at what is free."},
    {SQLITE_NOMEM, "This machine, or the service's MemoryMax, has too little memory."},
    {SQLITE_CORRUPT, "The file is damaged: run vodeventd audit."},
    {SQLITE_NOTADB, "The file is damaged: run vodeventd audit."},
};

constexpr Row of_system[] = {
    {EFBIG, "A reader keeps the write-ahead log from being taken in: end its transaction."},
    {ESTALE, "Put the database back to its place; stop the daemon before moving it."},
    {ENOSPC, "The disk is full: free some room."},
    {EACCES, "Check the owner and the permissions of the path."},
    {EPERM, "Check the owner and the permissions of the path."},
    {ENOENT, "Check the path."},
    {EROFS, "The file system can't be written: check the mount."},
    {EMFILE, "Too many files are open: raise LimitNOFILE."},
    {ENFILE, "This machine has too many files open."},
};

constexpr std::string_view otherwise = "Look at the error, and at journalctl -k.";

template <std::size_t N>
std::string_view advice_in(const Row (&rows)[N], int code) {
  for (const Row& row : rows)
    if (row.code == code) return row.advice;
  return otherwise;
}

}  // namespace

Trouble trouble_of(const std::system_error& error, int sqlite_errno) {
  Trouble trouble{.error = error.what(), .code = {}};
  const int code = error.code().value();
  if (error.code().category() == sqlite::category()) {
    const int primary = sqlite::primary_code(error.code());
    trouble.code = sqlite::name_of(code);
    // SQLite notes the system's errno for these two alone.
    const bool noted = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
    if (noted && sqlite_errno != 0) trouble.errno_text = std::to_string(sqlite_errno);
    if (primary == SQLITE_FULL) trouble.errno_text = std::to_string(ENOSPC);
    trouble.advice = advice_in(of_sqlite, primary);
    return trouble;
  }
  const char* name = strerrorname_np(code);
  trouble.code = name ? std::string(name) : std::to_string(code);
  trouble.errno_text = std::to_string(code);
  trouble.advice = advice_in(of_system, code);
  return trouble;
}

}  // namespace inbox
