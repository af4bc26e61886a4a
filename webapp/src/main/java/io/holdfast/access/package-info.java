/**
 * The rights of callers: start at {@link io.holdfast.access.Access}, the one place that feature rooms ask. A fuller model of rights will
 * replace it.
 *
 * <p>Promises: nothing is open by accident; a caller that is not recognized may not write. Credentials are shown to the container, which
 * knows its users, and are neither kept nor logged. They begin no session.
 *
 * <p>May use {@code http} and {@code config}.
 */
@NullMarked
package io.holdfast.access;

import org.jspecify.annotations.NullMarked;
