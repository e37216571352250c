#include "simulation/drive.h"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>

namespace simulation {
namespace {

constexpr std::size_t block_bytes = 4096;  // what a file system gives a file at a time

}  // namespace

Drive::Drive(std::uint64_t seed, std::function<void()> on_sync)
    : random_(seed), on_sync_(std::move(on_sync)) {}

NodePtr Drive::new_node(File file) const {
  auto node = std::make_shared<Node>();
  node->file = std::move(file);
  node->life = life_;
  return node;
}

// ---- what SQLite asks for ----------------------------------------------------------------------

int Drive::open(const char* name, int& flags, NodePtr& node) {
  if (dead_) return SQLITE_IOERR;
  if (!name) {
    node = new_node(File());
    return SQLITE_OK;
  }
  if (faults_.read_only) {
    flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    flags |= SQLITE_OPEN_READONLY;
  }
  node = folder_.find(name);
  if (node && (flags & SQLITE_OPEN_EXCLUSIVE)) return SQLITE_CANTOPEN;
  if (!node) {
    // The inbox makes its database with open(2), beside SQLite, before it opens it.
    const bool made_before = (flags & SQLITE_OPEN_MAIN_DB) && (flags & SQLITE_OPEN_READWRITE);
    if (!made_before && !(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    node = new_node(File());
    folder_.add(name, node);
  }
  if (flags & SQLITE_OPEN_DELETEONCLOSE) folder_.remove(name);
  return SQLITE_OK;
}

int Drive::read(const Node& node, std::size_t offset, std::span<std::byte> out) {
  if (gone(node) || random_.chance(faults_.read_error)) return SQLITE_IOERR_READ;
  if (random_.chance(faults_.media_error)) return SQLITE_IOERR_CORRUPTFS;
  const std::size_t length = node.file.visible().read(offset, out);
  if (length == out.size()) return SQLITE_OK;
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(length), out.end(), std::byte{0});
  return SQLITE_IOERR_SHORT_READ;
}

int Drive::write(Node& node, std::size_t offset, std::span<const std::byte> data) {
  if (gone(node)) return SQLITE_IOERR_WRITE;
  if (is_last_call()) return write_last(node, offset, data);
  if (faults_.read_only) return SQLITE_IOERR_WRITE;  // as unix makes of EROFS
  if (random_.chance(faults_.write_error)) {
    write_part(node, offset, data);
    return SQLITE_IOERR_WRITE;
  }
  if (has_no_room(node, offset + data.size())) {
    // The file's last block has room left; what goes into others does not land.
    const std::size_t end =
        (node.file.visible().size() + block_bytes - 1) / block_bytes * block_bytes;
    write_part(node, offset, data.first(std::min(data.size(), end > offset ? end - offset : 0)));
    return SQLITE_FULL;
  }
  node.file.write(offset, data);
  return SQLITE_OK;
}

// At a power cut it waits with the others; a process that is killed leaves the part it had got to.
int Drive::write_last(Node& node, std::size_t offset, std::span<const std::byte> data) {
  if (crash_ == Disk::Crash::power_cut)
    node.file.write(offset, data);
  else
    write_part(node, offset, data);
  die(crash_);
  return SQLITE_IOERR_WRITE;
}

// None of it, all of it or a first part.
void Drive::write_part(Node& node, std::size_t offset, std::span<const std::byte> data) {
  const std::size_t length = random_.below(data.size() + 1);
  if (length > 0) node.file.write(offset, data.first(length));
}

bool Drive::has_no_room(const Node& node, std::size_t end) {
  if (end <= node.file.visible().size()) return false;
  return faults_.no_room || random_.chance(faults_.full);
}

int Drive::truncate(Node& node, std::size_t size) {
  if (gone(node)) return SQLITE_IOERR_TRUNCATE;
  if (is_last_call()) {
    if (crash_ == Disk::Crash::power_cut || random_.below(2) == 0) node.file.truncate(size);
    die(crash_);
    return SQLITE_IOERR_TRUNCATE;
  }
  if (faults_.read_only || random_.chance(faults_.write_error)) return SQLITE_IOERR_TRUNCATE;
  node.file.truncate(size);
  return SQLITE_OK;
}

int Drive::sync(Node& node, bool folder_too) {
  if (gone(node)) return SQLITE_IOERR_FSYNC;
  if (on_sync_) on_sync_();
  ++syncs_;
  if (is_last_call()) {
    die(crash_);
    return SQLITE_IOERR_FSYNC;
  }
  if (random_.chance(faults_.sync_error)) {
    node.file.fail_sync(random_);
    return SQLITE_IOERR_FSYNC;
  }
  if (faults_.lying_sync) return SQLITE_OK;
  node.file.sync();
  if (folder_too)
    folder_.sync();
  else
    folder_.sync_name_of(node);
  return SQLITE_OK;
}

int Drive::remove(const std::string& name, bool sync_folder) {
  if (dead_) return SQLITE_IOERR_DELETE;
  if (!folder_.find(name)) return SQLITE_IOERR_DELETE_NOENT;
  if (is_last_call()) {
    if (crash_ == Disk::Crash::power_cut || random_.below(2) == 0) folder_.remove(name);
    die(crash_);
    return SQLITE_IOERR_DELETE;
  }
  if (faults_.read_only) return SQLITE_IOERR_DELETE;
  folder_.remove(name);
  if (sync_folder && !faults_.lying_sync) folder_.sync();
  return SQLITE_OK;
}

int Drive::exists(const std::string& name, bool& result) {
  if (dead_) return SQLITE_IOERR_ACCESS;
  const NodePtr node = folder_.find(name);
  result = node && node->file.visible().size() > 0;
  return SQLITE_OK;
}

// ---- what the owner of the disk does -----------------------------------------------------------

void Drive::crash_in(std::uint64_t calls, Disk::Crash crash) {
  calls_left_ = calls;
  crash_ = crash;
}

bool Drive::is_last_call() {
  ++calls_;
  return calls_left_ > 0 && --calls_left_ == 0;
}

void Drive::die(Disk::Crash crash) {
  crash_ = crash;
  calls_left_ = 0;
  dead_ = true;
}

// After a kill the page cache is as it was: what waited still waits, and ghosts are still there.
void Drive::restart() {
  assert(dead_);
  ++life_;
  dead_ = false;
  if (crash_ == Disk::Crash::power_cut) folder_.cut_power(random_);
  folder_.replace([this](Node& node) {
    if (crash_ == Disk::Crash::power_cut) node.file.cut_power(random_);
    return new_node(std::move(node.file));
  });
}

void Drive::put(const std::string& name, const Bytes& bytes) {
  folder_.put(name, new_node(File(bytes)));
}

void Drive::clear() {
  folder_ = Folder();
  ++life_;
  calls_left_ = 0;
  dead_ = false;
}

}  // namespace simulation
