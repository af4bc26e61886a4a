/**
 * The test kit: time that moves when told, executors that run when told, races with a start and an end gate, and members of a
 * cluster within one JVM, each behind a server of its own.
 */
@NullMarked
package io.holdfast.testing;

import org.jspecify.annotations.NullMarked;
