#include "import/gunzip.h"

#include <zlib.h>

#include <array>
#include <new>
#include <utility>

namespace import {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;
constexpr int gzip_only = 15 + 16;  // inflateInit2()'s way to say: the largest window, and no zlib

constexpr char magic[gzip_magic_bytes] = {'\x1f', '\x8b'};

}  // namespace

bool is_gzip(std::string_view start) noexcept { return start.starts_with({magic, sizeof magic}); }

struct Gunzip::Stream {
  Stream() {
    if (inflateInit2(&z, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { inflateEnd(&z); }

  z_stream z{};
  std::array<char, chunk_bytes> text;
};

Gunzip::Gunzip() : stream_(std::make_unique<Stream>()) {}

Gunzip::~Gunzip() = default;

void Gunzip::feed(std::string_view packed) {
  stream_->z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream_->z.avail_in = static_cast<uInt>(packed.size());
}

void Gunzip::end() { ended_ = true; }

std::string_view Gunzip::read() {
  z_stream& z = stream_->z;
  for (;;) {
    if (state_ == State::between) begin_member();
    if (state_ != State::member) return {};
    z.next_out = reinterpret_cast<Bytef*>(stream_->text.data());
    z.avail_out = chunk_bytes;
    const int result = inflate(&z, Z_NO_FLUSH);
    const std::size_t size = chunk_bytes - z.avail_out;
    if (result == Z_STREAM_END) {
      state_ = State::between;
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      stop(std::string("the gzip is damaged: ") + (z.msg ? z.msg : zError(result)));
    } else if (size == 0) {
      if (ended_) stop("the gzip breaks off: is the end missing?");
      return {};
    }
    if (size > 0) return {stream_->text.data(), size};
  }
}

// gzip fills up with zero bytes to the end of a block; they mean nothing.
void Gunzip::begin_member() {
  z_stream& z = stream_->z;
  while (z.avail_in > 0 && *z.next_in == 0) {
    ++z.next_in;
    --z.avail_in;
  }
  if (z.avail_in == 0) return;
  if (*z.next_in != static_cast<Bytef>(magic[0]))
    return stop("behind the gzip stands something else, which was passed over");
  inflateReset(&z);
  state_ = State::member;
}

void Gunzip::stop(std::string trouble) {
  trouble_ = std::move(trouble);
  state_ = State::over;
}

}  // namespace import
