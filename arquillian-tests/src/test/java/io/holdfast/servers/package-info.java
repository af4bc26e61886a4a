/**
 * The archives as shipped, on the real servers.
 *
 * <p>The build unpacks the servers below {@code target/servers}; {@link io.holdfast.servers.Prepare} makes a folder of its own
 * for every server that runs, below {@code target/run}, and applies the shipped server settings. The contract is tested through
 * Arquillian on each kind of server ({@link io.holdfast.servers.ContractIT}); what needs several kinds at once, or one over and
 * over, starts them itself ({@link io.holdfast.servers.Server}). {@link io.holdfast.servers.EndServers} has the last word.
 */
@NullMarked
package io.holdfast.servers;

import org.jspecify.annotations.NullMarked;
