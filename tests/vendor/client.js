// The vendor's client pulls and confirms from vodsim: client.js VODSIM.  What it accepts, and what it
// is refused with, shows that vodsim speaks the protocol and not merely our own understanding of it.
"use strict";

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const http = require("node:http");
const readline = require("node:readline");
const { vod } = require("tencentcloud-sdk-nodejs-vod");

const vodsim = process.argv[2];
const long_term = { secretId: "AKIDSAMPLEOFAWITNESS", secretKey: "SAMPLEKEYOFAWITNESS" };
const temporary = { ...long_term, token: "SAMPLETOKENOFAWITNESS" };
const generated = 40;

// Starts vodsim and gives its port; `ended` is its exit status.
async function start(credential, ...options) {
  const keys = ["--secret-id", credential.secretId, "--secret-key", credential.secretKey];
  if (credential.token) keys.push("--token", credential.token);
  const child = spawn(vodsim, [...keys, "--max-seconds", "60", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.on("exit", () => child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const lines = readline.createInterface({ input: child.stdout });
  const [line] = await new Promise((resolve) => lines.once("line", (text) => resolve([text])));
  const port = /^vodsim: listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
  assert(port, `vodsim said: ${line}`);
  return { port, ended, stop: () => child.kill("SIGTERM") };
}

// The client takes the service it signs for from the first label of the host, so the host has to be
// called vod.something; the agent leads that name to loopback without asking a resolver.
function client(port, credential, reqMethod = "POST") {
  const lookup = (name, options, done) =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const agent = new http.Agent({ keepAlive: true, lookup });
  const httpProfile = {
    protocol: "http://", endpoint: `vod.localhost:${port}`, reqMethod, reqTimeout: 20, agent,
  };
  return new vod.v20180717.Client({ credential, region: "", profile: { httpProfile } });
}

async function code_of(call) {
  try {
    await call;
  } catch (error) {
    return error.code;
  }
  return "success";
}

// Pulls until everything is confirmed; gives the handles.
async function drain(api) {
  const handles = new Set();
  while (handles.size < generated) {
    const { EventSet } = await api.PullEvents({});
    assert(EventSet.length >= 1 && EventSet.length <= 16);
    for (const event of EventSet) {
      assert.match(event.EventHandle, /^\d{19}$/);
      assert.equal(typeof event.EventType, "string");
      assert(!handles.has(event.EventHandle), "an event came twice");
      handles.add(event.EventHandle);
    }
    const { RequestId } = await api.ConfirmEvents({
      EventHandles: EventSet.map((event) => event.EventHandle),
    });
    assert.match(RequestId, /^[0-9a-f-]{36}$/);
  }
  return handles;
}

// Runs `body` while Date tells another time, as on a machine whose clock is wrong.
async function at_other_time(shift_ms, body) {
  const right = Date;
  global.Date = class extends right {
    constructor(...given) {
      super(...(given.length ? given : [right.now() + shift_ms]));
    }
  };
  try {
    return await body();
  } finally {
    global.Date = right;
  }
}

const checks = {
  async "pulls and confirms every event"() {
    const server = await start(long_term, "--generate", `${generated}`, "--exit-when-drained");
    assert.equal((await drain(client(server.port, long_term))).size, generated);
    assert.equal(await server.ended, 0);
  },

  async "pulls and confirms by GET"() {
    const server = await start(long_term, "--generate", `${generated}`, "--exit-when-drained");
    await drain(client(server.port, long_term, "GET"));
    assert.equal(await server.ended, 0);
  },

  async "pulls and confirms with a temporary key"() {
    const server = await start(temporary, "--generate", `${generated}`, "--exit-when-drained");
    const without = client(server.port, long_term);
    assert.equal(await code_of(without.PullEvents({})), "AuthFailure.TokenFailure");
    await drain(client(server.port, temporary));
    assert.equal(await server.ended, 0);
  },

  async "is refused with the documented codes"() {
    const server = await start(long_term, "--hold-s", "0");
    const right = client(server.port, long_term);
    const wrong_key = client(server.port, { ...long_term, secretKey: "ANOTHERKEY" });
    const wrong_id = client(server.port, { ...long_term, secretId: "ANOTHERID" });
    const pull = (api) => code_of(api.PullEvents({}));
    assert.equal(await pull(right), "ResourceNotFound");
    assert.equal(await pull(wrong_key), "AuthFailure.SignatureFailure");
    assert.equal(await pull(wrong_id), "AuthFailure.SecretIdNotFound");
    for (const minutes of [-6, 6])
      assert.equal(
        await at_other_time(minutes * 60_000, () => pull(right)), "AuthFailure.SignatureExpire");
    assert.equal(await at_other_time(-4 * 60_000, () => pull(right)), "ResourceNotFound");
    const unknown = right.ConfirmEvents({ EventHandles: ["1"] });
    assert.equal(await code_of(unknown), "InvalidParameterValue");
    assert.equal(await code_of(right.ConfirmEvents({})), "MissingParameter");
    assert.equal(await code_of(right.DescribeMediaInfos({ FileIds: ["1"] })), "InvalidAction");
    assert.equal((await right.DescribeEventConfig({})).Mode, "PULL");
    assert.equal((await right.DescribeEventsState({})).CountOfEventsToPull, 0);
    server.stop();
    assert.equal(await server.ended, 0);
  },
};

async function main() {
  for (const [name, check] of Object.entries(checks)) {
    await check();
    console.log(`passed: the vendor's client ${name}`);
  }
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
