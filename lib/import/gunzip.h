// Gunzip: the text inside gzip, one member or several behind one another (RFC 1952), chunk by
// chunk.
//
// What comes before a place where it is damaged or breaks off is given first; then trouble() says
// so, and nothing more comes.  Owns zlib's state and a chunk.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace import {

// Whether a file that begins with these bytes is gzip; so many tell.
inline constexpr std::size_t gzip_magic_bytes = 2;
bool is_gzip(std::string_view start) noexcept;

class Gunzip {
 public:
  // Throws std::bad_alloc.
  Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip();

  // The next packed bytes, which must live until read() gives nothing more.
  void feed(std::string_view packed);

  // There are no more packed bytes.
  void end();

  // Some of the text, empty when more packed bytes are needed or when it is over.  Lives until the
  // next call.
  std::string_view read();

  // Why the text is over before its end; empty: it is not.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  struct Stream;

  // Between members anything may follow; only another member is text.
  enum class State { member, between, over };

  void begin_member();
  void stop(std::string trouble);

  std::unique_ptr<Stream> stream_;
  State state_ = State::member;
  bool ended_ = false;
  std::string trouble_;
};

}  // namespace import
