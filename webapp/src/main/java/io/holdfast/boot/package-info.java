/**
 * The composition root: builds the rooms in order, closes them in reverse, and starts with the server.
 *
 * <p>Start at {@link io.holdfast.boot.Holdfast}. {@link io.holdfast.boot.Startup} is the listener that opens and closes it with the web
 * application, on every server and in the standalone run alike. May use everything; no room uses it.
 */
@NullMarked
package io.holdfast.boot;

import org.jspecify.annotations.NullMarked;
