/**
 * The measure for Holdfast: the smallest servlet that holds requests, without a cluster, a deadline, or anything else.
 *
 * <p>It is the ceiling of the server it runs on, and nothing to build on.
 */
@NullMarked
package io.holdfast.bench;

import org.jspecify.annotations.NullMarked;
