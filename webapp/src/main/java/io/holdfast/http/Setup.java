// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
package io.holdfast.http;

import io.holdfast.http.server.Server;

/** The parts that every request is served with. */
record Setup(Server server, WaitLimits waits, Backlog backlog) {}
