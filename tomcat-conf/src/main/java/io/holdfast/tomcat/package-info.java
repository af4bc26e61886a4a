/** A class for Tomcat's own {@code lib} folder, where an application cannot reach. */
@NullMarked
package io.holdfast.tomcat;

import org.jspecify.annotations.NullMarked;
