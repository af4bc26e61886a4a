/**
 * Settings: typed options over a configuration library, refused all at once when any is wrong.
 *
 * <p>Start at {@link io.holdfast.config.Option} and {@link io.holdfast.config.Settings}. Each room declares its options beside
 * the record that carries their values and reads them once, at start. A value comes from the first of: JNDI
 * {@code java:comp/env/holdfast/KEY}, which alone is of one application and not of its server, a system property {@code holdfast.KEY}, an
 * environment variable {@code HOLDFAST_KEY}, the file {@code holdfast.properties}, a variable {@code HOLDFAST_DEFAULT_KEY} that a
 * server's script sets, the default.
 *
 * <p>Promises: the message for a wrong value names its key, the rule, the value and its source. All faults of a start are reported
 * together. An unknown key is a fault too, but only a warning in the environment. May use no other room.
 */
@NullMarked
package io.holdfast.config;

import org.jspecify.annotations.NullMarked;
