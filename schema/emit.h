// What is made of a schema: each function gives the text of a file.
#pragma once

#include "schema.h"

#include <string>
#include <vector>

// vod/events.h: a struct for each record.  vod/events.cpp: their rows, and the table of event
// types.
std::string structs(const Schema& schema);
std::string rows(const Schema& schema);

// The SQL script of all views: one for each type of event, one for each list in it, schema_doc.
std::string views(const Schema& schema);

// inbox/schema.cpp: SQL as data.
std::string sql_data(const std::vector<std::string>& migrations, const std::string& common_views,
                     const std::string& views);
