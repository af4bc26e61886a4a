// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
//
// Follows a channel with one of the libraries, and prints what it gets: node events.mjs LIBRARY URL
import { fetchEventSource } from '@microsoft/fetch-event-source';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'eventsource';

const [library, url] = process.argv.slice(2);

const tell = (type, data) => console.log(JSON.stringify({ type, data }));

function listen(source) {
  for (const type of ['message', 'gap', 'last-event-id'])
    source.addEventListener(type, (event) => tell(event.type, event.data));
  source.addEventListener('error', () => {
    if (source.readyState === 2) tell('closed', '');
  });
}

/** It is made for browsers, and follows one stream only: its users ask for the next. */
function fetching() {
  globalThis.window = globalThis;
  globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  fetchEventSource(url, {
    openWhenHidden: true,
    onmessage: (message) => tell(message.event || 'message', message.data),
    onclose: () => { throw new Error('the stream has ended'); },
    onerror: () => {},
  });
}

async function reconnecting() {
  globalThis.EventSource = EventSource;
  const { default: Reconnecting } = await import('reconnecting-eventsource');
  listen(new (Reconnecting.default ?? Reconnecting)(url));
}

await {
  '@microsoft/fetch-event-source': fetching,
  'event-source-polyfill': () => listen(new polyfill.EventSourcePolyfill(url)),
  eventsource: () => listen(new EventSource(url)),
  'reconnecting-eventsource': reconnecting,
}[library]();
