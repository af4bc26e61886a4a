/**
 * The part of the standalone program that takes members out of service: the verb {@code drain}, and the second signal that hastens a
 * stop of its own.
 *
 * <p>Start at {@link io.holdfast.drain.program.DrainCommand}. It knows a member by HTTP only, on any server.
 *
 * <p>May use no other room.
 */
@NullMarked
package io.holdfast.drain.program;

import org.jspecify.annotations.NullMarked;
