// RawFile: a file opened through SQLite's default VFS, as SQLite itself does, without a database.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace simulation {

class RawFile {
 public:
  explicit RawFile(const std::string& name,
                   int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB)
      : memory_(static_cast<std::size_t>(vfs()->szOsFile) / sizeof(std::max_align_t) + 1),
        opened_(vfs()->xOpen(vfs(), name.c_str(), file(), flags, &granted_)) {}
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    if (file()->pMethods) file()->pMethods->xClose(file());
  }

  // SQLite's result codes.
  [[nodiscard]] int opened() const { return opened_; }
  int write(std::string_view text, std::size_t offset) {
    return file()->pMethods->xWrite(file(), text.data(), static_cast<int>(text.size()),
                                    static_cast<sqlite3_int64>(offset));
  }
  int truncate(std::size_t size) {
    return file()->pMethods->xTruncate(file(), static_cast<sqlite3_int64>(size));
  }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  int read(std::string& text, std::size_t offset) {
    return file()->pMethods->xRead(file(), text.data(), static_cast<int>(text.size()),
                                   static_cast<sqlite3_int64>(offset));
  }

  // All of it.
  std::string text() {
    sqlite3_int64 size = -1;
    if (file()->pMethods->xFileSize(file(), &size) != SQLITE_OK) return "(no size)";
    std::string text(static_cast<std::size_t>(size), '?');
    return size == 0 || read(text, 0) == SQLITE_OK ? text : "(no read)";
  }

 private:
  static sqlite3_vfs* vfs() { return sqlite3_vfs_find(nullptr); }
  sqlite3_file* file() { return static_cast<sqlite3_file*>(static_cast<void*>(memory_.data())); }

  std::vector<std::max_align_t> memory_;
  int granted_ = 0;
  int opened_;
};

inline bool exists(const std::string& name) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  int result = 0;
  return vfs->xAccess(vfs, name.c_str(), SQLITE_ACCESS_EXISTS, &result) == SQLITE_OK && result;
}

inline int remove(const std::string& name, bool sync_folder) {
  sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
  return vfs->xDelete(vfs, name.c_str(), sync_folder);
}

}  // namespace simulation
