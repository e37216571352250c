// Owners of libcurl's handles and nothing more: a call that fails throws std::system_error with
// curl's own words, and an option takes only the types that survive C varargs.
#pragma once

#include "base/owned.h"

#include <curl/curl.h>

#include <new>
#include <string>
#include <system_error>

namespace http {

struct EasyCategory final : std::error_category {
  [[nodiscard]] const char* name() const noexcept override { return "curl"; }
  [[nodiscard]] std::string message(int code) const override {
    return curl_easy_strerror(static_cast<CURLcode>(code));
  }
};

struct MultiCategory final : std::error_category {
  [[nodiscard]] const char* name() const noexcept override { return "curl multi"; }
  [[nodiscard]] std::string message(int code) const override {
    return curl_multi_strerror(static_cast<CURLMcode>(code));
  }
};

inline void check(CURLcode code, const char* what) {
  static const EasyCategory category;
  if (code != CURLE_OK) throw std::system_error(code, category, what);
}

inline void check(CURLMcode code, const char* what) {
  static const MultiCategory category;
  if (code != CURLM_OK) throw std::system_error(code, category, what);
}

class HeaderList {
 public:
  void add(const char* line) {
    curl_slist* longer = curl_slist_append(list_.get(), line);
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list_.release());  // it is part of the longer one now
    list_.reset(longer);
  }
  void clear() noexcept { list_.reset(); }
  [[nodiscard]] curl_slist* get() const noexcept { return list_.get(); }

 private:
  base::Owned<curl_slist, curl_slist_free_all> list_;
};

class Easy {
 public:
  using Callback = std::size_t (*)(char*, std::size_t, std::size_t, void*) noexcept;
  using Debug = int (*)(CURL*, curl_infotype, char*, std::size_t, void*) noexcept;
  using BeforeRequest = int (*)(void*, char*, char*, int, int) noexcept;

  Easy() : handle_(curl_easy_init()) {
    if (!handle_) throw std::bad_alloc();
  }

  void set(CURLoption option, long value) { put(option, value); }
  void set(CURLoption option, const char* value) { put(option, value); }
  void set(CURLoption option, void* value) { put(option, value); }
  void set(CURLoption option, Callback value) { put(option, value); }
  void set(CURLoption option, BeforeRequest value) { put(option, value); }
  void set(CURLoption option, Debug value) { put(option, value); }
  void set(CURLoption option, int value) = delete;
  void set(CURLoption option, bool value) = delete;
  void unset(CURLoption option) { set(option, static_cast<const char*>(nullptr)); }

  [[nodiscard]] long number(CURLINFO info) const noexcept { return get<long>(info); }
  [[nodiscard]] curl_off_t microseconds(CURLINFO info) const noexcept {
    return get<curl_off_t>(info);
  }

  [[nodiscard]] const char* text(CURLINFO info) const noexcept { return get<const char*>(info); }
  [[nodiscard]] const curl_certinfo* certificates() const noexcept {
    return get<const curl_certinfo*>(CURLINFO_CERTINFO);
  }

  // Back to the defaults; live connections and cached names stay.
  void reset() noexcept { curl_easy_reset(get()); }
  [[nodiscard]] CURL* get() const noexcept { return handle_.get(); }

 private:
  void put(CURLoption option, auto value) {
    check(curl_easy_setopt(get(), option, value), "set a transfer option");
  }
  template <class T>
  [[nodiscard]] T get(CURLINFO info) const noexcept {
    T value{};
    curl_easy_getinfo(get(), info, &value);
    return value;
  }

  base::Owned<CURL, curl_easy_cleanup> handle_;
};

class Multi {
 public:
  Multi() : handle_(curl_multi_init()) {
    if (!handle_) throw std::bad_alloc();
  }
  [[nodiscard]] CURLM* get() const noexcept { return handle_.get(); }

 private:
  base::Owned<CURLM, curl_multi_cleanup> handle_;
};

}  // namespace http
