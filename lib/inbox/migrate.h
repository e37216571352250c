// Migrations: brings a database to this program's version, and to where it can shrink.  Each step
// is one transaction, so that a kill at any moment leaves the database as it was before the step or
// after it.
//
// All throw std::system_error, with SQLITE_INTERRUPT when `tell` says so.
#pragma once

#include "inbox/stage.h"
#include "sqlite/database.h"

namespace inbox {

// Before anything is written to a new database: pages that become free can be given back.
void shrinkable_from_the_start(sqlite::Database& database);

void migrate(sqlite::Database& database, const Tell& tell);

// The same for a database that was made without it, by writing it anew.  Not done where there is
// too little room: it then keeps its size and uses free pages again, and a later start tries once
// more.
//
// In WAL mode VACUUM writes the new database to a temporary file first, which is put into the
// database's folder, then to the log, and only the checkpoint after it to the file itself: both are
// as large as the database at most.
void make_shrinkable(sqlite::Database& database, const Tell& tell);

}  // namespace inbox
