/**
 * The test kit. It has time that moves on command, executors that run on command, and races with a start and an end gate. It also has
 * members of a cluster within one JVM, each behind a server of its own.
 */
@NullMarked
package io.holdfast.testing;

import org.jspecify.annotations.NullMarked;
