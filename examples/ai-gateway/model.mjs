// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// A worker that stands in for a server of a language model: it takes its time for each word, and tells how far it is.
// node model.mjs http://localhost:8080/workers/model
import { setTimeout as pause } from 'node:timers/promises';

const [workers] = process.argv.slice(2);
const json = { 'Content-Type': 'application/json' };

/** Says something of the request that was given under this lease; false if nobody wants it any more. */
async function say(lease, token, what, body, headers = {}) {
  for (;;) {
    const url = new URL(`${lease}/${what}?token=${token}`, workers);
    const post = { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) };
    const answer = await fetch(url, post).catch(() => null);
    if (answer?.status < 500) return answer.ok;
    await pause(500 + Math.random() * 500); // another member may know
  }
}

/** The answer to a prompt, of which each word is reported; null if nobody wants it any more. */
async function think(prompt, report) {
  const words = `You have said ${prompt}`.split(' ');
  for (let i = 0; i < words.length; i++) {
    await pause(200); // thinks
    if (!(await report({ words: i + 1, of: words.length, text: words.slice(0, i + 1).join(' ') }))) return null;
  }
  return words.join(' ');
}

async function perform(request) {
  const lease = request.headers.get('Location'), token = request.headers.get('Work-Token');
  const body = await request.text(); // if it breaks off, the request was not begun, and another worker gets it
  if (!(await say(lease, token, 'ack'))) return;
  try {
    const text = await think(JSON.parse(body).prompt, (progress) => say(lease, token, 'progress', progress));
    if (text !== null) await say(lease, token, 'response', { text });
  } catch (why) { // the model has failed, not Holdfast: its client learns it at once, and the worker goes on
    await say(lease, token, 'response', { error: String(why) }, { 'Work-Status': '500' });
  }
}

for (;;) {
  const next = await fetch(`${workers}/next?wait=30`).catch(() => null);
  if (next?.status === 200) await perform(next).catch((why) => console.error(why));
  else if (next?.status !== 204) await pause(1000 + Math.random() * 1000);
}
