// What a user would write: pulls with the vendor's client, stores with better-sqlite3, confirms; one
// after the other until nothing waits.  sdk.js URL SECRET_ID SECRET_KEY DATABASE
"use strict";

const http = require("node:http");
const { vod } = require("tencentcloud-sdk-nodejs-vod");
const Database = require("better-sqlite3");

const [url, secretId, secretKey, file] = process.argv.slice(2);

// The client takes the service it signs for from the first label of the host, so the host has to be
// called vod.something; the agent leads that name to loopback without asking a resolver.
const lookup = (name, options, done) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const httpProfile = {
  protocol: "http://", endpoint: `vod.localhost:${new URL(url).port}`, reqTimeout: 20,
  agent: new http.Agent({ keepAlive: true, lookup }),
};
const api = new vod.v20180717.Client({
  credential: { secretId, secretKey }, region: "", profile: { httpProfile },
});

const database = new Database(file);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec("CREATE TABLE events (id INTEGER PRIMARY KEY, handle TEXT UNIQUE, json TEXT)");
const insert = database.prepare("INSERT INTO events (handle, json) VALUES (?, ?)");
const store = database.transaction((events) => {
  for (const event of events) insert.run(event.EventHandle, JSON.stringify(event));
});

async function main() {
  for (;;) {
    const { EventSet } = await api.PullEvents({});
    store(EventSet);
    await api.ConfirmEvents({ EventHandles: EventSet.map((event) => event.EventHandle) });
  }
}

main().catch((error) => {
  if (error.code === "ResourceNotFound") process.exit(0);
  console.error(error);
  process.exit(1);
});
