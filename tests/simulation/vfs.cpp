#include "simulation/vfs.h"

#include <cassert>
#include <cstring>
#include <memory>

namespace simulation {
namespace {

constexpr const char* vfs_name = "simulation";
constexpr int path_bytes_max = 512;
constexpr std::int64_t julian_ms_of_1970 = 210'866'760'000'000;

// An open file, in memory that SQLite gives.
struct Handle : sqlite3_file {
  Drive* drive = nullptr;
  NodePtr node;
  bool sync_folder = false;  // with the next sync: the name may be new
  int keeps_wal = 0;
};

Handle& handle(sqlite3_file* file) { return *static_cast<Handle*>(file); }
Vfs& self(sqlite3_vfs* vfs) { return *static_cast<Vfs*>(vfs->pAppData); }

std::span<std::byte> span_of(void* data, int length) {
  return {static_cast<std::byte*>(data), static_cast<std::size_t>(length)};
}
std::span<const std::byte> span_of(const void* data, int length) {
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(length)};
}

// ---- a file's bytes ----------------------------------------------------------------------------

int close_file(sqlite3_file* file) {
  Handle& open = handle(file);
  open.node->locks.unlock(&open, SQLITE_LOCK_NONE);
  open.node->index.leave(&open);
  std::destroy_at(&open);
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* data, int length, sqlite3_int64 offset) {
  Handle& open = handle(file);
  return open.drive->read(*open.node, static_cast<std::size_t>(offset), span_of(data, length));
}

int write(sqlite3_file* file, const void* data, int length, sqlite3_int64 offset) {
  Handle& open = handle(file);
  return open.drive->write(*open.node, static_cast<std::size_t>(offset), span_of(data, length));
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  Handle& open = handle(file);
  return open.drive->truncate(*open.node, static_cast<std::size_t>(size));
}

int sync(sqlite3_file* file, int) {
  Handle& open = handle(file);
  const int result = open.drive->sync(*open.node, open.sync_folder);
  if (result == SQLITE_OK) open.sync_folder = false;
  return result;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  Handle& open = handle(file);
  if (open.drive->gone(*open.node)) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(open.node->file.visible().size());
  return SQLITE_OK;
}

// ---- locks: giving one back always works -------------------------------------------------------

int lock(sqlite3_file* file, int level) {
  Handle& open = handle(file);
  if (open.drive->gone(*open.node)) return SQLITE_IOERR_LOCK;
  return open.node->locks.lock(&open, level);
}

int unlock(sqlite3_file* file, int level) {
  Handle& open = handle(file);
  open.node->locks.unlock(&open, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* result) {
  Handle& open = handle(file);
  if (open.drive->gone(*open.node)) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *result = open.node->locks.reserved();
  return SQLITE_OK;
}

int shm_map(sqlite3_file* file, int region, int bytes, int make, void volatile** memory) {
  Handle& open = handle(file);
  if (open.drive->gone(*open.node)) return SQLITE_IOERR_SHMMAP;
  open.node->index.enter(&open);
  return open.node->index.map(static_cast<std::size_t>(region), static_cast<std::size_t>(bytes),
                              make != 0, memory);
}

int shm_lock(sqlite3_file* file, int first, int count, int flags) {
  Handle& open = handle(file);
  if ((flags & SQLITE_SHM_LOCK) && open.drive->gone(*open.node)) return SQLITE_IOERR_SHMLOCK;
  return open.node->index.lock(&open, first, count, flags);
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int) {
  Handle& open = handle(file);
  open.node->index.leave(&open);
  return SQLITE_OK;
}

// ---- what the unix VFS says of itself ----------------------------------------------------------

// A number below zero asks, others set.
int file_control(sqlite3_file* file, int operation, void* argument) {
  if (operation != SQLITE_FCNTL_PERSIST_WAL) return SQLITE_NOTFOUND;
  int& value = *static_cast<int*>(argument);
  int& kept = handle(file).keeps_wal;
  if (value < 0)
    value = kept;
  else
    kept = value != 0;
  return SQLITE_OK;
}

int sector_size(sqlite3_file*) { return 4096; }
int device_characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

constexpr sqlite3_io_methods methods{
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_reserved,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// ---- the file system ---------------------------------------------------------------------------

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* granted) {
  file->pMethods = nullptr;  // nothing to close unless it succeeds
  Drive& drive = self(vfs).drive();
  NodePtr node;
  int given = flags;
  const int result = drive.open(name, given, node);
  if (result != SQLITE_OK) return result;
  Handle& open = *std::construct_at(static_cast<Handle*>(file));
  open.pMethods = &methods;
  open.drive = &drive;
  open.node = std::move(node);
  const int journal = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  open.sync_folder = (flags & journal) != 0 && (flags & SQLITE_OPEN_CREATE) != 0;
  if (granted) *granted = given;
  return SQLITE_OK;
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return self(vfs).drive().remove(name, sync_folder != 0);
}

int access(sqlite3_vfs* vfs, const char* name, int, int* result) {
  bool exists = false;
  const int code = self(vfs).drive().exists(name, exists);
  *result = exists;
  return code;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  return sqlite3_snprintf(size, out, "%s", name) ? SQLITE_OK : SQLITE_CANTOPEN;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>(self(vfs).random().next() & 0xff);
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* time) {
  *time = self(vfs).now_ms() + julian_ms_of_1970;
  return SQLITE_OK;
}

int current_time(sqlite3_vfs* vfs, double* days) {
  *days = static_cast<double>(self(vfs).now_ms() + julian_ms_of_1970) / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

Vfs::Vfs(Drive& drive, std::uint64_t seed, std::function<std::int64_t()> now_ms)
    : drive_(drive), random_(seed), now_ms_(std::move(now_ms)) {
  registered_.iVersion = 2;
  registered_.szOsFile = sizeof(Handle);
  registered_.mxPathname = path_bytes_max;
  registered_.zName = vfs_name;
  registered_.pAppData = this;
  registered_.xOpen = open_file;
  registered_.xDelete = remove_file;
  registered_.xAccess = access;
  registered_.xFullPathname = full_path;
  registered_.xRandomness = randomness;
  registered_.xSleep = sleep;
  registered_.xCurrentTime = current_time;
  registered_.xGetLastError = last_error;
  registered_.xCurrentTimeInt64 = current_time_ms;
  assert(sqlite3_vfs_find(vfs_name) == nullptr);
  sqlite3_vfs_register(&registered_, 1);
  // SQLite's generator lives as long as the process: it takes its seed anew from us, and from the
  // real system when we are gone.
  sqlite3_randomness(0, nullptr);
}

Vfs::~Vfs() {
  sqlite3_vfs_unregister(&registered_);
  sqlite3_randomness(0, nullptr);
}

}  // namespace simulation
