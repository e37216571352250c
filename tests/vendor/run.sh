#!/bin/sh
# The vendor's own client against vodsim: run.sh VODSIM FOLDER
# Installs the client from npm into FOLDER, once.  Exits 77 (skipped) where that is not possible.
set -eu

vodsim=$1
folder=$2
version=4.1.287
source=$(dirname "$0")
package=$folder/node_modules/tencentcloud-sdk-nodejs-vod/package.json

skip() {
  echo "SKIPPED: vendor-client: $1"
  exit 77
}

command -v npm >/dev/null || skip "npm is not installed"
command -v node >/dev/null || skip "node is not installed"

if ! grep -q "\"version\": \"$version\"" "$package" 2>/dev/null; then
  mkdir -p "$folder"
  # Where it cannot write its cache, below a home, npm waits for minutes.
  export npm_config_cache="${npm_config_cache:-$folder/npm-cache}"
  npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts --no-package-lock \
    "tencentcloud-sdk-nodejs-vod@$version" || skip "npm could not install the vendor's client"
fi

NODE_PATH=$folder/node_modules exec node "$source/client.js" "$vodsim"
