/**
 * Who may do what. The one place that feature rooms ask, and the one that a fuller model of rights will replace.
 *
 * <p>Promises: nothing is open by accident. Whoever is not recognized may not write. Credentials are shown to the container, which
 * knows its users, and are neither kept nor logged; no session comes of it.
 *
 * <p>May use {@code http} and {@code config}.
 */
@NullMarked
package io.holdfast.access;

import org.jspecify.annotations.NullMarked;
