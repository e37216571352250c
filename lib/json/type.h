// Records as rows of constant data: what a walker needs to know of a struct to read and write it
// without being compiled for it.  The rows are generated from schema/events.schema, together with
// the structs; the casts are safe because a row takes its place and its type from the same member.
//
// A slot in a record is one of
//   std::optional<scalar>   text, integer, natural, number, boolean; empty when absent or null
//   base::Box<Record>       a record; empty when absent or null
//   std::vector<X>          a list; empty when absent or null
//   Any                     nothing: the member may be anything and stays in the JSON
#pragma once

#include "base/box.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace json {

enum class Shape : std::uint8_t { boolean, integer, natural, number, text, record, list, any };

// Takes no value, and counts as absent: of a member whose name is known but not its form.
struct Any {};

struct Field;
using Rows = std::span<const Field>;

// How the walker handles one slot without knowing its C++ type.
struct Type {
  Shape shape;
  Rows (*rows)() = nullptr;       // record: its fields
  const Type* element = nullptr;  // list: what it holds
  std::size_t stride = 0;         // list: bytes from one element to the next

  // Makes the value and gives its place; for a list, appends one element.  Null: the slot is the
  // value.  A pointer into a list is good until the next element is made.
  void* (*make)(void* slot) = nullptr;

  // The first of `count` values, null when there is none.  Null: the slot is the value.
  const void* (*peek)(const void* slot, std::size_t& count) = nullptr;
};

struct Field {
  std::string_view name;
  std::uint32_t offset;
  const Type* type;
  // The name is an older spelling of the field that stands before it in the rows: read, with a
  // diagnostic, never written.
  bool alias = false;
};

template <class T>
constexpr Type plain() {
  if constexpr (std::is_same_v<T, bool>) {
    return {Shape::boolean};
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return {Shape::integer};
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return {Shape::natural};
  } else if constexpr (std::is_same_v<T, double>) {
    return {Shape::number};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return {Shape::text};
  } else if constexpr (std::is_same_v<T, Any>) {
    return {.shape = Shape::any, .peek = [](const void*, std::size_t& count) -> const void* {
              count = 0;
              return nullptr;
            }};
  } else {
    return {Shape::record, &T::rows};
  }
}

template <class Slot>
constexpr Type nullable() {
  Type type = plain<std::remove_cvref_t<decltype(*std::declval<Slot&>())>>();
  type.make = [](void* slot) -> void* { return &static_cast<Slot*>(slot)->emplace(); };
  type.peek = [](const void* slot, std::size_t& count) -> const void* {
    const auto& value = *static_cast<const Slot*>(slot);
    count = value ? 1 : 0;
    return value ? &*value : nullptr;
  };
  return type;
}

template <class T>
inline constexpr Type type_of = plain<T>();

template <class T>
inline constexpr Type type_of<std::optional<T>> = nullable<std::optional<T>>();

template <class T>
inline constexpr Type type_of<base::Box<T>> = nullable<base::Box<T>>();

template <class T>
inline constexpr Type type_of<std::vector<T>> = {
    .shape = Shape::list,
    .element = &type_of<T>,
    .stride = sizeof(T),
    .make = [](void* slot) -> void* { return &static_cast<std::vector<T>*>(slot)->emplace_back(); },
    .peek = [](const void* slot, std::size_t& count) -> const void* {
      const auto& list = *static_cast<const std::vector<T>*>(slot);
      count = list.size();
      return list.data();
    }};

}  // namespace json
