/**
 * The proxy: requests go to configured backends, which may be away for a while.
 *
 * <p>Start at {@code RoutesWatch}: it reads the routes file by {@code RoutesFile}, hands out the {@code RouteTable} of the moment
 * and puts another one in its place when the file changes. A {@code Route} says which requests it is for, how they are changed on
 * their way and how long they may wait; a {@code Target} says where they go.
 *
 * <p>Promises:
 * <ul>
 *   <li>Only the targets of the file are ever contacted.
 *   <li>A file with a bad line never replaces one that is in use.
 * </ul>
 *
 * <p>May use {@code cluster}, {@code config} and {@code time}.
 */
@NullMarked
package io.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
