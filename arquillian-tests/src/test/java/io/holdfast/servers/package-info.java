/**
 * Tests of the archives as shipped, on the real servers.
 *
 * <p>The build unpacks the servers below {@code target/servers}, and {@link io.holdfast.servers.Prepare} applies the shipped settings.
 * Each server that runs has a {@link io.holdfast.servers.Layout}: a folder below {@code target/run} and ports of its own. Arquillian tests
 * the contract on each kind of server ({@link io.holdfast.servers.ContractIT}). Tests of several kinds at once, or of one kind many times,
 * start their servers themselves ({@link io.holdfast.servers.Server}). {@link io.holdfast.servers.EndServers} ends all of them.
 */
@NullMarked
package io.holdfast.servers;

import org.jspecify.annotations.NullMarked;
