/**
 * The only bridge to the servlet container.
 *
 * <p>Start at {@link io.holdfast.http.Routes}, the table of paths, and {@link io.holdfast.http.Call}, one request. A handler
 * {@linkplain io.holdfast.http.Call#answer answers} at once, or {@linkplain io.holdfast.http.Call#hold holds} the request and answers
 * later, from any thread, through {@link io.holdfast.http.HeldResponse}. Or it {@linkplain io.holdfast.http.Call#upgrade upgrades} the
 * connection to another protocol. The values of HTTP, and JSON, are in {@code http.message}.
 *
 * <p>Promises: a held response is written at most once, and never after the container took it back. A client that leaves is not logged as
 * an error. Every refusal is a problem document (RFC 9457) that names the field, the rule and the value. 404, 405 with {@code Allow},
 * {@code OPTIONS} and {@code HEAD} are the same on all paths.
 *
 * <p>May use {@code http.message}, {@code http.server}, where every server has its own class, {@code concurrent} and {@code time}.
 */
@NullMarked
package io.holdfast.http;

import org.jspecify.annotations.NullMarked;
