/**
 * Requests that scripts of other sites make: JSONP, and the headers of CORS.
 *
 * <p>Start at {@link io.holdfast.proxy.script.Jsonp}: it finds the real request in a JSONP request, and makes the form in which the
 * response reaches the script.
 *
 * <p>{@link io.holdfast.proxy.script.Cors} adds the headers that open a response to other sites.
 *
 * <p>Promises: everything here is pure; a callback is a name, so that no response of ours can be read as another type of file.
 *
 * <p>May use {@code grip} and {@code http}.
 */
@NullMarked
package io.holdfast.proxy.script;

import org.jspecify.annotations.NullMarked;
