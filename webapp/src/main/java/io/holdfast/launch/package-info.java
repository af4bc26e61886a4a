/**
 * The classes that {@code java -jar holdfast.war} runs first. These classes lie at the root of the archive, outside {@code WEB-INF}; they
 * use nothing but the JDK.
 */
@NullMarked
package io.holdfast.launch;

import org.jspecify.annotations.NullMarked;
