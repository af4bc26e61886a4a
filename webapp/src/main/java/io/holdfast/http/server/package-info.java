// SPDX-License-Identifier: Apache-2.0
// Copyright the Holdfast authors
/**
 * The servers on which the application runs, where the Servlet API leaves something open or a server departs from it.
 *
 * <p>Start at {@link io.holdfast.http.server.Server}: its methods do what the Servlet API says, and each server that needs another
 * way is one subclass, chosen once for the application. A new server is a new subclass and a line in {@code Server.of}.
 *
 * <p>Promises: nothing here waits for a client. A response that is broken off never looks complete to its client. A class of one server
 * is loaded on that server only. The decision {@code docs/decisions/0014} gives the reasons for the way in which each server breaks off
 * a response.
 *
 * <p>May use nothing of ours.
 */
@NullMarked
package io.holdfast.http.server;

import org.jspecify.annotations.NullMarked;
