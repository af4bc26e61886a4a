// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// Publishes with one of the libraries: node publish.mjs LIBRARY GRIP_URL CHANNEL response|stream|close [CONTENT]
import { HttpStreamFormat, Publisher } from '@fanoutio/grip';
import grip from 'grip';

const [library, url, channel, what, content] = process.argv.slice(2);

async function fanout() {
  const publisher = new Publisher(url);
  if (what === 'response') await publisher.publishHttpResponse(channel, content);
  else if (what === 'stream') await publisher.publishHttpStream(channel, content);
  else await publisher.publishHttpStream(channel, new HttpStreamFormat(null, true));
}

async function old() {
  const control = new grip.GripPubControl(grip.parseGripUri(url));
  await new Promise((resolve, reject) => {
    const done = (success, message) => (success ? resolve() : reject(new Error(message)));
    if (what === 'response') control.publishHttpResponse(channel, content, done);
    else if (what === 'stream') control.publishHttpStream(channel, content, done);
    else control.publishHttpStream(channel, new grip.HttpStreamFormat(undefined, true), done);
  });
}

await { '@fanoutio/grip': fanout, grip: old }[library]();
