#include "sqlite/temp_files.h"

#include <sqlite3.h>

#include <new>

namespace sqlite {

TempFiles::TempFiles(const std::string& folder) {
  sqlite3_temp_directory = sqlite3_mprintf("%s", folder.c_str());
  if (!sqlite3_temp_directory) throw std::bad_alloc();
}

TempFiles::~TempFiles() {
  sqlite3_free(sqlite3_temp_directory);
  sqlite3_temp_directory = nullptr;
}

}  // namespace sqlite
