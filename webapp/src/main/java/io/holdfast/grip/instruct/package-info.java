/**
 * Instructions: what a backend wants done with its response, read from the headers and the body of that response.
 *
 * <p>Start at {@link io.holdfast.grip.instruct.InstructParser}, which makes an {@link io.holdfast.grip.instruct.Instruct}.
 * {@link io.holdfast.grip.instruct.Responses} merges a published response into the one that the backend prepared.
 *
 * <p>Promises: everything here is pure. The forms that are understood, and the words of each refusal, are Pushpin's. Header values
 * have one character for each byte, as servers and clients of HTTP exchange them.
 *
 * <p>May use {@code grip.item} and {@code http}; not {@code grip}.
 */
@NullMarked
package io.holdfast.grip.instruct;

import org.jspecify.annotations.NullMarked;
