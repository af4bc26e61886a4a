// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// A worker that stands in for a server of a language model: it takes its time for each word, and tells how far it is.
// node model.mjs http://localhost:8080/workers/model
import { setTimeout as pause } from 'node:timers/promises';

const [workers] = process.argv.slice(2);
const json = { 'Content-Type': 'application/json' };

/** Says something of the request that was given under this lease; false if nobody wants it any more. */
async function say(lease, token, what, body) {
  for (;;) {
    const url = new URL(`${lease}/${what}?token=${token}`, workers);
    const answer = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) }).catch(() => null);
    if (answer?.status < 500) return answer.ok;
    await pause(500 + Math.random() * 500); // another member may know
  }
}

async function perform(request) {
  const lease = request.headers.get('Location'), token = request.headers.get('Work-Token');
  const { prompt } = await request.json();
  if (!(await say(lease, token, 'ack'))) return;
  const words = `You have said ${prompt}`.split(' ');
  for (let i = 0; i < words.length; i++) {
    await pause(200); // thinks
    const progress = { words: i + 1, of: words.length, text: words.slice(0, i + 1).join(' ') };
    if (!(await say(lease, token, 'progress', progress))) return; // cancelled
  }
  await say(lease, token, 'response', { text: words.join(' ') });
}

for (;;) {
  const next = await fetch(`${workers}/next?wait=30`).catch(() => null);
  if (next?.status === 200) await perform(next);
  else if (next?.status !== 204) await pause(1000 + Math.random() * 1000);
}
