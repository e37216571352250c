#!/usr/bin/env bash
# Fails on an include that points sideways or up: a file may include its own room and those on floors
# below, and foreign headers only in the room that is their one place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

awk '
  BEGIN {
    split("base:0 crypto:1 http:1 sqlite:1 json:1 metrics:1 httpd:1 import:2 tc3:2 inbox:2 credentials:3 vod:4 intake:5 relay:6 receiver:6 daemon:7 vodsim:7 manual:8", rooms, " ")
    for (i in rooms) { split(rooms[i], pair, ":"); floor[pair[1]] = pair[2] }
    home["openssl"] = "crypto"; home["curl"] = "http"; home["sqlite3.h"] = "sqlite"
    home["rapidjson"] = "json"; home["systemd"] = "daemon"
    home["prometheus"] = "metrics"; home["microhttpd.h"] = "httpd"; home["zlib.h"] = "import"
  }
  /^#include/ {
    count++
    room = FILENAME ~ /^daemon\/manual\// ? "manual" : FILENAME; sub(/^lib\//, "", room); sub(/\/.*/, "", room)
    target = $2; gsub(/[<>"]/, "", target); sub(/\/.*/, "", target)
    if ($2 ~ /^"/ && target != room && !(target in floor && floor[target] < floor[room])) wrong = 1
    else if ($2 ~ /^</ && target in home && home[target] != room) wrong = 1
    else next
    print FILENAME ":" FNR ": " room " may not include " $2
  }
  END {
    if (count < 100) { print "only " count " includes were read"; wrong = 1 }
    print count " includes read"
    exit wrong
  }' lib/*/*.h lib/*/*.cpp daemon/*.h daemon/*.cpp daemon/*/*.h daemon/*/*.cpp
