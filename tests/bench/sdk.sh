#!/bin/sh
# Installs the vendor's client and better-sqlite3 from npm into FOLDER, once: sdk.sh FOLDER
# Exits 77 where that is not possible; the last line says why.
set -eu

folder=$1
sdk=tencentcloud-sdk-nodejs-vod@4.1.287
sqlite=better-sqlite3@12.11.1

skip() { echo "skipped: $1"; exit 77; }
works() { NODE_PATH=$folder/node_modules node -e '
  require("tencentcloud-sdk-nodejs-vod"); new (require("better-sqlite3"))(":memory:")' 2>/dev/null; }

command -v npm >/dev/null || skip "npm is not installed"
command -v node >/dev/null || skip "node is not installed"
works && exit 0
mkdir -p "$folder"
# Where it cannot write its cache, below a home, npm waits for minutes.
export npm_config_cache="${npm_config_cache:-$folder/npm-cache}"
npm install --prefix "$folder" --no-audit --no-fund --no-package-lock "$sdk" "$sqlite" \
  >"$folder/npm.log" 2>&1 || skip "npm could not install the client and better-sqlite3, see $folder/npm.log"
works || skip "better-sqlite3 has no binary for this machine"
