#!/bin/sh
# Shows that the checker can fail: runs the simulation with each planted bug and demands that it is
# found within so many seeds, and as what it is.
#
# usage: find.sh FOLDER_OF_THE_PROGRAMS
set -u
seeds_max=3000
status=0

find_bug() {
  bug=$1 sentence=$2
  # One after the other: of two that fail side by side, either could be told as the first.
  out=$("$programs/simulate-$bug" --seeds "1..$seeds_max" --jobs 1)
  if [ $? -ne 1 ] || ! printf '%s\n' "$out" | grep -q "^VIOLATION at seed [0-9]*: $sentence"; then
    printf '%s\n' "$out" | tail -n 20
    echo "$bug: NOT FOUND as \"$sentence\""
    status=1
    return
  fi
  found=$(printf '%s\n' "$out" | sed -n 's/.* s: \([0-9]*\) seeds .* \([0-9]*\) crash points.*/\1 seeds, \2 crash points/p' | tail -n 1)
  echo "$bug: found after $found"
}

programs=$1
find_bug confirm-before-commit 'a confirmed event'
find_bug synchronous-normal 'a confirmed event'
find_bug redelivery-dropped 'the queue has not drained'
find_bug expired-lease-confirmed 'recorded as confirmed what the service has not confirmed'
find_bug quarantine-skipped 'a confirmed event'
# Rows that were seen and never were on the disk: which of them is missed first is chance.
find_bug page-cache-trusted '\(a confirmed event\|an event that is not confirmed was deleted\)'
find_bug unconfirmed-deleted 'an event that is not confirmed was deleted'
find_bug awaited-deleted 'the audit says no to "every handle that was confirmed has a row"'
exit $status
