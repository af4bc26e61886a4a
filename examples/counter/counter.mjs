// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// A counter whose readers wait for the next value: PORT=8000 GRIP_URL=http://127.0.0.1:8080 node counter.mjs
import { createServer } from 'node:http';
import { ServeGrip } from '@fanoutio/serve-grip';

const CHANNEL = 'counter-in-node';
const serveGrip = new ServeGrip({ grip: process.env.GRIP_URL ?? 'http://127.0.0.1:8080' });
let value = 0;

createServer(async (req, res) => {
  if (!(await serveGrip.run(req, res))) return;
  const query = new URL(req.url, 'http://any').searchParams;
  res.setHeader('Content-Type', 'application/json');
  if (req.method === 'POST') {
    const now = ++value;
    await serveGrip.getPublisher().publishHttpResponse(CHANNEL, `${now}\n`); // releases whoever waits, at any member
    res.end(`${now}\n`);
  } else if (query.get('last') === `${value}`) {
    const instruct = res.grip.startInstruct();
    instruct.addChannel(CHANNEL);
    instruct.setHoldLongPoll(Number(query.get('wait') ?? 55));
    res.end('{}\n'); // what who waits in vain is given
  } else res.end(`${value}\n`);
}).listen(Number(process.env.PORT ?? 8000), '127.0.0.1');
