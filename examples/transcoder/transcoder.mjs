// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// A worker that runs a program on what it is sent, one at a time:
// node transcoder.mjs http://localhost:8080/workers/transcode ffmpeg -v error -i pipe:0 -f webm pipe:1
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';

const [workers, program, ...options] = process.argv.slice(2);

const server = createServer((req, res) => {
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  res.on('close', () => child.kill()); // nobody waits for it any more
  child.stdin.on('error', () => {}); // it need not read everything
  req.pipe(child.stdin);
  child.stdout.pipe(res, { end: false });
  child.on('error', (why) => res.writeHead(500).end(`${why.message}\n`)); // there is no such program
  child.on('close', (code) => {
    if (code === 0 || res.writableEnded) res.end();
    else if (res.headersSent) {
      console.error(`${program} has ended with ${code} within its answer`);
      res.destroy(); // what is cut off must not seem whole
    }
    else res.writeHead(422).end(`${program} has ended with ${code}\n`);
  });
});
// Between two requests it may be silent for as long as it likes.
Object.assign(server, { timeout: 0, keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });

let pause = 1;
function connect() {
  let over = false;
  const again = (why) => {
    if (over) return;
    over = true;
    console.error(`${why}, again in up to ${pause} s`);
    setTimeout(connect, Math.random() * pause * 1000);
    pause = Math.min(60, pause * 2);
  };
  const headers = { Connection: 'Upgrade', Upgrade: 'PTTH/1.0', 'Content-Length': 0 };
  request(workers, { method: 'POST', headers })
    .on('upgrade', (response, socket) => {
      pause = 1;
      console.error('connected');
      socket.on('error', () => {}).on('close', () => again('the connection has ended'));
      server.emit('connection', socket); // from here on, we are asked
    })
    .on('response', (refused) => again(`refused with ${refused.resume().statusCode}`))
    .on('error', (why) => again(why.message))
    .end();
}
connect();
