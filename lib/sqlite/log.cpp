#include "sqlite/log.h"

#include "sqlite/database.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace sqlite {
namespace {

constexpr std::size_t header_bytes = 32, frame_header_bytes = 24, salts_bytes = 8;
constexpr std::size_t page_size_at = 8, salts_at = 16, frame_salts_at = 8;
constexpr std::size_t at_once_bytes = std::size_t{1} << 16;

void must(int result) {
  if (result != SQLITE_OK)
    throw std::system_error(result, category(), "write the write-ahead log again");
}

std::string read(sqlite3_file& log, std::size_t at, std::size_t length) {
  std::string bytes(length, '\0');
  must(log.pMethods->xRead(&log, bytes.data(), static_cast<int>(length),
                           static_cast<sqlite3_int64>(at)));
  return bytes;
}

void write(sqlite3_file& log, std::size_t at, std::string_view bytes) {
  must(log.pMethods->xWrite(&log, bytes.data(), static_cast<int>(bytes.size()),
                            static_cast<sqlite3_int64>(at)));
}

std::size_t page_bytes(std::string_view header) {
  std::size_t number = 0;
  for (const char byte : header.substr(page_size_at, 4))
    number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// How much of these frames, from the first one on, has such salts.
std::size_t valid_bytes(std::string_view frames, std::size_t frame_bytes, std::string_view salts) {
  std::size_t valid = 0;
  while (valid < frames.size() && frames.substr(valid + frame_salts_at, salts_bytes) == salts)
    valid += frame_bytes;
  return valid;
}

}  // namespace

void write_again(sqlite3_file& log) {
  sqlite3_int64 size = 0;
  must(log.pMethods->xFileSize(&log, &size));
  const auto end = static_cast<std::size_t>(size);
  if (end < header_bytes) return;
  const std::string header = read(log, 0, header_bytes);
  write(log, 0, header);
  const std::string_view salts = std::string_view(header).substr(salts_at, salts_bytes);
  const std::size_t frame_bytes = frame_header_bytes + page_bytes(header);
  const std::size_t frames_at_once = std::max<std::size_t>(at_once_bytes / frame_bytes, 1);
  for (std::size_t at = header_bytes; at + frame_bytes <= end;) {
    const std::size_t frames = std::min((end - at) / frame_bytes, frames_at_once);
    const std::string bytes = read(log, at, frames * frame_bytes);
    const std::size_t valid = valid_bytes(bytes, frame_bytes, salts);
    write(log, at, std::string_view(bytes).substr(0, valid));
    if (valid < bytes.size()) break;
    at += valid;
  }
  must(log.pMethods->xSync(&log, SQLITE_SYNC_FULL));
}

}  // namespace sqlite
