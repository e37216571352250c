#include "simulation/disk.h"

#include "simulation/drive.h"
#include "simulation/vfs.h"

#include <array>
#include <map>

namespace simulation {
namespace {

constexpr std::array<const char*, 3> suffixes{"", "-wal", "-journal"};

}  // namespace

struct Disk::Impl {
  Impl(std::uint64_t seed, std::function<std::int64_t()> now_ms, std::function<void()> on_sync)
      : drive(seed, std::move(on_sync)), vfs(drive, ~seed, std::move(now_ms)) {}

  Drive drive;
  Vfs vfs;
};

struct Disk::Image {
  std::map<std::string, Bytes> files;
};

Disk::Disk(std::uint64_t seed, std::function<std::int64_t()> now_ms, std::function<void()> on_sync)
    : impl_(std::make_unique<Impl>(seed, std::move(now_ms), std::move(on_sync))) {}

Disk::~Disk() = default;

void Disk::set_faults(const Faults& faults) { impl_->drive.set_faults(faults); }

void Disk::crash_in(std::uint64_t calls, Crash crash) { impl_->drive.crash_in(calls, crash); }

bool Disk::dead() const { return impl_->drive.dead(); }

void Disk::crash_now(Crash crash) {
  if (!impl_->drive.dead()) impl_->drive.die(crash);
}

void Disk::restart() { impl_->drive.restart(); }

void Disk::copy_durable(const std::string& from, const std::string& to) {
  for (const char* suffix : suffixes) {
    const NodePtr node = impl_->drive.folder().find_durable(from + suffix);
    impl_->drive.erase(to + suffix);
    if (node) impl_->drive.put(to + suffix, node->file.durable());
  }
}

void Disk::remove(const std::string& path) {
  for (const char* suffix : suffixes) impl_->drive.erase(path + suffix);
}

std::uint64_t Disk::calls() const { return impl_->drive.calls(); }
std::uint64_t Disk::syncs() const { return impl_->drive.syncs(); }

std::size_t Disk::bytes() const {
  std::size_t sum = 0;
  impl_->drive.folder().each(
      [&](const std::string&, const Node& node) { sum += node.file.visible().size(); });
  return sum;
}

std::size_t Disk::memory_bytes() const {
  std::size_t sum = 0;
  impl_->drive.folder().each(
      [&](const std::string&, const Node& node) { sum += node.file.memory_bytes(); });
  return sum;
}

std::shared_ptr<const Disk::Image> Disk::image() const {
  auto image = std::make_shared<Image>();
  impl_->drive.folder().each([&](const std::string& name, const Node& node) {
    image->files.emplace(name, node.file.visible());
  });
  return image;
}

void Disk::load(const Image& image) {
  impl_->drive.clear();
  for (const auto& [name, bytes] : image.files) impl_->drive.put(name, bytes);
}

}  // namespace simulation
