// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// A backend of @fanoutio/serve-grip and @fanoutio/eventstream: node backend.mjs PORT GRIP_URL
import { createServer } from 'node:http';
import { EventStream } from '@fanoutio/eventstream';
import { Publisher } from '@fanoutio/grip';
import { ServeGrip } from '@fanoutio/serve-grip';

const [port, grip] = process.argv.slice(2);
const serveGrip = new ServeGrip({ grip, gripProxyRequired: true });
const eventStream = new EventStream({ grip });
const events = eventStream.route('news');

async function served(req, res) {
  if (!(await serveGrip.run(req, res))) return;
  if (req.method === 'POST') {
    await serveGrip.getPublisher().publishHttpResponse('served', 'released\n');
    res.end('published\n');
    return;
  }
  const instruct = res.grip.startInstruct();
  instruct.addChannel('served');
  instruct.setHoldLongPoll(20);
  res.end('nothing\n');
}

async function followed(req, res) {
  if (req.method === 'GET') return events(req, res);
  await eventStream.publishEvent('news', { event: 'message', data: { name: 'John' } });
  res.end('published\n');
}

async function signed(req, res) {
  const checked = await new Publisher(grip).validateGripSig(req.headers['grip-sig']);
  const other = await new Publisher(grip.replace(/verify-key=\w+/, 'verify-key=other')).validateGripSig(req.headers['grip-sig']);
  res.end(`${checked.isProxied} ${checked.needsSigned} ${checked.isSigned}; with another key ${other.isSigned}\n`);
}

const answers = {
  '/served': served,
  '/events': followed,
  '/signed': signed,
  '/sig': (req, res) => res.end(req.headers['grip-sig']),
};
createServer((req, res) => answers[req.url](req, res)).listen(Number(port), '127.0.0.1');
