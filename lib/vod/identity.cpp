#include "vod/identity.h"

#include <string_view>

namespace vod {
namespace {

const json::Field* find(json::Rows rows, std::string_view name, json::Shape shape) {
  for (const json::Field& row : rows) {
    if (row.name == name && row.type->shape == shape) return &row;
  }
  return nullptr;
}

// The slot of a scalar member, null when the record has no such member.
template <class Scalar>
const std::optional<Scalar>* slot(json::Rows rows, const void* record, std::string_view name) {
  const json::Field* row = find(rows, name, json::type_of<Scalar>.shape);
  if (!row) return nullptr;
  return static_cast<const std::optional<Scalar>*>(
      static_cast<const void*>(static_cast<const char*>(record) + row->offset));
}

template <class Scalar>
std::optional<Scalar> value(json::Rows rows, const void* record, std::string_view name) {
  const auto* found = slot<Scalar>(rows, record, name);
  return found ? *found : std::nullopt;
}

std::optional<std::string> text(json::Rows rows, const void* record, std::string_view name) {
  if (const auto* found = slot<std::string>(rows, record, name)) return *found;
  const auto* number = slot<std::int64_t>(rows, record, name);
  if (number && *number) return std::to_string(**number);
  return std::nullopt;
}

}  // namespace

Identity identity(json::Rows rows, const void* record) {
  return {.task_id = text(rows, record, "TaskId"),
          .file_id = text(rows, record, "FileId"),
          .status = text(rows, record, "Status"),
          .err_code = value<std::int64_t>(rows, record, "ErrCode")};
}

Identity old_identity(json::Rows rows, const void* record) {
  const bool has_code = slot<std::int64_t>(rows, record, "errCode") != nullptr;
  return {.task_id = value<std::string>(rows, record, "vodTaskId"),
          .file_id = value<std::string>(rows, record, "fileId"),
          .status = value<std::string>(rows, record, "status"),
          .err_code = value<std::int64_t>(rows, record, has_code ? "errCode" : "status")};
}

}  // namespace vod
