// The SQL of schema/, embedded at build time (generated schema.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace inbox {

// inbox-1.sql, inbox-2.sql, …: number n makes version n.
extern const std::string_view migrations[];
extern const std::size_t migration_count;
extern const std::string_view views;         // generated from the event types
extern const std::string_view common_views;  // views.sql

// Tells whether the views of a database are the ones above: hex SHA-256 of both.
std::string views_fingerprint();

}  // namespace inbox
